"""Base classes of the generated models: checked when constructed, written as their contract's JSON."""

import math
from collections.abc import Callable, Iterable
from dataclasses import Field
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from uuid import UUID

from questlog._generated.checks import CHECKS
from questlog.exceptions import InvalidEvent

_NEED_EXAMPLE = ("type", "pattern")
"""Keywords whose texts do not show what to write."""


class Model:
    """A part of an event. Constructing one checks it against its contract."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]  # every model is a dataclass

    def __post_init__(self) -> None:
        contract = _contract(type(self))
        try:
            CHECKS[contract](self.to_json())
        except InvalidEvent as error:
            raise _with_example(contract, error) from None

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


def _contract(kind: type[Model]) -> str:
    """Return the name of the model whose contract `kind` has: its own, or that of one it is derived from."""
    for base in kind.__mro__:
        if base.__name__ in CHECKS:
            return base.__name__
    raise InvalidEvent("", "type", f"must be a model of Questlog or derived from one; {kind.__name__} is not")


def _with_example(contract: str, error: InvalidEvent) -> InvalidEvent:
    """Return the error with a value to write instead, where its own text shows none."""
    from questlog._generated.examples import EXAMPLES  # noqa: PLC0415 - only for a mistake

    examples = EXAMPLES.get(contract, {}) if error.keyword in _NEED_EXAMPLE else {}
    example = examples.get(error.pointer[1:])
    if example is None:
        return error
    return InvalidEvent(error.pointer, error.keyword, f"{error.detail}, e.g. {example}")


def rfc3339(moment: datetime) -> str:
    """Return an aware `moment` in UTC, milliseconds (cut, not rounded) and Z."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _members(model: Model) -> dict[str, Any]:
    form = {}
    for name, field in model.__dataclass_fields__.items():
        if not field.init:
            continue  # made of the others
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
    detail = f"must be text, a number, a bool, a UUID, a time or a model such as Money, not {kind.__name__}"
    raise InvalidEvent("", "type", detail)


def _same(value: object) -> object:
    return value


def is_unicode(text: str) -> bool:
    """Tell whether `text` is Unicode: one with a lone surrogate is not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(value: str) -> str:
    if not is_unicode(value):
        raise InvalidEvent("", "type", "must be Unicode text; it has a lone surrogate")
    return value


def _number(value: float) -> float:
    if not math.isfinite(value):
        raise InvalidEvent("", "type", "must be a finite number: JSON has no other")
    return value


def _time(value: datetime) -> str:
    try:
        zoned = value.utcoffset() is not None
        text = rfc3339(value)
    except OverflowError:
        raise InvalidEvent("", "format", "must be within the years 1 to 9999 in UTC") from None
    except Exception:  # noqa: BLE001 - the zone may be anybody's class, and its message may hold anything
        raise InvalidEvent("", "format", "must have a time zone that works; this one raises") from None
    if not zoned:
        raise InvalidEvent("", "format", "must have a time zone: write datetime.now(timezone.utc)")
    return text


def _items(values: Iterable[object]) -> list[object]:
    return [_json(value, index) for index, value in enumerate(values)]


_FORMS: dict[type, Callable[[Any], object]] = {
    Model: _members,
    str: _text,
    int: _same,
    float: _number,
    UUID: str,
    datetime: _time,  # before date, its base class
    date: date.isoformat,
    list: _items,
    tuple: _items,
}
