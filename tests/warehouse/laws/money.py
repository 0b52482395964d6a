"""SQL converts money as exact arithmetic does, to the micro, and a corrected rate changes what it must.

Sales and refunds in every currency the European Central Bank ever quoted, and in one it never did, on any day
of 20 years, go into the typed tables; the marts convert them, and so does this module, from what the bank
published and without SQL. `python -m tests.warehouse.laws.money --conversions 100000 --seed N`
"""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from questlog_warehouse import fx
from questlog_warehouse.local import LocalSnowflake
from questlog_warehouse.local.deployment import deploy
from questlog_warehouse.scripts import scripts
from tests.repository import shipped_catalog
from tests.warehouse.bank import published
from tests.warehouse.laws.conversion import LARGEST, Bank, Conversion
from tests.warehouse.lines import event_id, line, purchase, refund

FIRST, DAYS = date(2006, 1, 1), 20 * 365 + 300
REPORTING = ("USD", "EUR", "JPY")
NEVER_QUOTED = "KWD"
CORRECTED_DAYS = 400

_LAND = "INSERT INTO LANDING.EVENTS SELECT VALUE, NULL FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))"
_ROWS_A_STATEMENT = 20_000

# The rows differ from one that came the way of all events in what the law is about.
_SALES = """
INSERT INTO CORE.{table}
SELECT T.* REPLACE (
  N.VALUE[0]::VARCHAR AS EVENT_ID,
  N.VALUE[0]::VARCHAR AS STORE_TRANSACTION_ID,
  N.VALUE[1]::TIMESTAMP_NTZ AS OCCURRED_AT,
  N.VALUE[1]::TIMESTAMP_NTZ AS RECEIVED_AT,
  NULL AS SENT_AT,
  CAST(N.VALUE[2]::VARCHAR AS NUMBER(16,0)) AS PRICE_AMOUNT_MICROS,
  N.VALUE[3]::VARCHAR AS PRICE_CURRENCY,
  CAST(N.VALUE[4]::VARCHAR AS NUMBER(16,0)) AS TAX_MICROS,
  CAST(N.VALUE[5]::VARCHAR AS NUMBER(16,0)) AS STORE_FEE_MICROS
)
FROM (SELECT * FROM CORE.{table} WHERE EVENT_ID = '{template}') AS T
CROSS JOIN (SELECT VALUE FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))) AS N
"""
_REFUNDS = """
INSERT INTO CORE.{table}
SELECT T.* REPLACE (
  N.VALUE[0]::VARCHAR AS EVENT_ID,
  N.VALUE[1]::VARCHAR AS STORE_TRANSACTION_ID,
  N.VALUE[2]::TIMESTAMP_NTZ AS OCCURRED_AT,
  N.VALUE[2]::TIMESTAMP_NTZ AS RECEIVED_AT,
  NULL AS SENT_AT,
  CAST(N.VALUE[3]::VARCHAR AS NUMBER(16,0)) AS AMOUNT_AMOUNT_MICROS,
  N.VALUE[4]::VARCHAR AS AMOUNT_CURRENCY
)
FROM (SELECT * FROM CORE.{table} WHERE EVENT_ID = '{template}') AS T
CROSS JOIN (SELECT VALUE FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))) AS N
"""


@dataclass(frozen=True, slots=True)
class Sale:
    """What is converted: micros of a currency on a day; None where tax or fee is not known."""

    identity: str
    day: date
    currency: str
    price: int
    tax: int | None
    fee: int | None


