# Generated from schemas/shared/money.json. Do not edit; run `nox -s codegen`.

from __future__ import annotations

from dataclasses import dataclass

from questlog._money import ExactMoney

from .currency import Currency


@dataclass(frozen=True, kw_only=True, slots=True)
class Money(ExactMoney):
    """An amount of real money in one currency, exact to a millionth of its major unit."""

    amount_micros: int
    """Amount in micros: 1 micro is 10^-6 of the currency's major unit, in every currency. 4.99 EUR is 4990000; 500 JPY is 500000000."""
    currency: Currency
