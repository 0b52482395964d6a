# Generated from schemas/purchase/versions/1.0.json. Do not edit; run `nox -s codegen`.
"""Check of purchase_1_0: raises Violation at the first violation and changes nothing."""

import re
from typing import Any

from questlog_api._generated.keywords import FORMATS, is_integer
from questlog_api.violations import Violation

PROPERTIES = frozenset((
    "event", "schema_version", "event_id", "occurred_at", "install_id", "player_id", "session_id",
    "app", "device", "product_id", "product_type", "quantity", "price", "tax_micros",
    "store_fee_micros", "store", "store_transaction_id", "original_transaction_id", "sandbox",
    "receipt_sha256", "placement", "player_level",
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
PRODUCT_ID_PATTERN = re.compile('[!-~]*')
PRODUCT_TYPE_VALUES = frozenset((
    "consumable", "non_consumable", "subscription",
))
PRICE_PROPERTIES = frozenset((
    "amount_micros", "currency",
))
PRICE_CURRENCY_VALUES = frozenset((
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
STORE_VALUES = frozenset((
    "app_store", "google_play", "amazon", "galaxy_store", "huawei", "steam", "epic", "web", "other",
))
STORE_TRANSACTION_ID_PATTERN = re.compile('[!-~]*')
ORIGINAL_TRANSACTION_ID_PATTERN = re.compile('[!-~]*')
RECEIPT_SHA256_PATTERN = re.compile('[0-9a-f]{64}')
PLACEMENT_PATTERN = re.compile('[^\\u0000-\\u001f\\u007f]*')


def check(data: Any) -> None:
    if type(data) is not dict and not isinstance(data, dict):
        raise Violation("", "type", "must be of type object")
    try:
        data__event = data["event"]
        data__schema_version = data["schema_version"]
        data__event_id = data["event_id"]
        data__occurred_at = data["occurred_at"]
        data__install_id = data["install_id"]
        data__session_id = data["session_id"]
        data__app = data["app"]
        data__device = data["device"]
        data__product_id = data["product_id"]
        data__product_type = data["product_type"]
        data__quantity = data["quantity"]
        data__price = data["price"]
        data__store = data["store"]
        data__store_transaction_id = data["store_transaction_id"]
        data__sandbox = data["sandbox"]
    except KeyError:
        if "event" not in data:
            raise Violation("/event", "required", "is required")
        if "schema_version" not in data:
            raise Violation("/schema_version", "required", "is required")
        if "event_id" not in data:
            raise Violation("/event_id", "required", "is required")
        if "occurred_at" not in data:
            raise Violation("/occurred_at", "required", "is required")
        if "install_id" not in data:
            raise Violation("/install_id", "required", "is required")
        if "session_id" not in data:
            raise Violation("/session_id", "required", "is required")
        if "app" not in data:
            raise Violation("/app", "required", "is required")
        if "device" not in data:
            raise Violation("/device", "required", "is required")
        if "product_id" not in data:
            raise Violation("/product_id", "required", "is required")
        if "product_type" not in data:
            raise Violation("/product_type", "required", "is required")
        if "quantity" not in data:
            raise Violation("/quantity", "required", "is required")
        if "price" not in data:
            raise Violation("/price", "required", "is required")
        if "store" not in data:
            raise Violation("/store", "required", "is required")
        if "store_transaction_id" not in data:
            raise Violation("/store_transaction_id", "required", "is required")
        if "sandbox" not in data:
            raise Violation("/sandbox", "required", "is required")
        raise
    if len(data) > 15 and not PROPERTIES >= data.keys():
        raise Violation("", "additionalProperties", "has a property that the contract does not know")
    if type(data__event) is not str and not isinstance(data__event, str):
        raise Violation("/event", "type", "must be of type string")
    if data__event != "purchase":
        raise Violation("/event", "const", "must be purchase")
    if type(data__schema_version) is not str and not isinstance(data__schema_version, str):
        raise Violation("/schema_version", "type", "must be of type string")
    if data__schema_version != "1.0":
        raise Violation("/schema_version", "const", "must be 1.0")
    if type(data__event_id) is not str and not isinstance(data__event_id, str):
        raise Violation("/event_id", "type", "must be of type string")
    if UUID.fullmatch(data__event_id) is None:
        raise Violation("/event_id", "format", "must be a UUID in lower case, e.g. 01930f3a-7c00-7001-8000-000000000001")
    if type(data__occurred_at) is not str and not isinstance(data__occurred_at, str):
        raise Violation("/occurred_at", "type", "must be of type string")
    if DATE_TIME.fullmatch(data__occurred_at) is None:
        raise Violation("/occurred_at", "format", "must be a time with offset (RFC 3339), e.g. 2026-11-02T18:04:05.123Z")
    if type(data__install_id) is not str and not isinstance(data__install_id, str):
        raise Violation("/install_id", "type", "must be of type string")
    if UUID.fullmatch(data__install_id) is None:
        raise Violation("/install_id", "format", "must be a UUID in lower case, e.g. 01930f3a-7c00-7001-8000-000000000001")
    if "player_id" in data:
        data__player_id = data["player_id"]
        if type(data__player_id) is not str and not isinstance(data__player_id, str):
            raise Violation("/player_id", "type", "must be of type string")
        if not 1 <= len(data__player_id) <= 64:
            if not len(data__player_id) >= 1:
                raise Violation("/player_id", "minLength", "must have at least 1 character(s)")
            if not len(data__player_id) <= 64:
                raise Violation("/player_id", "maxLength", "must have at most 64 character(s)")
        if PLAYER_ID_PATTERN.fullmatch(data__player_id) is None:
            raise Violation("/player_id", "pattern", "must match ^[0-9A-Za-z_.:-]{1,64}$")
    if type(data__session_id) is not str and not isinstance(data__session_id, str):
        raise Violation("/session_id", "type", "must be of type string")
    if UUID.fullmatch(data__session_id) is None:
        raise Violation("/session_id", "format", "must be a UUID in lower case, e.g. 01930f3a-7c00-7001-8000-000000000001")
    if type(data__app) is not dict and not isinstance(data__app, dict):
        raise Violation("/app", "type", "must be of type object")
    try:
        data__app__version = data__app["version"]
        data__app__build = data__app["build"]
    except KeyError:
        if "version" not in data__app:
            raise Violation("/app/version", "required", "is required")
        if "build" not in data__app:
            raise Violation("/app/build", "required", "is required")
        raise
    if len(data__app) > 2 and not APP_PROPERTIES >= data__app.keys():
        raise Violation("/app", "additionalProperties", "has a property that the contract does not know")
    if type(data__app__version) is not str and not isinstance(data__app__version, str):
        raise Violation("/app/version", "type", "must be of type string")
    if not 1 <= len(data__app__version) <= 32:
        if not len(data__app__version) >= 1:
            raise Violation("/app/version", "minLength", "must have at least 1 character(s)")
        if not len(data__app__version) <= 32:
            raise Violation("/app/version", "maxLength", "must have at most 32 character(s)")
    if APP_VERSION_PATTERN.fullmatch(data__app__version) is None:
        raise Violation("/app/version", "pattern", "must match ^[0-9A-Za-z.+_-]{1,32}$")
    if type(data__app__build) is not str and not isinstance(data__app__build, str):
        raise Violation("/app/build", "type", "must be of type string")
    if not 1 <= len(data__app__build) <= 32:
        if not len(data__app__build) >= 1:
            raise Violation("/app/build", "minLength", "must have at least 1 character(s)")
        if not len(data__app__build) <= 32:
            raise Violation("/app/build", "maxLength", "must have at most 32 character(s)")
    if APP_BUILD_PATTERN.fullmatch(data__app__build) is None:
        raise Violation("/app/build", "pattern", "must match ^[0-9A-Za-z.+_-]{1,32}$")
    if type(data__device) is not dict and not isinstance(data__device, dict):
        raise Violation("/device", "type", "must be of type object")
    try:
        data__device__platform = data__device["platform"]
        data__device__os_version = data__device["os_version"]
        data__device__model = data__device["model"]
        data__device__locale = data__device["locale"]
    except KeyError:
        if "platform" not in data__device:
            raise Violation("/device/platform", "required", "is required")
        if "os_version" not in data__device:
            raise Violation("/device/os_version", "required", "is required")
        if "model" not in data__device:
            raise Violation("/device/model", "required", "is required")
        if "locale" not in data__device:
            raise Violation("/device/locale", "required", "is required")
        raise
    if len(data__device) > 4 and not DEVICE_PROPERTIES >= data__device.keys():
        raise Violation("/device", "additionalProperties", "has a property that the contract does not know")
    if type(data__device__platform) is not str and not isinstance(data__device__platform, str):
        raise Violation("/device/platform", "type", "must be of type string")
    if data__device__platform not in DEVICE_PLATFORM_VALUES:
        raise Violation("/device/platform", "enum", "must be one of ios, android, windows, macos, linux, web, console")
    if type(data__device__os_version) is not str and not isinstance(data__device__os_version, str):
        raise Violation("/device/os_version", "type", "must be of type string")
    if not 1 <= len(data__device__os_version) <= 32:
        if not len(data__device__os_version) >= 1:
            raise Violation("/device/os_version", "minLength", "must have at least 1 character(s)")
        if not len(data__device__os_version) <= 32:
            raise Violation("/device/os_version", "maxLength", "must have at most 32 character(s)")
    if DEVICE_OS_VERSION_PATTERN.fullmatch(data__device__os_version) is None:
        raise Violation("/device/os_version", "pattern", "must match ^[0-9A-Za-z.+_ -]{1,32}$")
    if type(data__device__model) is not str and not isinstance(data__device__model, str):
        raise Violation("/device/model", "type", "must be of type string")
    if not 1 <= len(data__device__model) <= 64:
        if not len(data__device__model) >= 1:
            raise Violation("/device/model", "minLength", "must have at least 1 character(s)")
        if not len(data__device__model) <= 64:
            raise Violation("/device/model", "maxLength", "must have at most 64 character(s)")
    if DEVICE_MODEL_PATTERN.fullmatch(data__device__model) is None:
        raise Violation("/device/model", "pattern", "must match ^[^\\u0000-\\u001f\\u007f]*$")
    if type(data__device__locale) is not str and not isinstance(data__device__locale, str):
        raise Violation("/device/locale", "type", "must be of type string")
    if not 2 <= len(data__device__locale) <= 16:
        if not len(data__device__locale) >= 2:
            raise Violation("/device/locale", "minLength", "must have at least 2 character(s)")
        if not len(data__device__locale) <= 16:
            raise Violation("/device/locale", "maxLength", "must have at most 16 character(s)")
    if DEVICE_LOCALE_PATTERN.fullmatch(data__device__locale) is None:
        raise Violation("/device/locale", "pattern", "must match ^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")
    if type(data__product_id) is not str and not isinstance(data__product_id, str):
        raise Violation("/product_id", "type", "must be of type string")
    if not 1 <= len(data__product_id) <= 128:
        if not len(data__product_id) >= 1:
            raise Violation("/product_id", "minLength", "must have at least 1 character(s)")
        if not len(data__product_id) <= 128:
            raise Violation("/product_id", "maxLength", "must have at most 128 character(s)")
    if PRODUCT_ID_PATTERN.fullmatch(data__product_id) is None:
        raise Violation("/product_id", "pattern", "must match ^[!-~]*$")
    if type(data__product_type) is not str and not isinstance(data__product_type, str):
        raise Violation("/product_type", "type", "must be of type string")
    if data__product_type not in PRODUCT_TYPE_VALUES:
        raise Violation("/product_type", "enum", "must be one of consumable, non_consumable, subscription")
    if type(data__quantity) is not int and not is_integer(data__quantity):
        raise Violation("/quantity", "type", "must be of type integer")
    if not 1 <= data__quantity <= 10000:
        if not data__quantity >= 1:
            raise Violation("/quantity", "minimum", "must be at least 1")
        if not data__quantity <= 10000:
            raise Violation("/quantity", "maximum", "must be at most 10000")
    if type(data__price) is not dict and not isinstance(data__price, dict):
        raise Violation("/price", "type", "must be of type object")
    try:
        data__price__amount_micros = data__price["amount_micros"]
        data__price__currency = data__price["currency"]
    except KeyError:
        if "amount_micros" not in data__price:
            raise Violation("/price/amount_micros", "required", "is required")
        if "currency" not in data__price:
            raise Violation("/price/currency", "required", "is required")
        raise
    if len(data__price) > 2 and not PRICE_PROPERTIES >= data__price.keys():
        raise Violation("/price", "additionalProperties", "has a property that the contract does not know")
    if type(data__price__amount_micros) is not int and not is_integer(data__price__amount_micros):
        raise Violation("/price/amount_micros", "type", "must be of type integer")
    if not 0 <= data__price__amount_micros <= 1000000000000000:
        if not data__price__amount_micros >= 0:
            raise Violation("/price/amount_micros", "minimum", "must be at least 0")
        if not data__price__amount_micros <= 1000000000000000:
            raise Violation("/price/amount_micros", "maximum", "must be at most 1000000000000000")
    if type(data__price__currency) is not str and not isinstance(data__price__currency, str):
        raise Violation("/price/currency", "type", "must be of type string")
    if data__price__currency not in PRICE_CURRENCY_VALUES:
        raise Violation("/price/currency", "enum", "must be one of AED, AFN, ALL, AMD, AOA, ARS, AUD, AWG, AZN, BAM, ...")
    if "tax_micros" in data:
        data__tax_micros = data["tax_micros"]
        if type(data__tax_micros) is not int and not is_integer(data__tax_micros):
            raise Violation("/tax_micros", "type", "must be of type integer")
        if not 0 <= data__tax_micros <= 1000000000000000:
            if not data__tax_micros >= 0:
                raise Violation("/tax_micros", "minimum", "must be at least 0")
            if not data__tax_micros <= 1000000000000000:
                raise Violation("/tax_micros", "maximum", "must be at most 1000000000000000")
    if "store_fee_micros" in data:
        data__store_fee_micros = data["store_fee_micros"]
        if type(data__store_fee_micros) is not int and not is_integer(data__store_fee_micros):
            raise Violation("/store_fee_micros", "type", "must be of type integer")
        if not 0 <= data__store_fee_micros <= 1000000000000000:
            if not data__store_fee_micros >= 0:
                raise Violation("/store_fee_micros", "minimum", "must be at least 0")
            if not data__store_fee_micros <= 1000000000000000:
                raise Violation("/store_fee_micros", "maximum", "must be at most 1000000000000000")
    if type(data__store) is not str and not isinstance(data__store, str):
        raise Violation("/store", "type", "must be of type string")
    if data__store not in STORE_VALUES:
        raise Violation("/store", "enum", "must be one of app_store, google_play, amazon, galaxy_store, huawei, steam, epic, web, other")
    if type(data__store_transaction_id) is not str and not isinstance(data__store_transaction_id, str):
        raise Violation("/store_transaction_id", "type", "must be of type string")
    if not 1 <= len(data__store_transaction_id) <= 128:
        if not len(data__store_transaction_id) >= 1:
            raise Violation("/store_transaction_id", "minLength", "must have at least 1 character(s)")
        if not len(data__store_transaction_id) <= 128:
            raise Violation("/store_transaction_id", "maxLength", "must have at most 128 character(s)")
    if STORE_TRANSACTION_ID_PATTERN.fullmatch(data__store_transaction_id) is None:
        raise Violation("/store_transaction_id", "pattern", "must match ^[!-~]*$")
    if "original_transaction_id" in data:
        data__original_transaction_id = data["original_transaction_id"]
        if type(data__original_transaction_id) is not str and not isinstance(data__original_transaction_id, str):
            raise Violation("/original_transaction_id", "type", "must be of type string")
        if not 1 <= len(data__original_transaction_id) <= 128:
            if not len(data__original_transaction_id) >= 1:
                raise Violation("/original_transaction_id", "minLength", "must have at least 1 character(s)")
            if not len(data__original_transaction_id) <= 128:
                raise Violation("/original_transaction_id", "maxLength", "must have at most 128 character(s)")
        if ORIGINAL_TRANSACTION_ID_PATTERN.fullmatch(data__original_transaction_id) is None:
            raise Violation("/original_transaction_id", "pattern", "must match ^[!-~]*$")
    if type(data__sandbox) is not bool and not isinstance(data__sandbox, bool):
        raise Violation("/sandbox", "type", "must be of type boolean")
    if "receipt_sha256" in data:
        data__receipt_sha256 = data["receipt_sha256"]
        if type(data__receipt_sha256) is not str and not isinstance(data__receipt_sha256, str):
            raise Violation("/receipt_sha256", "type", "must be of type string")
        if not 64 <= len(data__receipt_sha256) <= 64:
            if not len(data__receipt_sha256) >= 64:
                raise Violation("/receipt_sha256", "minLength", "must have at least 64 character(s)")
            if not len(data__receipt_sha256) <= 64:
                raise Violation("/receipt_sha256", "maxLength", "must have at most 64 character(s)")
        if RECEIPT_SHA256_PATTERN.fullmatch(data__receipt_sha256) is None:
            raise Violation("/receipt_sha256", "pattern", "must match ^[0-9a-f]{64}$")
    if "placement" in data:
        data__placement = data["placement"]
        if type(data__placement) is not str and not isinstance(data__placement, str):
            raise Violation("/placement", "type", "must be of type string")
        if not 1 <= len(data__placement) <= 64:
            if not len(data__placement) >= 1:
                raise Violation("/placement", "minLength", "must have at least 1 character(s)")
            if not len(data__placement) <= 64:
                raise Violation("/placement", "maxLength", "must have at most 64 character(s)")
        if PLACEMENT_PATTERN.fullmatch(data__placement) is None:
            raise Violation("/placement", "pattern", "must match ^[^\\u0000-\\u001f\\u007f]*$")
    if "player_level" in data:
        data__player_level = data["player_level"]
        if type(data__player_level) is not int and not is_integer(data__player_level):
            raise Violation("/player_level", "type", "must be of type integer")
        if not 0 <= data__player_level <= 1000000:
            if not data__player_level >= 0:
                raise Violation("/player_level", "minimum", "must be at least 0")
            if not data__player_level <= 1000000:
                raise Violation("/player_level", "maximum", "must be at most 1000000")
