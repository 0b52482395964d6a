"""Exact amounts of money: text or Decimal to integer micros and back, with no float on the way."""

from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow
from typing import TYPE_CHECKING, Self

from questlog._generated.models.shared.currency import Currency
from questlog._model import Model
from questlog.exceptions import InvalidEvent

_MICROS_DIGITS = 6
# Wide enough for every amount a contract allows; what it cannot hold exactly, it refuses.
_EXACT = Context(prec=28, Emax=28, traps=[Inexact, InvalidOperation, Overflow])


class ExactMoney(Model):
    """An amount in one currency, held as integer micros: 10^-6 of the currency's major unit."""

    __slots__ = ()
    amount_micros: int
    currency: Currency

    if TYPE_CHECKING:  # what the generated dataclass has

        def __init__(self, *, amount_micros: int, currency: Currency) -> None: ...

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: Currency) -> Self:
        """Return exactly `amount` major units, e.g. `Money.of("4.99", "EUR")` or `Money.of(500, "JPY")`.

        Raises:
            InvalidEvent: when `amount` is a float, is no number, has more than 6 decimals, or when the
                contract refuses it or `currency`.
        """
        if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
            detail = 'must be text, an int or a Decimal, e.g. "4.99": a float cannot hold most prices'
            raise InvalidEvent("/amount_micros", "type", detail)
        return cls(amount_micros=_micros(amount), currency=currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units of the currency."""
        return _EXACT.normalize(Decimal(self.amount_micros).scaleb(-_MICROS_DIGITS, _EXACT))

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


def _micros(amount: str | int | Decimal) -> int:
    try:
        micros = _EXACT.scaleb(_EXACT.create_decimal(amount), _MICROS_DIGITS)
        return int(_EXACT.to_integral_exact(micros))
    except (DecimalException, ValueError, OverflowError):  # the latter two: NaN and infinity
        detail = 'must be a plain amount with at most 6 decimals, e.g. "4.99"'
        raise InvalidEvent("/amount_micros", "type", detail) from None
