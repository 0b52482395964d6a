import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pytest

from questlog_warehouse import fx
from questlog_warehouse.local import LocalSnowflake, LocalWarehouse
from questlog_warehouse.scripts import scripts
from tests.repository import shipped_catalog
from tests.warehouse.bank import published
from tests.warehouse.conftest import Bucket, Pipeline
from tests.warehouse.document import documented
from tests.warehouse.laws import money as law
from tests.warehouse.laws.conversion import Bank
from tests.warehouse.lines import event_id, line, purchase, refund

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Row = dict[str, Any]

CURRENCIES = shipped_catalog().fragments["currency"]["enum"]
LARGEST = 10**15
RATES_SINCE = date(2026, 9, 1)
RECEIVED_AT = "2030-02-01T00:00:00.000Z"


def money(micros: int, currency: str) -> dict[str, Any]:
    return {"amount_micros": micros, "currency": currency}


def sale(micros: int, currency: str, at: str = "2026-11-02T18:00:00Z", **changes: Any) -> Row:
    return purchase(price=money(micros, currency), occurred_at=at, **changes)


def give_back(micros: int, currency: str, at: str = "2026-11-02T20:00:00Z", **changes: Any) -> Row:
    return refund(amount=money(micros, currency), occurred_at=at, **changes)


