"""Base classes of the generated models: checked when constructed, written as their contract's JSON."""

from collections.abc import Callable, Iterable
from dataclasses import Field
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from uuid import UUID

from questlog._generated.checks import CHECKS
from questlog.exceptions import InvalidEvent


class Model:
    """A part of an event. Constructing one checks it against its contract."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]  # every model is a dataclass

    def __post_init__(self) -> None:
        CHECKS[type(self).__name__](self.to_json())

    def to_json(self) -> dict[str, Any]:
        """Return what is sent: text, numbers, bools and nested dicts; without members that are None.

        Times are UTC with milliseconds and Z, UUIDs lower case.

        Raises:
            InvalidEvent: for a value that has no form in JSON, a time without zone, text that is not Unicode.
        """
        return _members(self)


class Event(Model):
    """An event of any kind, with the fields all events share."""

    __slots__ = ()
    event: str
    schema_version: str
    event_id: UUID
    occurred_at: datetime


def rfc3339(moment: datetime) -> str:
    """Return an aware `moment` in UTC, milliseconds (cut, not rounded) and Z."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _members(model: Model) -> dict[str, Any]:
    form = {}
    for name in model.__dataclass_fields__:
        value = getattr(model, name)
        if value is not None:
            form[name] = _json(value, name)
    return form


def _json(value: object, place: object) -> object:
    kind = type(value)
    try:
        return (_FORMS.get(kind) or _inherited(kind))(value)
    except InvalidEvent as error:
        raise InvalidEvent(f"/{place}{error.pointer}", error.keyword, error.detail) from None


def _inherited(kind: type) -> Callable[[Any], object]:
    """Return what writes values of a base class: every model, a bool, a StrEnum."""
    for base, write in _FORMS.items():
        if issubclass(kind, base):
            return write
    raise InvalidEvent("", "type", f"must be a value the contract knows; {kind.__name__} has no form in JSON")


def _same(value: object) -> object:
    return value


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidEvent("", "type", "must be Unicode text; it has a lone surrogate") from None
    return value


def _time(value: datetime) -> str:
    if value.utcoffset() is None:
        raise InvalidEvent("", "format", "must have a time zone: write datetime.now(timezone.utc)")
    try:
        return rfc3339(value)
    except OverflowError:
        raise InvalidEvent("", "format", "must be within the years 1 to 9999 in UTC") from None


def _items(values: Iterable[object]) -> list[object]:
    return [_json(value, index) for index, value in enumerate(values)]


_FORMS: dict[type, Callable[[Any], object]] = {
    Model: _members,
    str: _text,
    int: _same,
    float: _same,
    UUID: str,
    datetime: _time,  # before date, its base class
    date: date.isoformat,
    list: _items,
    tuple: _items,
}
