from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questlog import InvalidEvent, Money

MICROS = st.integers(0, 10**15)
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])


@given(micros=MICROS, currency=CURRENCIES)
def test_an_amount_survives_text_and_back(micros: int, currency: Any) -> None:
    money = Money(amount_micros=micros, currency=currency)
    assert Money.of(str(money.amount), currency) == money
    assert Money.of(money.amount, currency) == money


@given(micros=MICROS)
def test_the_amount_is_exactly_a_millionth_of_the_micros(micros: int) -> None:
    assert Money(amount_micros=micros, currency="EUR").amount * 10**6 == micros


@given(micros=MICROS)
def test_a_program_with_a_coarse_decimal_context_loses_nothing(micros: int) -> None:
    with localcontext(prec=1):
        money = Money.of(Money(amount_micros=micros, currency="EUR").amount, "EUR")
    assert money.amount_micros == micros


@pytest.mark.parametrize(
    ("amount", "micros"),
    [
        ("4.99", 4_990_000),
        (Decimal("4.990"), 4_990_000),
        (500, 500_000_000),
        ("0.000001", 1),
        ("1e3", 1_000_000_000),
        ("-0", 0),
        ("1000000000", 10**15),
    ],
)
def test_text_ints_and_decimals_are_taken_exactly(amount: Any, micros: int) -> None:
    assert Money.of(amount, "EUR").amount_micros == micros


@given(amount=st.floats())
def test_a_float_is_refused_whatever_it_holds(amount: Any) -> None:
    with pytest.raises(InvalidEvent, match="a float cannot hold most prices"):
        Money.of(amount, "EUR")


@given(digits=st.integers(1, 10**9).filter(lambda n: n % 10))
def test_more_than_six_decimals_are_refused(digits: int) -> None:
    with pytest.raises(InvalidEvent, match="at most 6 decimals"):
        Money.of(Decimal(digits).scaleb(-7), "EUR")


@pytest.mark.parametrize(
    "amount", ["", "4,99", " 4.99", "1_000", "€4.99", "NaN", "sNaN", "Infinity", "1e999999999", "4.99 EUR"]
)
def test_text_that_is_no_plain_amount_is_refused(amount: str) -> None:
    with pytest.raises(InvalidEvent, match="must be a plain amount"):
        Money.of(amount, "EUR")


@pytest.mark.parametrize("amount", [True, None, b"4.99"])
def test_other_types_are_refused(amount: Any) -> None:
    with pytest.raises(InvalidEvent, match="must be text, an int or a Decimal"):
        Money.of(amount, "EUR")


@pytest.mark.parametrize(("amount", "keyword"), [("-0.01", "minimum"), ("1000000000.000001", "maximum")])
def test_an_amount_out_of_bounds_is_refused_by_the_contract(amount: str, keyword: str) -> None:
    with pytest.raises(InvalidEvent) as caught:
        Money.of(amount, "EUR")
    assert (caught.value.pointer, caught.value.keyword) == ("/amount_micros", keyword)


def test_a_currency_that_is_none_is_refused() -> None:
    wrong: Any = "GEM"
    with pytest.raises(InvalidEvent) as caught:
        Money.of("4.99", wrong)
    assert (caught.value.pointer, caught.value.keyword) == ("/currency", "enum")


@pytest.mark.parametrize(
    ("micros", "text"), [(4_990_000, "4.99 EUR"), (500_000_000, "500 EUR"), (1, "0.000001 EUR"), (0, "0 EUR")]
)
def test_money_reads_as_amount_and_currency(micros: int, text: str) -> None:
    assert str(Money(amount_micros=micros, currency="EUR")) == text
