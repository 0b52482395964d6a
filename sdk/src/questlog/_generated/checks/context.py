# Generated from schemas/shared/envelope.json. Do not edit; run `nox -s codegen`.
"""Check of context: raises InvalidEvent at the first violation and changes nothing."""

import re
from typing import Any

from questlog._generated.keywords import FORMATS
from questlog.exceptions import InvalidEvent

PROPERTIES = frozenset((
    "install_id", "player_id", "session_id", "app", "device",
))
UUID = FORMATS["uuid"]
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


def check(data: Any) -> None:
    if type(data) is not dict and not isinstance(data, dict):
        raise InvalidEvent("", "type", "must be of type object")
    try:
        data__install_id = data["install_id"]
        data__session_id = data["session_id"]
        data__app = data["app"]
        data__device = data["device"]
    except KeyError:
        if "install_id" not in data:
            raise InvalidEvent("/install_id", "required", "is required")
        if "session_id" not in data:
            raise InvalidEvent("/session_id", "required", "is required")
        if "app" not in data:
            raise InvalidEvent("/app", "required", "is required")
        if "device" not in data:
            raise InvalidEvent("/device", "required", "is required")
        raise
    if len(data) > 4 and not PROPERTIES >= data.keys():
        raise InvalidEvent("", "additionalProperties", "has a property that the contract does not know")
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
