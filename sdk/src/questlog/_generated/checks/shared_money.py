# Generated from schemas/shared/money.json. Do not edit; run `nox -s codegen`.
"""Check of shared_money: raises InvalidEvent at the first violation and changes nothing."""

from typing import Any

from questlog._generated.keywords import is_integer
from questlog.exceptions import InvalidEvent

PROPERTIES = frozenset((
    "amount_micros", "currency",
))
CURRENCY_VALUES = frozenset((
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BHD", "BIF",
    "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY",
    "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD",
    "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR",
    "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW",
    "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK",
    "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR",
    "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF",
    "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP",
    "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU",
    "UZS", "VED", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW",
    "ZWG",
))


def check(data: Any) -> None:
    if type(data) is not dict and not isinstance(data, dict):
        raise InvalidEvent("", "type", "must be of type object")
    try:
        data__amount_micros = data["amount_micros"]
        data__currency = data["currency"]
    except KeyError:
        if "amount_micros" not in data:
            raise InvalidEvent("/amount_micros", "required", "is required")
        if "currency" not in data:
            raise InvalidEvent("/currency", "required", "is required")
        raise
    if len(data) > 2 and not PROPERTIES >= data.keys():
        raise InvalidEvent("", "additionalProperties", "has a property that the contract does not know")
    if type(data__amount_micros) is not int and not is_integer(data__amount_micros):
        raise InvalidEvent("/amount_micros", "type", "must be of type integer")
    if not 0 <= data__amount_micros <= 1000000000000000:
        if not data__amount_micros >= 0:
            raise InvalidEvent("/amount_micros", "minimum", "must be at least 0")
        if not data__amount_micros <= 1000000000000000:
            raise InvalidEvent("/amount_micros", "maximum", "must be at most 1000000000000000")
    if type(data__currency) is not str and not isinstance(data__currency, str):
        raise InvalidEvent("/currency", "type", "must be of type string")
    if data__currency not in CURRENCY_VALUES:
        raise InvalidEvent("/currency", "enum", "must be one of AED, AFN, ALL, AMD, AOA, ARS, AUD, AWG, AZN, BAM, ...")
