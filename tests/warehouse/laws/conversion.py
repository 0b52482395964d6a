"""What an amount is in another currency, from what the bank published and without SQL."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from tests.warehouse.bank import published

LARGEST = 10**15
GOOD_FOR_DAYS = 8

# Not taken from the code under test: https://www.ecb.europa.eu/euro/exchange/html/index.en.html
_REPLACED = {
    "SIT": (2007, "239.64"),
    "CYP": (2008, "0.585274"),
    "MTL": (2008, "0.4293"),
    "SKK": (2009, "30.126"),
    "EEK": (2011, "15.6466"),
    "LVL": (2014, "0.702804"),
    "LTL": (2015, "3.4528"),
    "HRK": (2023, "7.5345"),
    "BGN": (2026, "1.95583"),
}
_EXACT = Context(prec=80)


@dataclass(frozen=True, slots=True)
class Conversion:
    """How an amount of a day is converted; `rate` is None when it cannot be."""

    status: str
    day: date | None
    rate: Decimal | None

    def of(self, micros: int | None) -> int | None:
        """Return the reported micros; None when the amount or the rate is not known."""
        if micros is None or self.rate is None:
            return None
        return int(_EXACT.multiply(micros, self.rate).quantize(Decimal(1), ROUND_HALF_UP, _EXACT))


@dataclass
class Bank:
    """The bank's history, with `corrected` rates (day -> currency -> rate) in place of what it said first."""

    corrected: Mapping[date, Mapping[str, str]] = field(default_factory=dict)
    _days: dict[tuple[str, str], list[date]] = field(default_factory=dict)

    def conversion(self, day: date, currency: str, reporting: str) -> Conversion:
        """Return the last rate published before `day`, and whether it is still good."""
        if currency == reporting:
            return Conversion("same", None, Decimal(1))
        days = self._quoted(currency, reporting)
        place = bisect_left(days, day)
        if not place:
            return Conversion("missing", None, None)
        last = days[place - 1]
        if (day - last).days > GOOD_FOR_DAYS:
            return Conversion("stale", last, None)
        return Conversion("ok", last, self._rate(last, currency, reporting))

    def _quoted(self, currency: str, reporting: str) -> list[date]:
        """Return the days on which both have a rate, in order."""
        pair = (currency, reporting)
        if pair not in self._days:
            self._days[pair] = sorted(
                day for day in published() if all(self._per_euro(day, one) for one in pair)
            )
        return self._days[pair]

    def _rate(self, day: date, currency: str, reporting: str) -> Decimal:
        source, target = self._per_euro(day, currency), self._per_euro(day, reporting)
        assert source, "the day is one on which both have a rate"
        assert target, "as above"
        return _EXACT.divide(target, source).quantize(Decimal("1e-15"), context=_EXACT)

    def _per_euro(self, day: date, currency: str) -> Decimal | None:
        if currency == "EUR":
            return Decimal(1)
        if text := self.corrected.get(day, {}).get(currency):
            return Decimal(text)
        year, replaced_at = _REPLACED.get(currency, (9999, "0"))
        return Decimal(replaced_at) if day.year >= year else published()[day].get(currency)
