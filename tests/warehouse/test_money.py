import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pytest

from questlog_warehouse import fx
from questlog_warehouse.local import LocalWarehouse
from tests.repository import shipped_catalog
from tests.warehouse.conftest import Bucket, Pipeline
from tests.warehouse.document import documented
from tests.warehouse.lines import event_id, line, purchase, refund

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Row = dict[str, Any]

CURRENCIES = shipped_catalog().fragments["currency"]["enum"]
LARGEST = 10**15
RATES_SINCE = date(2026, 9, 1)


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


@pytest.fixture(scope="module")
def loaded(s3: "S3Client") -> Iterator[LocalWarehouse]:
    s3.create_bucket(Bucket="money")
    with LocalWarehouse() as warehouse:
        warehouse.deploy()
        warehouse.load_rates(("USD", "EUR"), since=RATES_SINCE)
        pipeline = Pipeline(warehouse, Bucket(s3, "money"))
        pipeline.take(*(line(event, game_id=game) for game, events in SCENARIOS.items() for event in events))
        assert warehouse.query("SELECT * FROM CORE.REJECTED") == []
        yield warehouse


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
    history = fx.history()
    return {day: {"EUR": Decimal(1), **rates} for day, rates in history.items() if day >= RATES_SINCE}


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
    assert sum(day["REPORTED_NET_MICROS"] or 0 for day in days) == reported
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
    assert returned["REPORTED_NET_MICROS"] == -11_172_000


def test_a_refund_of_an_unknown_sale_counts(loaded: LocalWarehouse) -> None:
    (row,) = refunds(loaded, "refund of an unknown sale")
    assert (row["SALE_EVENT_ID"], row["IS_REVENUE"]) == (None, True)


def test_a_day_is_summed_by_currency_and_says_what_is_missing(loaded: LocalWarehouse) -> None:
    euro, dinar = revenue(loaded, "a day")
    assert (euro["CURRENCY"], euro["SALES"], euro["REFUNDS"], euro["UNCONVERTED"]) == ("EUR", 2, 1, 0)
    assert (euro["SOLD_MICROS"], euro["REFUNDED_MICROS"]) == (3_000_000, 500_000)
    assert euro["REPORTED_NET_MICROS"] == 3_351_600 - 558_600
    assert (dinar["CURRENCY"], dinar["SOLD_MICROS"], dinar["UNCONVERTED"]) == ("KWD", 3_000_000, 1)
    assert (dinar["REPORTED_SOLD_MICROS"], dinar["REPORTED_NET_MICROS"]) == (None, None)


def test_a_corrected_rate_restates_revenue_and_the_old_report_can_still_be_made(pipeline: Pipeline) -> None:
    warehouse, seen = pipeline.warehouse, datetime(2026, 11, 3, tzinfo=UTC)
    fx.load_rates(warehouse._snowflake, since=RATES_SINCE, known_at=seen)
    pipeline.take(line(sale(4_990_000, "EUR")))
    assert sales(warehouse, "dragons")[0]["REPORTED_PRICE_MICROS"] == 5_574_828
    corrected = "('2026-10-30', 'EUR', 'USD', 2, 'ECB', 'published', '2026-12-24 12:00')"
    warehouse._snowflake.execute(f"INSERT INTO REF.FX_RATE VALUES {corrected}")
    assert sales(warehouse, "dragons")[0]["REPORTED_PRICE_MICROS"] == 9_980_000
    assert warehouse.query(documented()[-2])[0]["REPORTED_PRICE_MICROS"] == 5_574_828
