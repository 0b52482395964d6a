# Generated from schemas/shared/app.json. Do not edit; run `nox -s codegen`.
"""Check of shared_app: raises InvalidEvent at the first violation and changes nothing."""

import re
from typing import Any

from questlog.exceptions import InvalidEvent

PROPERTIES = frozenset((
    "version", "build",
))
VERSION_PATTERN = re.compile('[0-9A-Za-z.+_-]{1,32}')
BUILD_PATTERN = re.compile('[0-9A-Za-z.+_-]{1,32}')


def check(data: Any) -> None:
    if type(data) is not dict and not isinstance(data, dict):
        raise InvalidEvent("", "type", "must be of type object")
    try:
        data__version = data["version"]
        data__build = data["build"]
    except KeyError:
        if "version" not in data:
            raise InvalidEvent("/version", "required", "is required")
        if "build" not in data:
            raise InvalidEvent("/build", "required", "is required")
        raise
    if len(data) > 2 and not PROPERTIES >= data.keys():
        raise InvalidEvent("", "additionalProperties", "has a property that the contract does not know")
    if type(data__version) is not str and not isinstance(data__version, str):
        raise InvalidEvent("/version", "type", "must be of type string")
    if not 1 <= len(data__version) <= 32:
        if not len(data__version) >= 1:
            raise InvalidEvent("/version", "minLength", "must have at least 1 character(s)")
        if not len(data__version) <= 32:
            raise InvalidEvent("/version", "maxLength", "must have at most 32 character(s)")
    if VERSION_PATTERN.fullmatch(data__version) is None:
        raise InvalidEvent("/version", "pattern", "must match ^[0-9A-Za-z.+_-]{1,32}$")
    if type(data__build) is not str and not isinstance(data__build, str):
        raise InvalidEvent("/build", "type", "must be of type string")
    if not 1 <= len(data__build) <= 32:
        if not len(data__build) >= 1:
            raise InvalidEvent("/build", "minLength", "must have at least 1 character(s)")
        if not len(data__build) <= 32:
            raise InvalidEvent("/build", "maxLength", "must have at most 32 character(s)")
    if BUILD_PATTERN.fullmatch(data__build) is None:
        raise InvalidEvent("/build", "pattern", "must match ^[0-9A-Za-z.+_-]{1,32}$")
