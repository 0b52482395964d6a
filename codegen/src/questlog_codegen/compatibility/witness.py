"""Looks for a witness: an event the old version took and the new one refuses."""

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from referencing.exceptions import Unresolvable

from questlog_codegen.compatibility.differences import ELEMENT, Difference
from questlog_codegen.contracts import Schema, is_annotation
from questlog_codegen.keywords import FORMATS
from questlog_codegen.patterns.automata import Texts, Undecided, difference
from questlog_codegen.patterns.grammar import PatternError
from questlog_codegen.reference import violations
from questlog_codegen.sampling.limits import Unsatisfiable, texts_of
from questlog_codegen.sampling.sampler import boundaries, fullest, minimal

_ABSENT = object()
_ABSENCE = frozenset({"required-added", "property-added-required"})
_PRESENCE = frozenset({"property-removed", "property-case-changed"})
_REFUSES_MEMBERS = _PRESENCE | {"object-closed"}
_UNKNOWN_MEMBER = "unknown_member"
_OF_TEXTS = frozenset({"type", "pattern", "format", "minLength", "maxLength"})
_ANYTHING: tuple[Any, ...] = (None, False, 0, "", [], {})

Event = Mapping[str, Any]


class Witnesses:
    """Witnesses against `new`, built on `examples` and on made-up events; `stamp` goes into each."""

    def __init__(self, old: Schema, new: Schema, examples: Sequence[Event], stamp: Event) -> None:
        self._old, self._new, self._examples, self._stamp = old, new, examples, stamp

    def of(self, change: Difference) -> Event | None:
        """Return an event that `change` alone made invalid, None when none is found."""
        try:
            return next(self._found(change), None)
        except Unsatisfiable:
            return None

    def _found(self, change: Difference) -> Iterator[Event]:
        for path, value in self._edits(change):
            for base in self._bases:
                event = _edited(base, path, value, self._old)
                if self._breaks(event, path, change.rule):
                    yield event

    def none_is_possible(self, change: Difference) -> bool:
        """Tell whether it is proven, by automata, that no text of the old node is refused by the new one."""
        try:
            return _difference(change) is None
        except (Undecided, Unsatisfiable, PatternError, _NoTextError):
            return False

    @cached_property
    def _bases(self) -> list[Event]:
        made_up = [make(self._old) for make in (minimal, fullest) if _has_value(self._old)]
        events = [self._stamped(event) for event in (*self._examples, *made_up)]
        return [event for event in events if _broken(self._old, event) == []]

    def _stamped(self, event: Any) -> Any:
        if not isinstance(event, Mapping):
            return event
        return {**self._stamp, **{name: value for name, value in event.items() if name not in self._stamp}}

    def _breaks(self, event: Event, path: tuple[str, ...], rule: str) -> bool:
        """Tell whether the change is to blame: a member that may not be there is told at its parent."""
        if _broken(self._old, event) != []:
            return False
        place = _pointer(path)
        refused = (_pointer(path[:-1]), "additionalProperties") if rule in _REFUSES_MEMBERS else None
        return any(
            f"{pointer}/".startswith(f"{place}/") or (pointer, keyword) == refused
            for pointer, keyword in _broken(self._new, event) or ()
        )

    def _edits(self, change: Difference) -> Iterator[tuple[tuple[str, ...], Any]]:
        if change.rule in _ABSENCE:
            yield change.path, _ABSENT
        elif change.rule in _PRESENCE:
            member = change.old.get("properties", {}).get(change.path[-1])
            yield from ((change.path, value) for value in _values({} if member is None else member))
        elif change.rule == "property-described":
            yield from ((change.path, value) for value in _ANYTHING)
        elif change.rule == "object-closed":
            yield (*change.path, _UNKNOWN_MEMBER), 1
        else:
            for value in (*change.removed, *_texts(change), *_values(change.old)):
                yield change.path, value


class _NoTextError(Exception):
    """Raised for a node that is no plain text, so that automata have nothing to say of it."""


def _difference(change: Difference) -> str | None:
    """Return a text that the old node takes and the new one refuses, None when there is none."""
    return difference(_as_texts(change.old), _as_texts(change.new))


def _as_texts(node: Schema) -> Texts:
    if node.get("type") != "string" or not _said_by_texts(node):
        raise _NoTextError
    return texts_of(node)


def _said_by_texts(node: Schema) -> bool:
    said = all(keyword in _OF_TEXTS or is_annotation(keyword) for keyword in node)
    return said and node.get("format") in {None, *FORMATS}


def _texts(change: Difference) -> Iterator[str]:
    try:
        text = _difference(change)
    except (Undecided, Unsatisfiable, PatternError, _NoTextError):
        return
    if text is not None:
        yield text


def _values(node: Schema) -> Iterator[Any]:
    try:
        yield from boundaries(node)
        yield fullest(node)
    except Unsatisfiable:
        return


def _broken(schema: Schema, event: Any) -> list[tuple[str, str]] | None:
    """Return what an event breaks, None where the reference cannot tell, as with other engines' patterns."""
    try:
        return [(pointer, keyword) for pointer, keyword, _ in violations(schema, event)]
    except (re.error, Unresolvable, RecursionError):
        return None


def _has_value(schema: Schema) -> bool:
    try:
        minimal(schema)
    except Unsatisfiable:
        return False
    return True


def _edited(base: Any, path: tuple[str, ...], value: Any, schema: Schema) -> Any:
    """Return a copy of `base` with `value` at `path`; what is missing on the way is made up from `schema`."""
    if not path:
        return value
    event = copy.deepcopy(base)
    parent: Any = event
    for name, following in pairwise(path):
        schema = schema["items"] if name == ELEMENT else schema["properties"][name]
        parent = _entered(parent, name, schema, following)
    _set(parent, path[-1], value)
    return event


def _entered(parent: Any, name: str, schema: Schema, following: str) -> Any:
    child = parent[0] if name == ELEMENT else parent.setdefault(name, fullest(schema))
    if following == ELEMENT and not child:
        child.append(fullest(schema["items"]))
    return child


def _set(parent: Any, name: str, value: Any) -> None:
    if name == ELEMENT:
        parent[0] = value
    elif value is _ABSENT:
        parent.pop(name, None)
    else:
        parent[name] = value


def _pointer(path: tuple[str, ...]) -> str:
    return "".join(f"/{0 if name == ELEMENT else name}" for name in path)