def random_sales(count: int) -> Iterator[Row]:
    """Sales in all currencies on all days around the last rate, with amounts of every size."""
    dice = random.Random(7)
    for number in range(count):
        at = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(60 * 24 * 50))
        micros = dice.choice([0, 1, 5, LARGEST, dice.randrange(10**7), dice.randrange(LARGEST)])
        identity = {"event_id": event_id(number), "store_transaction_id": f"t-{number}"}
        yield sale(micros, dice.choice(CURRENCIES), at.isoformat(), tax_micros=micros // 7, **identity)


SCENARIOS: Mapping[str, list[Row]] = {
    "monday": [sale(4_990_000, "EUR")],
    "friday": [sale(4_990_000, "EUR", "2026-10-30T23:59:59.999Z")],
    "friday in Tokyo": [sale(4_990_000, "EUR", "2026-10-31T08:59:59+09:00")],
    "8 days": [sale(4_990_000, "EUR", "2026-11-07T00:00:00Z")],
    "9 days": [sale(4_990_000, "EUR", "2026-11-08T00:00:00Z")],
    "before all rates": [sale(4_990_000, "EUR", "1999-01-01T00:00:00Z")],
    "not quoted": [sale(1_490_000, "KWD")],
    "dollars": [sale(9_990_000, "USD", "2030-01-01T00:00:00Z")],
    "sandbox": [sale(4_990_000, "EUR", sandbox=True), give_back(4_990_000, "EUR", sandbox=True)],
    "copies": [
        sale(4_990_000, "EUR", event_id=event_id(2)),
        sale(4_990_000, "EUR", event_id=event_id(1)),
        sale(4_990_000, "EUR", event_id=event_id(3), store="steam"),
    ],
    "sandbox first": [
        sale(4_990_000, "EUR", event_id=event_id(1), sandbox=True),
        sale(4_990_000, "EUR", event_id=event_id(2)),
    ],
    "refunds": [
        sale(10_000_000, "EUR", "2026-10-20T12:00:00Z", store_transaction_id="t-1", event_id=event_id(1)),
        give_back(4_000_000, "EUR", store_transaction_id="t-1", event_id=event_id(2), store="app_store"),
        give_back(6_000_000, "EUR", store_transaction_id="t-1", event_id=event_id(3), store="app_store"),
    ],
    "tax unknown": [sale(4_990_000, "EUR", tax_micros=None)],
    "fee unknown": [sale(4_990_000, "EUR", store_fee_micros=None)],
    "neither tax nor fee": [
        sale(
            4_990_000,
            "EUR",
            tax_micros=None,
            store_fee_micros=None,
            event_id=event_id(1),
            store_transaction_id="t-1",
        ),
        sale(4_990_000, "EUR", event_id=event_id(2), store_transaction_id="t-2"),
    ],
    "clock a week ahead": [sale(4_990_000, "EUR", "2026-11-09T18:00:00Z")],
    "refund in another currency": [
        sale(10_000_000, "EUR", "2026-10-20T12:00:00Z", store_transaction_id="t-1"),
        give_back(4_000_000, "GBP", store_transaction_id="t-1", event_id=event_id(2), store="app_store"),
    ],
    "refund long after": [
        sale(10_000_000, "EUR", "2026-10-20T12:00:00Z", store_transaction_id="t-1"),
        give_back(10_000_000, "EUR", "2026-12-20T12:00:00Z", store_transaction_id="t-1", store="app_store"),
    ],
    "refund by another store": [
        sale(10_000_000, "EUR", store_transaction_id="t-1"),
        give_back(4_000_000, "EUR", store_transaction_id="t-1", store="steam", event_id=event_id(2)),
    ],
    "refund of an unknown sale": [give_back(4_000_000, "EUR", store_transaction_id="t-unknown")],
    "a day": [
        sale(1_000_000, "EUR", store_transaction_id="t-1", event_id=event_id(1)),
        sale(2_000_000, "EUR", store_transaction_id="t-2", event_id=event_id(2)),
        sale(3_000_000, "KWD", store_transaction_id="t-3", event_id=event_id(3)),
        give_back(500_000, "EUR", store_transaction_id="t-1", event_id=event_id(4)),
    ],
    "random": list(random_sales(400)),
}
"""Game -> its events."""


CLOCKS = {"clock a week ahead": ("2026-11-02T18:00:01.000Z", "2026-11-09T18:00:01.000Z")}
"""Game -> when its events were received and, by its own clock, sent; of others both are long after."""


def arrived(game: str, event: Row) -> Row:
    received, sent = CLOCKS.get(game, (RECEIVED_AT, RECEIVED_AT))
    return line(event, game_id=game, received_at=received, sent_at=sent)


@pytest.fixture(scope="module")
def loaded(s3: "S3Client", shared_warehouse: LocalWarehouse) -> LocalWarehouse:
    s3.create_bucket(Bucket="money")
    shared_warehouse.load_rates(("USD", "EUR"), since=RATES_SINCE)
    pipeline = Pipeline(shared_warehouse, Bucket(s3, "money"))
    pipeline.take(*(arrived(game, event) for game, events in SCENARIOS.items() for event in events))
    assert shared_warehouse.query("SELECT * FROM CORE.REJECTED") == []
    return shared_warehouse


def rows(warehouse: LocalWarehouse, view: str, game: str, reporting: str) -> list[Row]:
    sql = f"SELECT * FROM MART.{view} WHERE GAME_ID = %s AND REPORTING_CURRENCY = %s"
    return warehouse.query(sql, (game, reporting))


def sales(warehouse: LocalWarehouse, game: str, reporting: str = "USD") -> list[Row]:
    return sorted(rows(warehouse, "PURCHASE_REPORTING", game, reporting), key=itemgetter("EVENT_ID"))


def refunds(warehouse: LocalWarehouse, game: str) -> list[Row]:
    return sorted(rows(warehouse, "REFUND_REPORTING", game, "USD"), key=itemgetter("EVENT_ID"))


def revenue(warehouse: LocalWarehouse, game: str) -> list[Row]:
    return sorted(rows(warehouse, "REVENUE_DAILY", game, "USD"), key=itemgetter("DAY", "CURRENCY"))


def test_the_rate_is_the_last_one_published_before_the_day(loaded: LocalWarehouse) -> None:
    (row,) = sales(loaded, "monday")
    assert (row["RATE_DATE"], row["RATE_AGE_DAYS"], row["RATE_STATUS"]) == (date(2026, 10, 30), 3, "ok")
    assert (row["RATE"], row["REPORTED_PRICE_MICROS"]) == (Decimal("1.1172"), 5_574_828)


@pytest.mark.parametrize("game", ["friday", "friday in Tokyo"])
def test_a_rate_of_the_same_utc_day_is_not_used(loaded: LocalWarehouse, game: str) -> None:
    assert sales(loaded, game)[0]["RATE_DATE"] == date(2026, 10, 29)


def test_tax_and_fee_are_converted_like_the_price(loaded: LocalWarehouse) -> None:
    (row,) = sales(loaded, "monday")
    reported = row["REPORTED_TAX_MICROS"], row["REPORTED_STORE_FEE_MICROS"]
    assert reported == (round(Decimal(796_720) * row["RATE"]), round(Decimal(748_500) * row["RATE"]))


def test_a_rate_is_good_for_8_days(loaded: LocalWarehouse) -> None:
    assert sales(loaded, "8 days")[0]["RATE_STATUS"] == "ok"


@pytest.mark.parametrize(
    ("game", "status"), [("9 days", "stale"), ("before all rates", "missing"), ("not quoted", "missing")]
)
def test_without_a_usable_rate_the_amount_is_null_and_says_why(
    loaded: LocalWarehouse, game: str, status: str
) -> None:
    (row,) = sales(loaded, game)
    assert row["RATE_STATUS"] == status
    assert (row["RATE"], row["REPORTED_PRICE_MICROS"], row["REPORTED_TAX_MICROS"]) == (None, None, None)


def test_the_reporting_currency_itself_needs_no_rate(loaded: LocalWarehouse) -> None:
    (row,) = sales(loaded, "dollars")
    assert (row["RATE_STATUS"], row["RATE"], row["REPORTED_PRICE_MICROS"]) == ("same", 1, 9_990_000)


def test_every_reporting_currency_has_a_row(loaded: LocalWarehouse) -> None:
    assert [row["RATE_STATUS"] for row in sales(loaded, "monday", "EUR")] == ["same"]
    assert [row["RATE_STATUS"] for row in sales(loaded, "dollars", "EUR")] == ["stale"]


@cache
def quotes() -> dict[date, dict[str, Decimal]]:
    return {day: {"EUR": Decimal(1), **rates} for day, rates in published().items() if day >= RATES_SINCE}


def expected(event: Row, micros: int, reporting: str) -> tuple[str, int | None]:
    """Status and reported micros, computed from the bank's history without SQL."""
    day, currency = datetime.fromisoformat(event["occurred_at"]).date(), event["price"]["currency"]
    if currency == reporting:
        return "same", micros
    days = [quoted for quoted, rates in quotes().items() if quoted < day and currency in rates]
    if not days:
        return "missing", None
    if (day - max(days)).days > 8:
        return "stale", None
    per_euro = quotes()[max(days)]
    rate = (per_euro[reporting] / per_euro[currency]).quantize(Decimal("1e-15"))
    return "ok", int((micros * rate).quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize("reporting", ["USD", "EUR"])
def test_random_sales_convert_as_in_decimal_arithmetic(loaded: LocalWarehouse, reporting: str) -> None:
    rows = {row["EVENT_ID"]: row for row in sales(loaded, "random", reporting)}
    assert len(rows) == len(SCENARIOS["random"])
    for event in SCENARIOS["random"]:
        row = rows[event["event_id"]]
        price = expected(event, event["price"]["amount_micros"], reporting)
        assert (row["RATE_STATUS"], row["REPORTED_PRICE_MICROS"]) == price
        assert row["REPORTED_TAX_MICROS"] == expected(event, event["tax_micros"], reporting)[1]


def test_all_outcomes_are_among_the_random_sales(loaded: LocalWarehouse) -> None:
    statuses = {row["RATE_STATUS"] for row in sales(loaded, "random")}
    assert statuses == {"ok", "same", "stale", "missing"}


def test_revenue_is_the_sum_of_the_sales_to_the_micro(loaded: LocalWarehouse) -> None:
    rows = sales(loaded, "random")
    days = revenue(loaded, "random")
    reported = sum(row["REPORTED_PRICE_MICROS"] or 0 for row in rows)
    assert sum(day["REPORTED_REVENUE_MICROS"] or 0 for day in days) == reported
    assert sum(day["SOLD_MICROS"] for day in days) == sum(row["PRICE_AMOUNT_MICROS"] for row in rows)
    assert sum(day["SALES"] for day in days) == len(rows)
    assert sum(day["UNCONVERTED"] for day in days) == sum(row["RATE"] is None for row in rows)


def test_sandbox_sales_and_refunds_are_shown_and_are_no_revenue(loaded: LocalWarehouse) -> None:
    assert [row["IS_REVENUE"] for row in sales(loaded, "sandbox")] == [False]
    assert [row["IS_REVENUE"] for row in refunds(loaded, "sandbox")] == [False]
    assert revenue(loaded, "sandbox") == []


def test_copies_of_a_sale_are_shown_and_counted_once(loaded: LocalWarehouse) -> None:
    rows = sales(loaded, "copies")
    assert [(row["COPY_NUMBER"], row["IS_REVENUE"]) for row in rows] == [(1, True), (2, False), (1, True)]
    (day,) = revenue(loaded, "copies")
    assert (day["SALES"], day["SOLD_MICROS"]) == (2, 2 * 4_990_000)


def test_a_sandbox_copy_does_not_hide_a_sale(loaded: LocalWarehouse) -> None:
    assert [row["IS_REVENUE"] for row in sales(loaded, "sandbox first")] == [False, True]


def test_a_refund_finds_its_sale_and_has_the_rate_of_its_own_day(loaded: LocalWarehouse) -> None:
    rows = refunds(loaded, "refunds")
    assert {row["SALE_EVENT_ID"] for row in rows} == {event_id(1)}
    assert {row["RATE_DATE"] for row in rows} == {date(2026, 10, 30)}
    assert sales(loaded, "refunds")[0]["RATE_DATE"] == date(2026, 10, 19)


def test_partial_refunds_of_one_sale_all_count_on_their_day(loaded: LocalWarehouse) -> None:
    sold, returned = revenue(loaded, "refunds")
    assert (sold["DAY"], sold["SALES"], sold["REFUNDS"]) == (date(2026, 10, 20), 1, 0)
    assert (returned["DAY"], returned["REFUNDS"], returned["REFUNDED_MICROS"]) == (
        date(2026, 11, 2),
        2,
        10_000_000,
    )
    assert returned["REPORTED_REVENUE_MICROS"] == -11_172_000


def test_a_refund_of_an_unknown_sale_counts(loaded: LocalWarehouse) -> None:
    (row,) = refunds(loaded, "refund of an unknown sale")
    assert (row["SALE_EVENT_ID"], row["IS_REVENUE"]) == (None, True)


def test_a_day_is_summed_by_currency_and_says_what_is_missing(loaded: LocalWarehouse) -> None:
    euro, dinar = revenue(loaded, "a day")
    assert (euro["CURRENCY"], euro["SALES"], euro["REFUNDS"], euro["UNCONVERTED"]) == ("EUR", 2, 1, 0)
    assert (euro["SOLD_MICROS"], euro["REFUNDED_MICROS"]) == (3_000_000, 500_000)
    assert euro["REPORTED_REVENUE_MICROS"] == 3_351_600 - 558_600
    assert (dinar["CURRENCY"], dinar["SOLD_MICROS"], dinar["UNCONVERTED"]) == ("KWD", 3_000_000, 1)
    assert (dinar["REPORTED_SOLD_MICROS"], dinar["REPORTED_REVENUE_MICROS"]) == (None, None)


def test_the_day_of_an_event_is_that_of_the_corrected_clock(loaded: LocalWarehouse) -> None:
    (row,) = sales(loaded, "clock a week ahead")
    assert (row["OCCURRED_AT"].date(), row["EVENT_AT"].date()) == (date(2026, 11, 9), date(2026, 11, 2))
    assert (row["RATE_STATUS"], row["RATE_DATE"]) == ("ok", date(2026, 10, 30))
    assert [day["DAY"] for day in revenue(loaded, "clock a week ahead")] == [date(2026, 11, 2)]


def test_net_is_price_less_tax_and_fee_and_adds_up_to_the_micro(loaded: LocalWarehouse) -> None:
    (row,) = sales(loaded, "monday")
    assert row["NET_MICROS"] == 4_990_000 - 796_720 - 748_500
    parts = (row[f"REPORTED_{part}_MICROS"] for part in ("NET", "TAX", "STORE_FEE"))
    assert sum(parts) == row["REPORTED_PRICE_MICROS"]


@pytest.mark.parametrize("game", ["tax unknown", "fee unknown", "neither tax nor fee"])
def test_net_of_a_sale_is_unknown_when_tax_or_fee_is(loaded: LocalWarehouse, game: str) -> None:
    row = sales(loaded, game)[0]
    assert (row["NET_MICROS"], row["REPORTED_NET_MICROS"]) == (None, None)
    assert row["REPORTED_PRICE_MICROS"] == 5_574_828


def test_net_of_a_day_is_less_what_is_known_and_says_what_is_not(loaded: LocalWarehouse) -> None:
    (day,) = revenue(loaded, "neither tax nor fee")
    (monday,) = revenue(loaded, "monday")
    assert (day["SALES"], day["TAX_UNKNOWN"], day["STORE_FEE_UNKNOWN"]) == (2, 1, 1)
    assert (monday["TAX_UNKNOWN"], monday["STORE_FEE_UNKNOWN"]) == (0, 0)
    assert day["REPORTED_TAX_MICROS"] == monday["REPORTED_TAX_MICROS"]
    assert day["REPORTED_NET_MICROS"] == monday["REPORTED_NET_MICROS"] + 5_574_828


def test_tax_and_fee_of_a_day_are_unknown_when_none_is_known(loaded: LocalWarehouse) -> None:
    (day,) = revenue(loaded, "tax unknown")
    assert (day["REPORTED_TAX_MICROS"], day["TAX_UNKNOWN"], day["STORE_FEE_UNKNOWN"]) == (None, 1, 0)
    assert day["REPORTED_NET_MICROS"] == day["REPORTED_REVENUE_MICROS"] - day["REPORTED_STORE_FEE_MICROS"]


def test_a_refund_is_also_shown_at_the_rate_of_its_sale(loaded: LocalWarehouse) -> None:
    (sold,) = sales(loaded, "refund long after")
    (row,) = refunds(loaded, "refund long after")
    assert (row["RATE_STATUS"], row["REPORTED_AMOUNT_MICROS"]) == ("stale", None)
    assert (row["SALE_RATE_STATUS"], row["SALE_RATE_DATE"]) == ("ok", date(2026, 10, 19))
    assert (row["SALE_RATE"], row["SALE_EVENT_AT"]) == (sold["RATE"], sold["EVENT_AT"])
    assert row["REPORTED_AMOUNT_AT_SALE_RATE_MICROS"] == sold["REPORTED_PRICE_MICROS"]


@pytest.mark.parametrize(
    ("game", "status"),
    [
        ("refund of an unknown sale", "unknown_sale"),
        ("refund by another store", "unknown_sale"),
        ("refund in another currency", "other_currency"),
    ],
)
def test_without_a_sale_in_its_currency_a_refund_has_no_rate_of_it(
    loaded: LocalWarehouse, game: str, status: str
) -> None:
    (row,) = refunds(loaded, game)
    assert (row["SALE_RATE_STATUS"], row["SALE_RATE"]) == (status, None)
    assert (row["SALE_RATE_DATE"], row["REPORTED_AMOUNT_AT_SALE_RATE_MICROS"]) == (None, None)
    assert row["RATE_STATUS"] == "ok"


def test_nothing_converted_is_stored_and_views_that_are_made_again_keep_their_grants() -> None:
    (money_script,) = (script.text for script in scripts() if script.name == "R__money.sql")
    created = re.findall(r"^(?:CREATE|ALTER|INSERT|MERGE|UPDATE) .*", money_script, re.MULTILINE)
    assert created
    assert {
        line for line in created if not re.fullmatch(r"CREATE OR REPLACE VIEW \S+ COPY GRANTS AS", line)
    } == set()


def as_known_on(day: date) -> str:
    """The document's query for a report as it was, with another day."""
    (block,) = (block for block in documented() if "KNOWN_AT <=" in block.sql)
    sql, count = re.subn(
        r"'[0-9-]+'::TIMESTAMP_NTZ AS MADE_AT", f"'{day}'::TIMESTAMP_NTZ AS MADE_AT", block.sql
    )
    assert count == 1
    return sql


def test_a_corrected_rate_restates_revenue_and_the_old_report_can_still_be_made(pipeline: Pipeline) -> None:
    warehouse, seen = pipeline.warehouse, datetime(2026, 11, 3, tzinfo=UTC)
    fx.load_rates(warehouse, since=RATES_SINCE, known_at=seen)
    pipeline.take(
        line(sale(4_990_000, "EUR")),
        line(give_back(1_000_000, "EUR", "2026-11-02T18:30:00Z")),
        line(sale(1_490_000, "KWD", event_id=event_id(2), store_transaction_id="t-2")),
    )
    before = 5_574_828 - 1_117_200
    assert [day["REPORTED_REVENUE_MICROS"] for day in revenue(warehouse, "dragons")] == [before, None]
    corrected = "('2026-10-30', 'EUR', 'USD', 2, 'ECB', 'published', '2026-12-24 12:00')"
    warehouse.execute(f"INSERT INTO REF.FX_RATE VALUES {corrected}")
    late = sale(9_990_000, "EUR", event_id=event_id(3), store_transaction_id="t-3")
    moment = "2026-12-24T12:00:00.000Z"
    pipeline.take(line(late, received_at=moment, sent_at=moment))
    after = 2 * (4_990_000 - 1_000_000 + 9_990_000)
    assert [day["REPORTED_REVENUE_MICROS"] for day in revenue(warehouse, "dragons")] == [after, None]
    (row,) = warehouse.query(as_known_on(date(2026, 12, 1)))
    assert (row["GAME_ID"], row["DAY"], row["UNCONVERTED"]) == ("dragons", date(2026, 11, 2), 1)
    assert row["REVENUE_USD"] == Decimal(before).scaleb(-6)


@pytest.fixture(scope="module")
def books() -> Iterator[law.Law]:
    with closing(LocalSnowflake()) as snowflake:
        yield law.loaded(snowflake, law.books(5_000, seed=1, reporting=["USD"]))


def test_conversions_of_20_years_are_exact(books: law.Law) -> None:
    """A part of the law, which is whole in `python -m tests.warehouse.laws.money`."""
    counted: Counter[str] = Counter()
    assert list(books.mismatches(Bank(), counted)) == []
    assert counted.total() >= 5_000
    assert min(counted[status] for status in ("ok", "same", "stale", "missing")) > 50


@pytest.mark.parametrize(("currency", "status"), [("RUB", "stale"), ("KWD", "missing")])
def test_what_the_bank_no_longer_or_never_quotes_is_shown_and_not_converted(
    books: law.Law, currency: str, status: str
) -> None:
    asked = {"currency": currency, "since": "2022-03-10"}
    where = "REPORTING_CURRENCY = 'USD' AND PRICE_CURRENCY = %s AND TO_DATE(EVENT_AT) >= %s"
    rows = books.snowflake.query(
        f"SELECT RATE_STATUS, RATE_DATE, COUNT(*) AS N, COUNT(REPORTED_PRICE_MICROS) AS CONVERTED"
        f" FROM MART.PURCHASE_REPORTING WHERE {where} GROUP BY RATE_STATUS, RATE_DATE",
        tuple(asked.values()),
    )
    (row,) = rows
    assert (row["RATE_STATUS"], row["CONVERTED"]) == (status, 0)
    assert row["RATE_DATE"] == (date(2022, 3, 1) if currency == "RUB" else None)
    (day,) = books.snowflake.query(
        "SELECT SUM(CAST(SALES + REFUNDS AS NUMBER(9,0))) AS N, SUM(CAST(UNCONVERTED AS NUMBER(9,0))) AS U"
        " FROM MART.REVENUE_DAILY WHERE REPORTING_CURRENCY = 'USD' AND CURRENCY = %s AND DAY >= %s",
        tuple(asked.values()),
    )
    assert day["N"] == day["U"] >= row["N"] > 0


def test_corrected_rates_change_exactly_the_rows_they_should(books: law.Law) -> None:
    corrected = law.corrections(seed=1)
    told = law.correct(books, corrected)
    assert told.appended == told.corrected > 0
    assert list(books.mismatches(Bank(corrected), Counter())) == []
    assert list(books.mismatches(Bank(), Counter())) != [], "some rows have changed"
