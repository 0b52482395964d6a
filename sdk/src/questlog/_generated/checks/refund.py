# Generated from schemas/refund/versions/1.0.json. Do not edit; run `nox -s codegen`.
"""Check of refund: raises InvalidEvent at the first violation and changes nothing."""

import re
from typing import Any

from questlog._generated.keywords import FORMATS, is_integer
from questlog.exceptions import InvalidEvent

PROPERTIES = frozenset((
    "event", "schema_version", "event_id", "occurred_at", "install_id", "player_id", "session_id",
    "app", "device", "store", "store_transaction_id", "amount", "reason", "sandbox",
))
UUID = FORMATS["uuid"]
DATE_TIME = FORMATS["date-time"]
PLAYER_ID_PATTERN = re.compile('[0-9A-Za-z_.:-]{1,64}')
APP_PROPERTIES = frozenset((
    "version", "build",
))
APP_VERSION_PATTERN = re.compile('[0-9A-Za-z.+_-]{1,32}')
APP_BUILD_PATTERN = re.compile('[0-9A-Za-z.+_-]{1,32}')
DEVICE_PROPERTIES = frozenset((
    "platform", "os_version", "model", "locale",
))
DEVICE_PLATFORM_VALUES = frozenset((
    "ios", "android", "windows", "macos", "linux", "web", "console",
))
DEVICE_OS_VERSION_PATTERN = re.compile('[0-9A-Za-z.+_ -]{1,32}')
DEVICE_MODEL_PATTERN = re.compile('[^\\u0000-\\u001f\\u007f]*')
DEVICE_LOCALE_PATTERN = re.compile('[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?')
STORE_VALUES = frozenset((
    "app_store", "google_play", "amazon", "galaxy_store", "huawei", "steam", "epic", "web", "other",
))
STORE_TRANSACTION_ID_PATTERN = re.compile('[!-~]*')
AMOUNT_PROPERTIES = frozenset((
    "amount_micros", "currency",
))
AMOUNT_CURRENCY_VALUES = frozenset((
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
REASON_VALUES = frozenset((
    "customer_request", "accidental", "quality", "fraud", "chargeback", "other",
))


def check(data: Any) -> None:
    if type(data) is not dict and not isinstance(data, dict):
        raise InvalidEvent("", "type", "must be of type object")
    try:
        data__event = data["event"]
        data__schema_version = data["schema_version"]
        data__event_id = data["event_id"]
        data__occurred_at = data["occurred_at"]
        data__install_id = data["install_id"]
        data__session_id = data["session_id"]
        data__app = data["app"]
        data__device = data["device"]
        data__store = data["store"]
        data__store_transaction_id = data["store_transaction_id"]
        data__amount = data["amount"]
        data__reason = data["reason"]
        data__sandbox = data["sandbox"]
    except KeyError:
        if "event" not in data:
            raise InvalidEvent("/event", "required", "is required")
        if "schema_version" not in data:
            raise InvalidEvent("/schema_version", "required", "is required")
        if "event_id" not in data:
            raise InvalidEvent("/event_id", "required", "is required")
        if "occurred_at" not in data:
            raise InvalidEvent("/occurred_at", "required", "is required")
        if "install_id" not in data:
            raise InvalidEvent("/install_id", "required", "is required")
        if "session_id" not in data:
            raise InvalidEvent("/session_id", "required", "is required")
        if "app" not in data:
            raise InvalidEvent("/app", "required", "is required")
        if "device" not in data:
            raise InvalidEvent("/device", "required", "is required")
        if "store" not in data:
            raise InvalidEvent("/store", "required", "is required")
        if "store_transaction_id" not in data:
            raise InvalidEvent("/store_transaction_id", "required", "is required")
        if "amount" not in data:
            raise InvalidEvent("/amount", "required", "is required")
        if "reason" not in data:
            raise InvalidEvent("/reason", "required", "is required")
        if "sandbox" not in data:
            raise InvalidEvent("/sandbox", "required", "is required")
        raise
    if len(data) > 13 and not PROPERTIES >= data.keys():
        raise InvalidEvent("", "additionalProperties", "has a property that the contract does not know")
    if type(data__event) is not str and not isinstance(data__event, str):
        raise InvalidEvent("/event", "type", "must be of type string")
    if data__event != "refund":
        raise InvalidEvent("/event", "const", "must be refund")
    if type(data__schema_version) is not str and not isinstance(data__schema_version, str):
        raise InvalidEvent("/schema_version", "type", "must be of type string")
    if data__schema_version != "1.0":
        raise InvalidEvent("/schema_version", "const", "must be 1.0")
    if type(data__event_id) is not str and not isinstance(data__event_id, str):
        raise InvalidEvent("/event_id", "type", "must be of type string")
    if UUID.fullmatch(data__event_id) is None:
        raise InvalidEvent("/event_id", "format", "must be a UUID in lower case, e.g. 01930f3a-7c00-7001-8000-000000000001")
    if type(data__occurred_at) is not str and not isinstance(data__occurred_at, str):
        raise InvalidEvent("/occurred_at", "type", "must be of type string")
    if DATE_TIME.fullmatch(data__occurred_at) is None:
        raise InvalidEvent("/occurred_at", "format", "must be a time with offset (RFC 3339), e.g. 2026-11-02T18:04:05.123Z")
    if type(data__install_id) is not str and not isinstance(data__install_id, str):
        raise InvalidEvent("/install_id", "type", "must be of type string")
    if UUID.fullmatch(data__install_id) is None:
        raise InvalidEvent("/install_id", "format", "must be a UUID in lower case, e.g. 01930f3a-7c00-7001-8000-000000000001")
    if "player_id" in data:
        data__player_id = data["player_id"]
        if type(data__player_id) is not str and not isinstance(data__player_id, str):
            raise InvalidEvent("/player_id", "type", "must be of type string")
        if not 1 <= len(data__player_id) <= 64:
            if not len(data__player_id) >= 1:
                raise InvalidEvent("/player_id", "minLength", "must have at least 1 character(s)")
            if not len(data__player_id) <= 64:
                raise InvalidEvent("/player_id", "maxLength", "must have at most 64 character(s)")
        if PLAYER_ID_PATTERN.fullmatch(data__player_id) is None:
            raise InvalidEvent("/player_id", "pattern", "must match ^[0-9A-Za-z_.:-]{1,64}$")
    if type(data__session_id) is not str and not isinstance(data__session_id, str):
        raise InvalidEvent("/session_id", "type", "must be of type string")
    if UUID.fullmatch(data__session_id) is None:
        raise InvalidEvent("/session_id", "format", "must be a UUID in lower case, e.g. 01930f3a-7c00-7001-8000-000000000001")
    if type(data__app) is not dict and not isinstance(data__app, dict):
        raise InvalidEvent("/app", "type", "must be of type object")
    try:
        data__app__version = data__app["version"]
        data__app__build = data__app["build"]
    except KeyError:
        if "version" not in data__app:
            raise InvalidEvent("/app/version", "required", "is required")
        if "build" not in data__app:
            raise InvalidEvent("/app/build", "required", "is required")
        raise
    if len(data__app) > 2 and not APP_PROPERTIES >= data__app.keys():
        raise InvalidEvent("/app", "additionalProperties", "has a property that the contract does not know")
    if type(data__app__version) is not str and not isinstance(data__app__version, str):
        raise InvalidEvent("/app/version", "type", "must be of type string")
    if not 1 <= len(data__app__version) <= 32:
        if not len(data__app__version) >= 1:
            raise InvalidEvent("/app/version", "minLength", "must have at least 1 character(s)")
        if not len(data__app__version) <= 32:
            raise InvalidEvent("/app/version", "maxLength", "must have at most 32 character(s)")
    if APP_VERSION_PATTERN.fullmatch(data__app__version) is None:
        raise InvalidEvent("/app/version", "pattern", "must match ^[0-9A-Za-z.+_-]{1,32}$")
    if type(data__app__build) is not str and not isinstance(data__app__build, str):
        raise InvalidEvent("/app/build", "type", "must be of type string")
    if not 1 <= len(data__app__build) <= 32:
        if not len(data__app__build) >= 1:
            raise InvalidEvent("/app/build", "minLength", "must have at least 1 character(s)")
        if not len(data__app__build) <= 32:
            raise InvalidEvent("/app/build", "maxLength", "must have at most 32 character(s)")
    if APP_BUILD_PATTERN.fullmatch(data__app__build) is None:
        raise InvalidEvent("/app/build", "pattern", "must match ^[0-9A-Za-z.+_-]{1,32}$")
    if type(data__device) is not dict and not isinstance(data__device, dict):
        raise InvalidEvent("/device", "type", "must be of type object")
    try:
        data__device__platform = data__device["platform"]
        data__device__os_version = data__device["os_version"]
        data__device__model = data__device["model"]
        data__device__locale = data__device["locale"]
    except KeyError:
        if "platform" not in data__device:
            raise InvalidEvent("/device/platform", "required", "is required")
        if "os_version" not in data__device:
            raise InvalidEvent("/device/os_version", "required", "is required")
        if "model" not in data__device:
            raise InvalidEvent("/device/model", "required", "is required")
        if "locale" not in data__device:
            raise InvalidEvent("/device/locale", "required", "is required")
        raise
    if len(data__device) > 4 and not DEVICE_PROPERTIES >= data__device.keys():
        raise InvalidEvent("/device", "additionalProperties", "has a property that the contract does not know")
    if type(data__device__platform) is not str and not isinstance(data__device__platform, str):
        raise InvalidEvent("/device/platform", "type", "must be of type string")
    if data__device__platform not in DEVICE_PLATFORM_VALUES:
        raise InvalidEvent("/device/platform", "enum", "must be one of ios, android, windows, macos, linux, web, console")
    if type(data__device__os_version) is not str and not isinstance(data__device__os_version, str):
        raise InvalidEvent("/device/os_version", "type", "must be of type string")
    if not 1 <= len(data__device__os_version) <= 32:
        if not len(data__device__os_version) >= 1:
            raise InvalidEvent("/device/os_version", "minLength", "must have at least 1 character(s)")
        if not len(data__device__os_version) <= 32:
            raise InvalidEvent("/device/os_version", "maxLength", "must have at most 32 character(s)")
    if DEVICE_OS_VERSION_PATTERN.fullmatch(data__device__os_version) is None:
        raise InvalidEvent("/device/os_version", "pattern", "must match ^[0-9A-Za-z.+_ -]{1,32}$")
    if type(data__device__model) is not str and not isinstance(data__device__model, str):
        raise InvalidEvent("/device/model", "type", "must be of type string")
    if not 1 <= len(data__device__model) <= 64:
        if not len(data__device__model) >= 1:
            raise InvalidEvent("/device/model", "minLength", "must have at least 1 character(s)")
        if not len(data__device__model) <= 64:
            raise InvalidEvent("/device/model", "maxLength", "must have at most 64 character(s)")
    if DEVICE_MODEL_PATTERN.fullmatch(data__device__model) is None:
        raise InvalidEvent("/device/model", "pattern", "must match ^[^\\u0000-\\u001f\\u007f]*$")
    if type(data__device__locale) is not str and not isinstance(data__device__locale, str):
        raise InvalidEvent("/device/locale", "type", "must be of type string")
    if not 2 <= len(data__device__locale) <= 16:
        if not len(data__device__locale) >= 2:
            raise InvalidEvent("/device/locale", "minLength", "must have at least 2 character(s)")
        if not len(data__device__locale) <= 16:
            raise InvalidEvent("/device/locale", "maxLength", "must have at most 16 character(s)")
    if DEVICE_LOCALE_PATTERN.fullmatch(data__device__locale) is None:
        raise InvalidEvent("/device/locale", "pattern", "must match ^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")
    if type(data__store) is not str and not isinstance(data__store, str):
        raise InvalidEvent("/store", "type", "must be of type string")
    if data__store not in STORE_VALUES:
        raise InvalidEvent("/store", "enum", "must be one of app_store, google_play, amazon, galaxy_store, huawei, steam, epic, web, other")
    if type(data__store_transaction_id) is not str and not isinstance(data__store_transaction_id, str):
        raise InvalidEvent("/store_transaction_id", "type", "must be of type string")
    if not 1 <= len(data__store_transaction_id) <= 128:
        if not len(data__store_transaction_id) >= 1:
            raise InvalidEvent("/store_transaction_id", "minLength", "must have at least 1 character(s)")
        if not len(data__store_transaction_id) <= 128:
            raise InvalidEvent("/store_transaction_id", "maxLength", "must have at most 128 character(s)")
    if STORE_TRANSACTION_ID_PATTERN.fullmatch(data__store_transaction_id) is None:
        raise InvalidEvent("/store_transaction_id", "pattern", "must match ^[!-~]*$")
    if type(data__amount) is not dict and not isinstance(data__amount, dict):
        raise InvalidEvent("/amount", "type", "must be of type object")
    try:
        data__amount__amount_micros = data__amount["amount_micros"]
        data__amount__currency = data__amount["currency"]
    except KeyError:
        if "amount_micros" not in data__amount:
            raise InvalidEvent("/amount/amount_micros", "required", "is required")
        if "currency" not in data__amount:
            raise InvalidEvent("/amount/currency", "required", "is required")
        raise
    if len(data__amount) > 2 and not AMOUNT_PROPERTIES >= data__amount.keys():
        raise InvalidEvent("/amount", "additionalProperties", "has a property that the contract does not know")
    if type(data__amount__amount_micros) is not int and not is_integer(data__amount__amount_micros):
        raise InvalidEvent("/amount/amount_micros", "type", "must be of type integer")
    if not 0 <= data__amount__amount_micros <= 1000000000000000:
        if not data__amount__amount_micros >= 0:
            raise InvalidEvent("/amount/amount_micros", "minimum", "must be at least 0")
        if not data__amount__amount_micros <= 1000000000000000:
            raise InvalidEvent("/amount/amount_micros", "maximum", "must be at most 1000000000000000")
    if type(data__amount__currency) is not str and not isinstance(data__amount__currency, str):
        raise InvalidEvent("/amount/currency", "type", "must be of type string")
    if data__amount__currency not in AMOUNT_CURRENCY_VALUES:
        raise InvalidEvent("/amount/currency", "enum", "must be one of AED, AFN, ALL, AMD, AOA, ARS, AUD, AWG, AZN, BAM, ...")
    if type(data__reason) is not str and not isinstance(data__reason, str):
        raise InvalidEvent("/reason", "type", "must be of type string")
    if data__reason not in REASON_VALUES:
        raise InvalidEvent("/reason", "enum", "must be one of customer_request, accidental, quality, fraud, chargeback, other")
    if type(data__sandbox) is not bool and not isinstance(data__sandbox, bool):
        raise InvalidEvent("/sandbox", "type", "must be of type boolean")
