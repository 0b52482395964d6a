"""Models from their JSON forms, by the types of their fields."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from questlog._generated.checks import CHECKS
from questlog._model import Model

M = TypeVar("M", bound=Model)

_READERS: dict[type, Callable[[str], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


def checked_model(kind: type[M], form: object) -> M:
    """Return the model that `form` is.

    Raises:
        InvalidEvent: when its contract refuses it.
    """
    CHECKS[kind.__name__](form)
    return _model(kind, form)


def _model(kind: type[M], form: Any) -> M:
    members: Mapping[str, Any] = form
    types: dict[str, Any] = _types(kind)  # type: ignore[arg-type]  # classes are hashable
    return kind(**{name: _value(types[name], value) for name, value in members.items()})


@cache
def _types(kind: type[Model]) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, value: Any) -> Any:
    """Return what a field of the type `hint` holds for a `value` its contract takes."""
    if get_origin(hint) in (list, tuple):
        item = get_args(hint)[0]
        return get_origin(hint)(_value(item, each) for each in value)
    for kind in get_args(hint) or (hint,):  # of `UUID | None`, the one that is not None
        if kind in _READERS:
            return _READERS[kind](value)
        if isinstance(kind, type) and issubclass(kind, Model):
            return _model(kind, value)
    return value
