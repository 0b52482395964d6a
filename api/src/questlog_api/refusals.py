"""Decides whether an event is accepted and, when it is not, says why."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from questlog_api.contracts import Catalog, Check, Version
from questlog_api.validation import Schema
from questlog_api.violations import FieldError, Violation


class Reason(StrEnum):
    """Why something is in the rejects stream; part of its lines."""

    INVALID_EVENT = "invalid_event"
    UNKNOWN_EVENT = "unknown_event"
    UNKNOWN_VERSION = "unknown_version"
    TOO_LARGE = "too_large"
    MALFORMED_BATCH = "malformed_batch"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event is not accepted; holds no submitted value."""

    reason: Reason
    errors: Sequence[FieldError]


_UNKNOWN_EVENT = Refusal(
    Reason.UNKNOWN_EVENT,
    (FieldError("/event", "enum", "must be an event of GET /v1/schemas"),),
)
_UNKNOWN_VERSION = Refusal(
    Reason.UNKNOWN_VERSION,
    (FieldError("/schema_version", "enum", "must be a version of the event in GET /v1/schemas"),),
)
TOO_DEEP = Refusal(
    Reason.INVALID_EVENT,
    (FieldError("", "maxDepth", "must be nested at most 250 levels deep"),),
)
"""The refusal of an event that nests deeper than the service writes JSON."""


def too_large(limit: int) -> Refusal:
    """Return the refusal of an event of more than `limit` bytes of JSON."""
    return Refusal(Reason.TOO_LARGE, (FieldError("", "maxBytes", f"must have at most {limit} bytes"),))


class _Contract:
    """One version: the generated check for speed, and the whole schema for the reasons."""

    def __init__(self, check: Check, schema: Schema) -> None:
        self._check = check
        self._schema = schema

    def refusal(self, event: object) -> Refusal | None:
        try:
            self._check(event)
        except Violation as first:
            # Both passes agree (tested); should they not, the event is still refused with a reason.
            errors = self._schema.errors(event) or [FieldError(first.pointer, first.keyword, first.detail)]
            return Refusal(Reason.INVALID_EVENT, errors)
        return None


class Judge:
    """Validates events against the exact version they name."""

    def __init__(self, catalog: Catalog) -> None:
        self._contracts = {
            event: {number: _contract(version) for number, version in versions.items()}
            for event, versions in catalog.items()
        }
        # Most events are valid, and this is all that is done about them.
        self._checks = {
            (event, number): version.check
            for event, versions in catalog.items()
            for number, version in versions.items()
        }
        self._named = Schema(
            {"type": "object", "required": ["event"], "properties": {"event": {"type": "string"}}}
        )

    def refusal(self, event: Any) -> Refusal | None:
        """Return why `event`, which says itself what it is, is refused; None when it is accepted."""
        try:
            self._checks[event["event"], event["schema_version"]](event)
        except (Violation, LookupError, TypeError):
            return self._reasons(event)
        return None

    def refusal_as(self, name: str, event: Any) -> Refusal | None:
        """Return why `event` is refused as an event called `name`; None when it is accepted."""
        try:
            self._checks[name, event["schema_version"]](event)
        except (Violation, LookupError, TypeError):
            return self._reasons_as(name, event)
        return None

    def _reasons(self, event: object) -> Refusal | None:
        name = _member(event, "event")
        if name is None:
            return Refusal(Reason.INVALID_EVENT, self._named.errors(event))
        return self._reasons_as(name, event)

    def _reasons_as(self, name: str, event: object) -> Refusal | None:
        versions = self._contracts.get(name)
        if versions is None:
            return _UNKNOWN_EVENT
        number = _member(event, "schema_version")
        if number in versions:
            return versions[number].refusal(event)
        if number is not None and _member(event, "event") == name:
            return _UNKNOWN_VERSION
        # Invalid in every version there will ever be; the newest one names what else is wrong.
        return next(reversed(versions.values())).refusal(event)


def _contract(version: Version) -> _Contract:
    return _Contract(version.check, Schema(version.schema))


def _member(event: object, name: str) -> str | None:
    value = event.get(name) if isinstance(event, dict) else None
    return value if isinstance(value, str) else None
