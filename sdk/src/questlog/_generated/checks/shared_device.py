# Generated from schemas/shared/device.json. Do not edit; run `nox -s codegen`.
"""Check of shared_device: raises InvalidEvent at the first violation and changes nothing."""

import re
from typing import Any

from questlog.exceptions import InvalidEvent

PROPERTIES = frozenset((
    "platform", "os_version", "model", "locale",
))
PLATFORM_VALUES = frozenset((
    "ios", "android", "windows", "macos", "linux", "web", "console",
))
OS_VERSION_PATTERN = re.compile('[0-9A-Za-z.+_ -]{1,32}')
MODEL_PATTERN = re.compile('[^\\u0000-\\u001f\\u007f]*')
LOCALE_PATTERN = re.compile('[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?')


def check(data: Any) -> None:
    if type(data) is not dict and not isinstance(data, dict):
        raise InvalidEvent("", "type", "must be of type object")
    try:
        data__platform = data["platform"]
        data__os_version = data["os_version"]
        data__model = data["model"]
        data__locale = data["locale"]
    except KeyError:
        if "platform" not in data:
            raise InvalidEvent("/platform", "required", "is required")
        if "os_version" not in data:
            raise InvalidEvent("/os_version", "required", "is required")
        if "model" not in data:
            raise InvalidEvent("/model", "required", "is required")
        if "locale" not in data:
            raise InvalidEvent("/locale", "required", "is required")
        raise
    if len(data) > 4 and not PROPERTIES >= data.keys():
        raise InvalidEvent("", "additionalProperties", "has a property that the contract does not know")
    if type(data__platform) is not str and not isinstance(data__platform, str):
        raise InvalidEvent("/platform", "type", "must be of type string")
    if data__platform not in PLATFORM_VALUES:
        raise InvalidEvent("/platform", "enum", "must be one of ios, android, windows, macos, linux, web, console")
    if type(data__os_version) is not str and not isinstance(data__os_version, str):
        raise InvalidEvent("/os_version", "type", "must be of type string")
    if not 1 <= len(data__os_version) <= 32:
        if not len(data__os_version) >= 1:
            raise InvalidEvent("/os_version", "minLength", "must have at least 1 character(s)")
        if not len(data__os_version) <= 32:
            raise InvalidEvent("/os_version", "maxLength", "must have at most 32 character(s)")
    if OS_VERSION_PATTERN.fullmatch(data__os_version) is None:
        raise InvalidEvent("/os_version", "pattern", "must match ^[0-9A-Za-z.+_ -]{1,32}$")
    if type(data__model) is not str and not isinstance(data__model, str):
        raise InvalidEvent("/model", "type", "must be of type string")
    if not 1 <= len(data__model) <= 64:
        if not len(data__model) >= 1:
            raise InvalidEvent("/model", "minLength", "must have at least 1 character(s)")
        if not len(data__model) <= 64:
            raise InvalidEvent("/model", "maxLength", "must have at most 64 character(s)")
    if MODEL_PATTERN.fullmatch(data__model) is None:
        raise InvalidEvent("/model", "pattern", "must match ^[^\\u0000-\\u001f\\u007f]*$")
    if type(data__locale) is not str and not isinstance(data__locale, str):
        raise InvalidEvent("/locale", "type", "must be of type string")
    if not 2 <= len(data__locale) <= 16:
        if not len(data__locale) >= 2:
            raise InvalidEvent("/locale", "minLength", "must have at least 2 character(s)")
        if not len(data__locale) <= 16:
            raise InvalidEvent("/locale", "maxLength", "must have at most 16 character(s)")
    if LOCALE_PATTERN.fullmatch(data__locale) is None:
        raise InvalidEvent("/locale", "pattern", "must match ^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")
