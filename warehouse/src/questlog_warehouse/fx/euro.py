"""Currencies the euro replaced since the bank quotes rates, and what it replaced them at, for good.

https://www.ecb.europa.eu/euro/exchange/html/index.en.html
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from questlog_warehouse.fx.quotes import Quote

_REPLACED = {
    "SIT": (date(2007, 1, 1), "239.640"),
    "CYP": (date(2008, 1, 1), "0.585274"),
    "MTL": (date(2008, 1, 1), "0.429300"),
    "SKK": (date(2009, 1, 1), "30.1260"),
    "EEK": (date(2011, 1, 1), "15.6466"),
    "LVL": (date(2014, 1, 1), "0.702804"),
    "LTL": (date(2015, 1, 1), "3.45280"),
    "HRK": (date(2023, 1, 1), "7.53450"),
    "BGN": (date(2026, 1, 1), "1.95583"),
}


def fixed(day: date, currencies: Iterable[str]) -> dict[str, Quote]:
    """Return the quotes of those `currencies` that are euros on `day`: stores may follow some time later."""
    replaced = {currency: _REPLACED[currency] for currency in currencies if currency in _REPLACED}
    return {
        currency: Quote(Decimal(rate), fixed=True)
        for currency, (since, rate) in replaced.items()
        if since <= day
    }
