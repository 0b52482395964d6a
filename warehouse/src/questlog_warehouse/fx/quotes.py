"""What a source published on a day, and the multipliers that follow from it for every pair of currencies."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal

_CONTEXT = Context(prec=60)
_STEP = Decimal("1e-15")
_BOUND = Decimal("1e8")
"""RATE is a NUMBER(23,15)."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A published number: units of a currency for 1 of the base; `into_base`: of the base for 1 of it.

    `fixed`: the currency is gone, and the number is the one it was replaced at.
    """

    rate: Decimal
    into_base: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """What one source published for a day: currency -> its quote against `base`."""

    day: date
    base: str
    quotes: Mapping[str, Quote]


@dataclass(frozen=True, slots=True)
class Rate:
    """`rate` is `to_currency` for 1 `from_currency`, with 15 decimals; `derivation` says where it is from."""

    day: date
    from_currency: str
    to_currency: str
    rate: Decimal
    derivation: str


def rates(day: Day, reporting: Iterable[str]) -> Iterator[Rate]:
    """Yield the multiplier from every currency of the day to each of `reporting` that is quoted as well.

    Raises:
        OverflowError: when one needs more than 8 digits before the point, or 15 behind it do not show it.
    """
    known = {day.base: Quote(Decimal(1)), **day.quotes}
    for target in reporting:
        for currency in known if target in known else ():
            if currency != target:
                rate = _multiplier(known[currency], known[target])
                if not 0 < rate < _BOUND:
                    message = f"{currency} to {target} on {day.day} is not between 10^-15 and 10^8"
                    raise OverflowError(message)
                yield Rate(day.day, currency, target, rate, _derivation(day, currency, target))


def _multiplier(source: Quote, target: Quote) -> Decimal:
    """Divide once: the quotient is exact but for its last decimal."""
    up = (target.rate if not target.into_base else 1) * (source.rate if source.into_base else Decimal(1))
    down = (source.rate if not source.into_base else 1) * (target.rate if target.into_base else Decimal(1))
    return _CONTEXT.divide(up, down).quantize(_STEP, context=_CONTEXT)


def _derivation(day: Day, currency: str, target: str) -> str:
    ends = [day.quotes[end] for end in (currency, target) if end != day.base]
    if any(quote.fixed for quote in ends):
        return "fixed"
    if len(ends) == 2:  # noqa: PLR2004 - both ends of a pair
        return "cross"
    return "published" if ends[0].into_base is (target == day.base) else "inverse"
