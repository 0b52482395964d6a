"""The two layouts of a file of rates: the bank's own, a column a currency, and a plain one, a row a rate."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from questlog_warehouse.fx.euro import fixed
from questlog_warehouse.fx.quotes import Day, Quote

EURO = "EUR"
PLAIN = ("date", "from", "to", "rate")

_CURRENCY = re.compile(r"[A-Z]{3}")
_NUMBER = re.compile(r"[0-9]{1,20}([.][0-9]{1,20})?")
_NOT_QUOTED = frozenset({"", "N/A"})


class BadRowError(Exception):
    """Raised for a cell that is wrong, a whole line when `column` is empty; says what to write."""

    def __init__(self, line: int, column: str, message: str) -> None:
        super().__init__(message)
        self.line, self.column = line, column


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file; its header is line 1."""

    line: int
    cells: list[str]


def is_bank(header: list[str]) -> bool:
    """Tell whether these are the columns of eurofxref-hist.csv."""
    codes = [name for name in header[1:] if name]
    return bool(codes) and header[0] == "Date" and all(_CURRENCY.fullmatch(code) for code in codes)


def bank_days(header: list[str], rows: Iterator[Row]) -> Iterator[Day]:
    """Yield the days of a file in the bank's layout: units for 1 euro, N/A or nothing where it quotes none.

    Raises:
        BadRowError: at the first cell that is wrong.
    """
    seen: set[date] = set()
    currencies = [name for name in header if name and name != "Date"]
    for row in rows:
        day = _day(row, "Date", row.cells[0])
        if day in seen:
            raise BadRowError(row.line, "Date", "is there already: keep one line a day")
        seen.add(day)
        quoted = {
            currency: Quote(_number(row, currency, text))
            for currency, text in zip(header[1:], row.cells[1:], strict=False)
            if currency and text not in _NOT_QUOTED
        }
        yield Day(day, EURO, {**fixed(day, currencies), **quoted})


def base_of(rows: Iterator[Row]) -> str:
    """Return the currency that stands in every row of a plain file, over which others can be crossed.

    Raises:
        BadRowError: at the first row without it, or with something that is no code.
    """
    shared: set[str] = set()
    target = ""
    for row in rows:
        pair = {_currency(row, 1), _currency(row, 2)}
        target = target or row.cells[2]
        if shared and not shared & pair:
            bases = " or ".join(sorted(shared))
            message = f"is not against {bases}, as the rows before are: put it into another file"
            raise BadRowError(row.line, "to", message)
        shared = (shared or pair) & pair
    return target if target in shared else min(shared, default="")


def plain_days(base: str, rows: Iterator[Row]) -> Iterator[Day]:
    """Yield the days of a plain file, whose rows of a day stand together.

    Raises:
        BadRowError: at the first cell that is wrong.
    """
    seen: set[date] = set()
    for day, group in groupby(rows, key=lambda row: _day(row, "date", row.cells[0])):
        quotes: dict[str, Quote] = {}
        for row in group:
            currency, quote = _plain_quote(base, row)
            if day in seen:
                raise BadRowError(row.line, "date", "came before: sort the file by date")
            if currency in quotes:
                raise BadRowError(row.line, "from", "has a rate on this day already: keep one")
            quotes[currency] = quote
        seen.add(day)
        yield Day(day, base, quotes)


def _plain_quote(base: str, row: Row) -> tuple[str, Quote]:
    source, target = _currency(row, 1), _currency(row, 2)
    if source == target:
        raise BadRowError(row.line, "to", "is the currency in `from`: no rate is needed, leave the row out")
    into_base = target == base
    return source if into_base else target, Quote(_number(row, "rate", row.cells[3]), into_base)


def _currency(row: Row, cell: int) -> str:
    if not _CURRENCY.fullmatch(row.cells[cell]):
        raise BadRowError(row.line, PLAIN[cell], "is no currency: write its ISO 4217 code, as in KWD")
    return row.cells[cell]


def _day(row: Row, column: str, text: str) -> date:
    try:
        return date.fromisoformat(text if len(text) == len("2026-10-30") else "")
    except ValueError:
        raise BadRowError(row.line, column, "is no day: write it as in 2026-10-30") from None


def _number(row: Row, column: str, text: str) -> Decimal:
    number = Decimal(text) if _NUMBER.fullmatch(text) else Decimal(0)
    if not number:
        raise BadRowError(row.line, column, "is no number above 0: write it with a point, as in 3.2475")
    return number
