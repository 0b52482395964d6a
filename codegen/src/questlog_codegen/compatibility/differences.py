"""What differs between two schemas, each difference named by a rule; what it means is judged elsewhere."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from questlog_codegen.contracts import Schema, is_annotation

_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_HANDLED = frozenset(
    {
        *("type", "properties", "required", "additionalProperties", "items", "enum", "const"),
        *("pattern", "format", *_UPPER, *_LOWER),
    }
)
_NAMES_OF_FILES = frozenset({"$schema", "$id"})
ELEMENT = "*"
"""Stands in a path for any element of an array."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between the nodes `old` and `new`.

    `pointer` leads into the schema, `path` to the value in an event; `removed` are list values that went.
    """

    rule: str
    pointer: str
    path: tuple[str, ...]
    detail: str
    old: Schema
    new: Schema
    removed: tuple[Any, ...] = ()


def differences(old: Schema, new: Schema) -> Iterator[Difference]:
    """Yield every difference of two schemas without `$ref`s, in the order of the contract."""
    yield from _Pair(old, new, "", ()).all()


@dataclass(frozen=True, slots=True)
class _Pair:
    """The same place in both schemas."""

    old: Schema
    new: Schema
    pointer: str
    path: tuple[str, ...]

    def all(self) -> Iterator[Difference]:
        yield from self._annotations()
        kinds = self.old.get("type"), self.new.get("type")
        if kinds[0] != kinds[1]:
            widened = kinds == ("integer", "number")
            yield self._difference("type-widened" if widened else "type-changed", "type")
            if not widened:
                return  # everything else is that of another type
        yield from self._values()
        yield from self._limits()
        yield from self._text_rules()
        yield from self._members()
        yield from self._unknown()
        old, new = self.old.get("items"), self.new.get("items")
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _Pair(old, new, f"{self.pointer}/items", (*self.path, ELEMENT)).all()

    def _difference(self, rule: str, keyword: str, **more: Any) -> Difference:
        detail = f"{_shown(self.old.get(keyword))} -> {_shown(self.new.get(keyword))}"
        pointer = f"{self.pointer}/{keyword}"
        return Difference(
            rule, pointer, self.path, **{"detail": detail, "old": self.old, "new": self.new, **more}
        )

    def _annotations(self) -> Iterator[Difference]:
        for keyword in dict.fromkeys([*self.old, *self.new]):
            told = is_annotation(keyword) and keyword not in _NAMES_OF_FILES
            if told and self.old.get(keyword) != self.new.get(keyword):
                yield self._difference("text-changed", keyword, detail=f"`{keyword}`")

    def _values(self) -> Iterator[Difference]:
        if self.old.get("const") != self.new.get("const") or ("const" in self.old) != ("const" in self.new):
            yield self._difference("const-changed", "const")
        old, new = _list(self.old.get("enum")), _list(self.new.get("enum"))
        if old is None or new is None:
            if old != new:
                yield self._difference("enum-added" if old is None else "enum-removed", "enum")
            return
        added = [value for value in new if value not in old]
        removed = tuple(value for value in old if value not in new)
        if added:
            yield self._difference("enum-value-added", "enum", detail=_listed("added", added))
        if removed:
            detail = _listed("removed", removed)
            yield self._difference("enum-value-removed", "enum", detail=detail, removed=removed)

    def _limits(self) -> Iterator[Difference]:
        for keyword in (*_LOWER, *_UPPER):
            old, new = self.old.get(keyword), self.new.get(keyword)
            if old != new:
                sign = 1 if keyword in _UPPER else -1
                tighter = old is None or (new is not None and _number(new) * sign < _number(old) * sign)
                yield self._difference("limit-tightened" if tighter else "limit-loosened", keyword)

    def _text_rules(self) -> Iterator[Difference]:
        for keyword in ("pattern", "format"):
            old, new = self.old.get(keyword), self.new.get(keyword)
            if old != new:
                kind = "added" if old is None else "removed" if new is None else "changed"
                yield self._difference(f"{keyword}-{kind}", keyword)

    def _members(self) -> Iterator[Difference]:
        closed, stays_closed = (side.get("additionalProperties") is False for side in (self.old, self.new))
        if closed != stays_closed and _is_object(self.old) and _is_object(self.new):
            yield self._difference("object-opened" if closed else "object-closed", "additionalProperties")
        old, new = _members(self.old), _members(self.new)
        for name in dict.fromkeys([*old, *new]):
            if name in old and name in new:
                yield from self._member_on_both_sides(name, old[name], new[name])
            else:
                yield self._member(name, old, new)

    def _member_on_both_sides(self, name: str, old: Any, new: Any) -> Iterator[Difference]:
        pointer = f"{self.pointer}/properties/{escaped(name)}"
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _Pair(old, new, pointer, (*self.path, name)).all()
        elif old != new:
            yield Difference("keyword-changed", pointer, (*self.path, name), f"`{name}`", self.old, self.new)
        was, is_now = (name in _required(side) for side in (self.old, self.new))
        if was != is_now:
            rule = "required-added" if is_now else "required-removed"
            yield Difference(rule, pointer, (*self.path, name), f"`{name}`", self.old, self.new)

    def _member(self, name: str, old: Mapping[str, Schema], new: Mapping[str, Schema]) -> Difference:
        here, there = (old, new) if name in old else (new, old)
        twin = next((other for other in there if other not in here and other.lower() == name.lower()), None)
        if twin is not None:
            rule, detail = "property-case-changed", f"`{name}` is `{twin}` on the other side"
        elif name in old:
            rule, detail = "property-removed", f"`{name}`"
        elif name in _required(self.new):
            rule, detail = "property-added-required", f"`{name}`"
        elif self.old.get("additionalProperties") is False:
            rule, detail = "property-added", f"`{name}`"
        else:
            return self._described(name, new[name])
        pointer = f"{self.pointer}/properties/{escaped(name)}"
        return Difference(rule, pointer, (*self.path, name), detail, self.old, self.new)

    def _described(self, name: str, new: Schema) -> Difference:
        """An open object took anything there, or what `additionalProperties` says."""
        others = self.old.get("additionalProperties")
        old = others if isinstance(others, Mapping) else {}
        pointer = f"{self.pointer}/properties/{escaped(name)}"
        return Difference("property-described", pointer, (*self.path, name), f"`{name}`", old, new)

    def _unknown(self) -> Iterator[Difference]:
        """What the dialect does not know, or does not write that way."""
        for keyword in dict.fromkeys([*self.old, *self.new]):
            old, new = self.old.get(keyword), self.new.get(keyword)
            known = keyword in _HANDLED or is_annotation(keyword)
            if old != new and (not known or (keyword in _ODD and _ODD[keyword](old, new))):
                yield self._difference("keyword-changed", keyword)
        described = {*_members(self.old), *_members(self.new)}
        if set(_required(self.old)) - described != set(_required(self.new)) - described:
            yield self._difference("keyword-changed", "required")


def escaped(name: str) -> str:
    """Return `name` as a token of a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _is_object(schema: Schema) -> bool:
    return schema.get("type") == "object" or "properties" in schema


def _members(schema: Schema) -> Mapping[str, Schema]:
    members = schema.get("properties")
    return members if isinstance(members, Mapping) else {}


def _list(value: Any) -> list[Any] | None:
    return value if isinstance(value, list) else None


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) else 0


def _required(schema: Schema) -> list[Any]:
    return _list(schema.get("required")) or []


_ODD: Mapping[str, Callable[[Any, Any], bool]] = {
    "items": lambda old, new: not (isinstance(old, Mapping) and isinstance(new, Mapping)),
    "additionalProperties": lambda old, new: False not in (old, new),
    "properties": lambda old, new: not (_is_members(old) and _is_members(new)),
}
"""Known keywords in a form that the rules above do not look into."""


def _is_members(value: Any) -> bool:
    return value is None or isinstance(value, Mapping)


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)


def _listed(what: str, values: Any) -> str:
    return f"{what} {', '.join(map(str, values))}"
