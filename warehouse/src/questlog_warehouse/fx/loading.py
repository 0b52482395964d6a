"""Appends rates to REF.FX_RATE: what is new, and what was corrected, as rows of their own."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice

from questlog_warehouse.fx.quotes import Rate, rates
from questlog_warehouse.fx.rate_file import RateFile, RateFileError, rate_file
from questlog_warehouse.warehouse import Warehouse

Tell = Callable[[date, int], None]
"""Called after every statement with the last day and how many rates were compared so far."""

_RATES_A_STATEMENT = 12_000
"""Their text is less than the 1 MB a statement should have: https://docs.snowflake.com/en/user-guide/query-size-limits"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rates a file held, and how many were `appended`; `corrected` ones had another value before."""

    source: str
    compared: int
    appended: int
    corrected: int


def load_rates(
    warehouse: Warehouse,
    reporting: Sequence[str] = ("USD",),
    *,
    since: date = date.min,
    known_at: datetime | None = None,
) -> int:
    """Append the bundled rates of the bank as `load` does, from day `since` on; return how many."""
    return load(warehouse, reporting, rate_file(since=since), known_at=known_at).appended


def load(
    warehouse: Warehouse,
    reporting: Sequence[str],
    file: RateFile | None = None,
    *,
    known_at: datetime | None = None,
    tell: Tell | None = None,
) -> Loaded:
    """Report in the `reporting` currencies; append the rates that are new or corrected, all of them or none.

    `file` is by default the bank's history, `known_at` the moment the rates count as known from (None: now).
    A second call with the same rates appends nothing. Memory is that of 12,000 rates, whatever the file has.

    Raises:
        RateFileError: when the file is wrong, or quotes one of `reporting` on no day.
        ValueError: when the source is known to have said something after `known_at` already.
    """
    file = file or rate_file()
    moment = (known_at or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    with warehouse.transaction():
        _refuse_past(warehouse, file.source, moment)
        rates_before, pairs_before = _counted(warehouse, file.source)
        compared = _compare(warehouse, file, reporting, moment, tell)
        for currency in reporting:
            warehouse.execute(_ADD_REPORTING_CURRENCY, (currency, currency))
        rates_after, pairs_after = _counted(warehouse, file.source)
    appended = rates_after - rates_before
    return Loaded(file.source, compared, appended, appended - (pairs_after - pairs_before))


def _compare(
    warehouse: Warehouse, file: RateFile, reporting: Sequence[str], moment: str, tell: Tell | None
) -> int:
    compared = 0
    for batch in _batches(_rates(file, reporting)):
        _append(warehouse, file.source, moment, batch)
        compared += len(batch)
        if tell:
            tell(batch[-1].day, compared)
    return compared


def _rates(file: RateFile, reporting: Sequence[str]) -> Iterator[Rate]:
    missing = set(reporting)
    for day in file.days():
        missing -= {day.base, *day.quotes}
        try:
            yield from rates(day, reporting)
        except OverflowError as error:
            raise RateFileError(f"{file.path}: the rate from {error}: correct it") from None
    if missing:
        names = ", ".join(sorted(missing))
        message = f"has no rate into {names} from {file.since} on: report in a currency it quotes"
        raise RateFileError(f"{file.path} {message}")


def _batches(every: Iterator[Rate]) -> Iterator[list[Rate]]:
    while batch := list(islice(every, _RATES_A_STATEMENT)):
        yield batch


def _append(warehouse: Warehouse, source: str, moment: str, batch: Iterable[Rate]) -> None:
    """Compare with what this source said last: what another one says of the same day is no correction."""
    rows = [[r.day.isoformat(), r.from_currency, r.to_currency, f"{r.rate:f}", r.derivation] for r in batch]
    days, text = [row[0] for row in rows], json.dumps(rows, separators=(",", ":"))
    warehouse.execute(_APPEND, (source, moment, text, source, min(days), max(days)))


def _counted(warehouse: Warehouse, source: str) -> tuple[int, int]:
    """Return how many rows of the source there are, and for how many days and pairs."""
    (row,) = warehouse.query(_COUNT, (source, source))
    return int(row["RATES"]), int(row["PAIRS"])


def _refuse_past(warehouse: Warehouse, source: str, moment: str) -> None:
    (row,) = warehouse.query(_KNOWN_LATER, (source, moment))
    if row["RATES"]:
        message = f"{source} has rates known later than {moment} UTC, which these would not replace"
        raise ValueError(f"{message}: take a later moment, or leave it out for now")


_COUNT = """
SELECT
  (SELECT COUNT(*) FROM REF.FX_RATE WHERE SOURCE = %s) AS RATES,
  (
    SELECT COUNT(*)
    FROM (SELECT DISTINCT RATE_DATE, FROM_CURRENCY, TO_CURRENCY FROM REF.FX_RATE WHERE SOURCE = %s)
  ) AS PAIRS
"""

_KNOWN_LATER = "SELECT COUNT(*) AS RATES FROM REF.FX_RATE WHERE SOURCE = %s AND KNOWN_AT > %s::TIMESTAMP_NTZ"

_ADD_REPORTING_CURRENCY = """
INSERT INTO REF.REPORTING_CURRENCY (CURRENCY)
SELECT %s WHERE NOT EXISTS (SELECT 1 FROM REF.REPORTING_CURRENCY WHERE CURRENCY = %s)
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
LEFT JOIN (
  SELECT RATE_DATE, FROM_CURRENCY, TO_CURRENCY, RATE
  FROM REF.FX_RATE
  WHERE SOURCE = %s AND RATE_DATE BETWEEN %s::DATE AND %s::DATE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY RATE_DATE, FROM_CURRENCY, TO_CURRENCY ORDER BY KNOWN_AT DESC) = 1
) AS C
  ON C.RATE_DATE = N.RATE_DATE AND C.FROM_CURRENCY = N.FROM_CURRENCY AND C.TO_CURRENCY = N.TO_CURRENCY
WHERE C.RATE IS NULL OR C.RATE <> N.RATE
"""
