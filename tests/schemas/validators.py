"""Every validator of a contract under one interface: `(event, version, value) -> is it valid?`."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any, get_args, get_type_hints
from uuid import UUID

import jsonschema_rs

from questlog import InvalidEvent
from questlog._generated.checks import CHECKS
from questlog._generated.events import EVENTS
from questlog._model import Model
from questlog_api._generated.validators import VALIDATORS
from questlog_api.violations import Violation
from questlog_codegen.contracts import Schema
from questlog_codegen.keywords import FORMATS
from questlog_codegen.reference import violations
from tests.repository import shipped_catalog


@cache
def schema_of(event: str) -> Schema:
    return next(contract.newest.schema for contract in shipped_catalog().contracts if contract.event == event)


def generated_for_the_api(event: str, value: Any) -> bool:
    try:
        VALIDATORS[event][schema_of(event)["properties"]["schema_version"]["const"]](value)
    except Violation:
        return False
    return True


def generated_for_the_sdk(event: str, value: Any) -> bool:
    try:
        CHECKS[EVENTS[event].__name__](value)
    except InvalidEvent:
        return False
    return True


def jsonschema_with_our_formats(event: str, value: Any) -> bool:
    return not violations(schema_of(event), value)


@cache
def _rust(event: str) -> jsonschema_rs.Draft202012Validator:
    formats: dict[str, Callable[[str], bool]] = {
        name: lambda text, pattern=pattern: pattern.fullmatch(text) is not None  # type: ignore[misc]  # mypy cannot type a default
        for name, pattern in FORMATS.items()
    }
    return jsonschema_rs.Draft202012Validator(
        json.loads(json.dumps(schema_of(event))), validate_formats=True, formats=formats
    )


def jsonschema_rs_with_our_formats(event: str, value: Any) -> bool:
    return _rust(event).is_valid(value)


VALIDATORS_BY_NAME: dict[str, Callable[[str, Any], bool]] = {
    function.__name__: function
    for function in (
        generated_for_the_api,
        generated_for_the_sdk,
        jsonschema_with_our_formats,
        jsonschema_rs_with_our_formats,
    )
}


def constructed(event: str, value: Mapping[str, Any]) -> Model:
    """Build the SDK's model from the JSON form, as a game does from its own values."""
    return _constructed(EVENTS[event], value)


def _constructed(model: type[Model], value: Mapping[str, Any]) -> Model:
    types = get_type_hints(model)
    names = {field.name for field in fields(model)}
    return model(
        **{name: _argument(types[name], child) if name in names else child for name, child in value.items()}
    )


def _argument(declared: Any, value: Any) -> Any:
    candidates = get_args(declared) or (declared,)
    for candidate in candidates:
        if candidate is UUID:
            return UUID(value)
        if candidate is datetime:
            return datetime.fromisoformat(value)
        if isinstance(candidate, type) and issubclass(candidate, Model) and isinstance(value, dict):
            return _constructed(candidate, value)
    return value
