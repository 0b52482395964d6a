# Generated from schemas/install/versions/1.0.json. Do not edit; run `nox -s codegen`.
"""Check of install: raises InvalidEvent at the first violation and changes nothing."""

import re
from typing import Any

from questlog._generated.keywords import FORMATS
from questlog.exceptions import InvalidEvent

PROPERTIES = frozenset((
    "event", "schema_version", "event_id", "occurred_at", "install_id", "player_id", "session_id",
    "app", "device", "install_kind", "store", "attribution_status", "attribution_source", "campaign",
    "ad_group", "creative", "clicked_at", "install_referrer", "tracking_consent",
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
INSTALL_KIND_VALUES = frozenset((
    "first_open", "reinstall",
))
STORE_VALUES = frozenset((
    "app_store", "google_play", "amazon", "galaxy_store", "huawei", "steam", "epic", "web", "other",
))
ATTRIBUTION_STATUS_VALUES = frozenset((
    "organic", "attributed", "unknown",
))
ATTRIBUTION_SOURCE_PATTERN = re.compile('[^\\u0000-\\u001f\\u007f]*')
CAMPAIGN_PATTERN = re.compile('[^\\u0000-\\u001f\\u007f]*')
AD_GROUP_PATTERN = re.compile('[^\\u0000-\\u001f\\u007f]*')
CREATIVE_PATTERN = re.compile('[^\\u0000-\\u001f\\u007f]*')
INSTALL_REFERRER_PATTERN = re.compile('[!-~]*')
TRACKING_CONSENT_VALUES = frozenset((
    "authorized", "denied", "restricted", "not_determined",
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
        data__install_kind = data["install_kind"]
        data__store = data["store"]
        data__attribution_status = data["attribution_status"]
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
        if "install_kind" not in data:
            raise InvalidEvent("/install_kind", "required", "is required")
        if "store" not in data:
            raise InvalidEvent("/store", "required", "is required")
        if "attribution_status" not in data:
            raise InvalidEvent("/attribution_status", "required", "is required")
        raise
    if len(data) > 11 and not PROPERTIES >= data.keys():
        raise InvalidEvent("", "additionalProperties", "has a property that the contract does not know")
    if type(data__event) is not str and not isinstance(data__event, str):
        raise InvalidEvent("/event", "type", "must be of type string")
    if data__event != "install":
        raise InvalidEvent("/event", "const", "must be install")
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
    if type(data__install_kind) is not str and not isinstance(data__install_kind, str):
        raise InvalidEvent("/install_kind", "type", "must be of type string")
    if data__install_kind not in INSTALL_KIND_VALUES:
        raise InvalidEvent("/install_kind", "enum", "must be one of first_open, reinstall")
    if type(data__store) is not str and not isinstance(data__store, str):
        raise InvalidEvent("/store", "type", "must be of type string")
    if data__store not in STORE_VALUES:
        raise InvalidEvent("/store", "enum", "must be one of app_store, google_play, amazon, galaxy_store, huawei, steam, epic, web, other")
    if type(data__attribution_status) is not str and not isinstance(data__attribution_status, str):
        raise InvalidEvent("/attribution_status", "type", "must be of type string")
    if data__attribution_status not in ATTRIBUTION_STATUS_VALUES:
        raise InvalidEvent("/attribution_status", "enum", "must be one of organic, attributed, unknown")
    if "attribution_source" in data:
        data__attribution_source = data["attribution_source"]
        if type(data__attribution_source) is not str and not isinstance(data__attribution_source, str):
            raise InvalidEvent("/attribution_source", "type", "must be of type string")
        if not 1 <= len(data__attribution_source) <= 64:
            if not len(data__attribution_source) >= 1:
                raise InvalidEvent("/attribution_source", "minLength", "must have at least 1 character(s)")
            if not len(data__attribution_source) <= 64:
                raise InvalidEvent("/attribution_source", "maxLength", "must have at most 64 character(s)")
        if ATTRIBUTION_SOURCE_PATTERN.fullmatch(data__attribution_source) is None:
            raise InvalidEvent("/attribution_source", "pattern", "must match ^[^\\u0000-\\u001f\\u007f]*$")
    if "campaign" in data:
        data__campaign = data["campaign"]
        if type(data__campaign) is not str and not isinstance(data__campaign, str):
            raise InvalidEvent("/campaign", "type", "must be of type string")
        if not 1 <= len(data__campaign) <= 128:
            if not len(data__campaign) >= 1:
                raise InvalidEvent("/campaign", "minLength", "must have at least 1 character(s)")
            if not len(data__campaign) <= 128:
                raise InvalidEvent("/campaign", "maxLength", "must have at most 128 character(s)")
        if CAMPAIGN_PATTERN.fullmatch(data__campaign) is None:
            raise InvalidEvent("/campaign", "pattern", "must match ^[^\\u0000-\\u001f\\u007f]*$")
    if "ad_group" in data:
        data__ad_group = data["ad_group"]
        if type(data__ad_group) is not str and not isinstance(data__ad_group, str):
            raise InvalidEvent("/ad_group", "type", "must be of type string")
        if not 1 <= len(data__ad_group) <= 128:
            if not len(data__ad_group) >= 1:
                raise InvalidEvent("/ad_group", "minLength", "must have at least 1 character(s)")
            if not len(data__ad_group) <= 128:
                raise InvalidEvent("/ad_group", "maxLength", "must have at most 128 character(s)")
        if AD_GROUP_PATTERN.fullmatch(data__ad_group) is None:
            raise InvalidEvent("/ad_group", "pattern", "must match ^[^\\u0000-\\u001f\\u007f]*$")
    if "creative" in data:
        data__creative = data["creative"]
        if type(data__creative) is not str and not isinstance(data__creative, str):
            raise InvalidEvent("/creative", "type", "must be of type string")
        if not 1 <= len(data__creative) <= 128:
            if not len(data__creative) >= 1:
                raise InvalidEvent("/creative", "minLength", "must have at least 1 character(s)")
            if not len(data__creative) <= 128:
                raise InvalidEvent("/creative", "maxLength", "must have at most 128 character(s)")
        if CREATIVE_PATTERN.fullmatch(data__creative) is None:
            raise InvalidEvent("/creative", "pattern", "must match ^[^\\u0000-\\u001f\\u007f]*$")
    if "clicked_at" in data:
        data__clicked_at = data["clicked_at"]
        if type(data__clicked_at) is not str and not isinstance(data__clicked_at, str):
            raise InvalidEvent("/clicked_at", "type", "must be of type string")
        if DATE_TIME.fullmatch(data__clicked_at) is None:
            raise InvalidEvent("/clicked_at", "format", "must be a time with offset (RFC 3339), e.g. 2026-11-02T18:04:05.123Z")
    if "install_referrer" in data:
        data__install_referrer = data["install_referrer"]
        if type(data__install_referrer) is not str and not isinstance(data__install_referrer, str):
            raise InvalidEvent("/install_referrer", "type", "must be of type string")
        if not 1 <= len(data__install_referrer) <= 512:
            if not len(data__install_referrer) >= 1:
                raise InvalidEvent("/install_referrer", "minLength", "must have at least 1 character(s)")
            if not len(data__install_referrer) <= 512:
                raise InvalidEvent("/install_referrer", "maxLength", "must have at most 512 character(s)")
        if INSTALL_REFERRER_PATTERN.fullmatch(data__install_referrer) is None:
            raise InvalidEvent("/install_referrer", "pattern", "must match ^[!-~]*$")
    if "tracking_consent" in data:
        data__tracking_consent = data["tracking_consent"]
        if type(data__tracking_consent) is not str and not isinstance(data__tracking_consent, str):
            raise InvalidEvent("/tracking_consent", "type", "must be of type string")
        if data__tracking_consent not in TRACKING_CONSENT_VALUES:
            raise InvalidEvent("/tracking_consent", "enum", "must be one of authorized, denied, restricted, not_determined")