@dataclass(frozen=True, slots=True)
class Refund:
    """What was given back of a sale."""

    identity: str
    sale: Sale
    day: date
    micros: int


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that happened, and the currencies it is reported in."""

    sales: Sequence[Sale]
    refunds: Sequence[Refund]
    reporting: Sequence[str]


def books(conversions: int, seed: int, reporting: Sequence[str] = REPORTING) -> Books:
    """Return sales, and a refund of every fifth, that make `conversions` in all `reporting` currencies."""
    dice = Random(seed)
    currencies = sorted({currency for quoted in published().values() for currency in quoted})
    currencies += ["EUR", NEVER_QUOTED]
    count = -(-conversions * 5 // (len(reporting) * 6))
    sales = [_sale(number, dice, currencies) for number in range(1, count + 1)]
    refunds = [_refund(number, sale, dice) for number, sale in enumerate(sales[::5], count + 1)]
    return Books(sales, refunds, reporting)


def _sale(number: int, dice: Random, currencies: Sequence[str]) -> Sale:
    price = dice.choice([0, 1, 5, LARGEST, dice.randrange(10**7), dice.randrange(LARGEST)])
    tax, fee = (dice.choice([None, price // part]) for part in (7, 3))
    day = FIRST + timedelta(days=dice.randrange(DAYS))
    return Sale(event_id(number), day, dice.choice(currencies), price, tax, fee)


def _refund(number: int, sale: Sale, dice: Random) -> Refund:
    return Refund(event_id(number), sale, sale.day + timedelta(days=dice.randrange(60)), sale.price // 2)


@dataclass(frozen=True, slots=True)
class Law:
    """A warehouse with the books in it."""

    snowflake: LocalSnowflake
    books: Books

    def mismatches(self, bank: Bank, counted: Counter[str]) -> Iterator[str]:
        """Yield what the marts say differently than `bank` does; conversions are counted by their status."""
        for reporting in self.books.reporting:
            yield from self._sales(bank, reporting, counted)
            yield from self._refunds(bank, reporting, counted)
            yield from self._days(bank, reporting)

    def _sales(self, bank: Bank, reporting: str, counted: Counter[str]) -> Iterator[str]:
        rows = self._rows("PURCHASE_REPORTING", reporting)
        for sale in self.books.sales:
            row, used = rows.pop(sale.identity), bank.conversion(sale.day, sale.currency, reporting)
            counted[used.status] += 1
            reported = [used.of(micros) for micros in (sale.price, sale.tax, sale.fee)]
            net = None if None in reported else reported[0] - reported[1] - reported[2]  # type: ignore[operator] # none is None
            names = ("PRICE", "TAX", "STORE_FEE", "NET")
            found = [_rate(row, ""), *(row[f"REPORTED_{name}_MICROS"] for name in names)]
            if found != [used, *reported, net]:
                yield f"{sale} in {reporting}: {found}, but it is {[used, *reported, net]}"
        yield from (f"{identity} is in no book" for identity in rows)

    def _refunds(self, bank: Bank, reporting: str, counted: Counter[str]) -> Iterator[str]:
        rows = self._rows("REFUND_REPORTING", reporting)
        for back in self.books.refunds:
            row, currency = rows.pop(back.identity), back.sale.currency
            used = bank.conversion(back.day, currency, reporting)
            sold = bank.conversion(back.sale.day, currency, reporting)
            counted[used.status] += 1
            found = [_rate(row, ""), row["REPORTED_AMOUNT_MICROS"]]
            found += [_rate(row, "SALE_"), row["REPORTED_AMOUNT_AT_SALE_RATE_MICROS"]]
            wanted = [used, used.of(back.micros), sold, sold.of(back.micros)]
            if found != wanted:
                yield f"{back} in {reporting}: {found}, but it is {wanted}"
        yield from (f"{identity} is in no book" for identity in rows)

    def _days(self, bank: Bank, reporting: str) -> Iterator[str]:
        """Compare the sums of each day and currency."""
        names = ("SOLD", "REFUNDED", "REVENUE", "TAX", "STORE_FEE", "NET")
        sums = ", ".join(f"REPORTED_{name}_MICROS AS {name}" for name in names)
        sql = (
            f"SELECT DAY, CURRENCY, {sums}, UNCONVERTED FROM MART.REVENUE_DAILY WHERE REPORTING_CURRENCY = %s"
        )
        found = {
            (row.pop("DAY"), row.pop("CURRENCY")): row for row in self.snowflake.query(sql, (reporting,))
        }
        wanted = self._daily(bank, reporting)
        if found.keys() != wanted.keys():
            yield f"days in {reporting} differ: {sorted(found.keys() ^ wanted.keys())[:5]}"
        for key in found.keys() & wanted.keys():
            if found[key] != wanted[key]:
                yield f"{key} in {reporting}: {found[key]}, but it is {wanted[key]}"

    def _daily(self, bank: Bank, reporting: str) -> dict[tuple[date, str], dict[str, int | None]]:
        totals: dict[tuple[date, str], list[tuple[int | None, ...]]] = defaultdict(list)
        for sale in self.books.sales:
            used = bank.conversion(sale.day, sale.currency, reporting)
            values = (used.of(sale.price), used.of(0), used.of(sale.tax), used.of(sale.fee))
            totals[sale.day, sale.currency].append(values)
        for back in self.books.refunds:
            used = bank.conversion(back.day, back.sale.currency, reporting)
            values = (used.of(0), used.of(back.micros), None, None)
            totals[back.day, back.sale.currency].append(values)
        return {key: _summed(values) for key, values in totals.items()}

    def _rows(self, view: str, reporting: str) -> dict[str, dict[str, Any]]:
        sql = f"SELECT * FROM MART.{view} WHERE REPORTING_CURRENCY = %s"
        rows = self.snowflake.query(sql, (reporting,))
        return {row["EVENT_ID"]: row for row in rows if row["GAME_ID"] == "law"}


def _rate(row: Mapping[str, Any], of: str) -> Conversion:
    status, rate, day = (row[f"{of}{name}"] for name in ("RATE_STATUS", "RATE", "RATE_DATE"))
    return Conversion(status, day, rate)


def _summed(values: Sequence[tuple[int | None, ...]]) -> dict[str, int | None]:
    converted = [value for value in values if value[0] is not None]
    sold, refunded, tax, fee = (_sum(column) for column in zip(*values, strict=True))
    known = sold is not None and refunded is not None
    revenue = sold - refunded if known else None  # type: ignore[operator] # both are known
    net = revenue - (tax or 0) - (fee or 0) if revenue is not None else None
    names = ("SOLD", "REFUNDED", "REVENUE", "TAX", "STORE_FEE", "NET")
    sums = dict(zip(names, (sold, refunded, revenue, tax, fee, net), strict=True))
    return {**sums, "UNCONVERTED": len(values) - len(converted)}


def _sum(column: Sequence[int | None]) -> int | None:
    """As SQL does it: what is not known is left out, and of nothing known the sum is not known."""
    known = [value for value in column if value is not None]
    return sum(known) if known else None


def loaded(snowflake: LocalSnowflake, books: Books) -> Law:
    """Fill a fresh database: all rates of the bank, and the books."""
    deploy(snowflake, scripts())
    fx.load_rates(snowflake, books.reporting)
    templates = [line(event(event_id=event_id(0)), game_id="law") for event in (purchase, refund)]
    snowflake.execute(_LAND, (json.dumps(templates),))
    snowflake.run_tasks()
    sales = [[s.identity, _noon(s.day), s.price, s.currency, s.tax, s.fee] for s in books.sales]
    refunds = [[r.identity, r.sale.identity, _noon(r.day), r.micros, r.sale.currency] for r in books.refunds]
    for event, sql, rows in (("purchase", _SALES, sales), ("refund", _REFUNDS, refunds)):
        statement = sql.format(table=_table(event), template=event_id(0))
        for start in range(0, len(rows), _ROWS_A_STATEMENT):
            snowflake.execute(statement, (json.dumps(rows[start : start + _ROWS_A_STATEMENT]),))
        snowflake.execute(f"DELETE FROM CORE.{_table(event)} WHERE EVENT_ID = '{event_id(0)}'")
    return Law(snowflake, books)


def _table(event: str) -> str:
    (contract,) = (found for found in shipped_catalog().contracts if found.event == event)
    return f"{event}_{contract.newest.major}".upper()


def _noon(day: date) -> str:
    return f"{day.isoformat()} 12:00:00"


def corrections(seed: int) -> dict[date, dict[str, str]]:
    """Return what the bank corrects: on some days one of its rates, by a percent."""
    dice = Random(seed)
    days = dice.sample(sorted(day for day in published() if day >= FIRST), CORRECTED_DAYS)
    found = {}
    for day in days:
        currency = dice.choice(sorted(published()[day]))
        found[day] = {currency: f"{published()[day][currency] * 101 / 100:f}"}
    return found


def correct(law: Law, corrected: Mapping[date, Mapping[str, str]]) -> fx.Loaded:
    """Load the corrected days, as the bank would publish them again."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "eurofxref-hist.csv"
        names = sorted({currency for day in corrected for currency in published()[day]})
        lines = [",".join(["Date", *names])]
        for day, changed in corrected.items():
            quoted = {**{name: f"{rate:f}" for name, rate in published()[day].items()}, **changed}
            lines.append(",".join([day.isoformat(), *(quoted.get(name, "N/A") for name in names)]))
        path.write_text("\n".join(lines), encoding="utf-8")
        return fx.load(law.snowflake, law.books.reporting, fx.rate_file(path))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was compared and the first mismatches; exit status 1 when there is one."""
    parser = argparse.ArgumentParser(prog="python -m tests.warehouse.laws.money", description=__doc__)
    parser.add_argument("--conversions", type=int, default=100_000, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="other amounts and days (default: %(default)s)")
    options = parser.parse_args(arguments)
    started, status = time.perf_counter(), 0
    with closing(LocalSnowflake()) as snowflake:
        law = loaded(snowflake, books(options.conversions, options.seed))
        status |= _judged("as published", law, Bank())
        corrected = corrections(options.seed)
        told = correct(law, corrected)
        status |= _judged(f"{told.corrected} rates corrected", law, Bank(corrected))
    print(f"{time.perf_counter() - started:.0f} s")
    return status


def _judged(name: str, law: Law, bank: Bank) -> int:
    counted: Counter[str] = Counter()
    found = list(law.mismatches(bank, counted))
    print(*found[:5], sep="\n", end="\n" if found else "")
    print(f"{name}: {counted.total()} conversions, {dict(counted)}, {len(found)} mismatches", flush=True)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
