"""Puts events together from whatever is right in their files, so that one mistake does not hide the next.

What cannot be judged takes anything: a broken field, a reference that leads nowhere or in a circle, a pattern
that an engine reads differently.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from questlog_codegen.bundle import fragment_name, inlined, shared_fragments, with_envelope
from questlog_codegen.contracts import Schema
from questlog_codegen.lint.nodes import MAX_PROPERTIES, Node
from questlog_codegen.patterns.grammar import unsafe
from questlog_codegen.tree import ENVELOPE, SchemaTree

MAX_NESTING = 3
MAX_FIELDS = 1000

unsafe_pattern = lru_cache(maxsize=4096)(unsafe)
"""`patterns.unsafe`, asked once for each pattern."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How many levels of objects and lists are in a schema object, and how many single values."""

    levels: int
    values: int

    @property
    def too_large(self) -> bool:
        """Whether a rule tells of it, so that nothing else need look at it."""
        return self.levels > MAX_NESTING or self.values > MAX_FIELDS


@dataclass(frozen=True)
class Assembly:
    """What events and fragments are when all that is `broken`, by file and pointer, is left out.

    `extents` has the fragments that a `$ref` can be replaced by: all but the envelope and those in a circle.
    `events` has no event whose root, or whose envelope, has no fields, and none that is too large.
    """

    broken: Collection[tuple[str, str]]
    fragments: Mapping[str, Schema]
    extents: Mapping[str, Extent]
    events: Mapping[str, Schema]

    def extent(self, node: Node) -> Extent:
        """Return the extent of a schema object with its `$ref`s replaced."""
        return _extent(self._right(node), self.extents)

    def resolved(self, node: Node) -> Schema:
        """Return a schema object with its `$ref`s replaced, empty when it would be too large."""
        right = self._right(node)
        return {} if _extent(right, self.extents).too_large else inlined(right, self.fragments)

    def _right(self, node: Node) -> Schema:
        return _replaceable(_right(node.schema, node.file, node.pointer, self.broken), self.extents)


def assemble(tree: SchemaTree, broken: Collection[tuple[str, str]]) -> Assembly:
    """Return the assembly of `tree`, of whose (file, pointer)s some are `broken`."""
    fragments = {
        name: _right(schema, f"schemas/shared/{name}.json", "", broken)
        for name, schema in tree.fragments.items()
    }
    extents = _extents({name: schema for name, schema in fragments.items() if name != ENVELOPE})
    kept = {name: _replaceable(schema, extents) for name, schema in fragments.items()}
    events = {
        event: _replaceable(_right(schema, f"schemas/{event}/schema.json", "", broken), extents)
        for event, schema in tree.events.items()
    }
    parts = replace(tree, fragments=kept, events=events)
    return Assembly(broken, shared_fragments(parts), extents, dict(_complete(parts, extents)))


def references(schema: Schema) -> Iterator[str]:
    """Yield the fragments that `schema` refers to."""
    if "$ref" in schema:
        yield fragment_name(str(schema["$ref"]))
    for child in _parts(schema):
        yield from references(child)


def reached(schemas: Iterable[Schema], fragments: Mapping[str, Schema]) -> set[str]:
    """Return the fragments that `schemas` refer to, and those that these refer to."""
    found: set[str] = set()
    waiting = [name for schema in schemas for name in references(schema)]
    while waiting:
        name = waiting.pop()
        if name in fragments and name not in found:
            found.add(name)
            waiting += references(fragments[name])
    return found


def _right(schema: Any, file: str, place: str, broken: Collection[tuple[str, str]]) -> dict[str, Any]:
    """Return what of a schema object can be judged; nothing of a broken one but the fields it has."""
    if not isinstance(schema, dict):
        return {}
    result = dict(schema)
    if (file, place) in broken:
        result = _shell(schema)
    elif "pattern" in schema and unsafe_pattern(schema["pattern"]):
        return {}
    if "properties" in result:
        result["properties"] = {
            name: _right(child, file, place + _step(name), broken)
            for name, child in result["properties"].items()
        }
    if "items" in result:
        result["items"] = _right(result["items"], file, f"{place}/items", broken)
    return result


def _step(name: str) -> str:
    return "/properties/" + name.replace("~", "~0").replace("/", "~1")


def _shell(schema: Schema) -> dict[str, Any]:
    """Return the fields of a broken object, and whether there may be others."""
    properties = schema.get("properties")
    if not isinstance(properties, dict) or "$ref" in schema or len(properties) > MAX_PROPERTIES:
        return {}
    required = schema.get("required")
    names = [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
    unique = list(dict.fromkeys(names))
    closed = {"additionalProperties": False} if schema.get("additionalProperties") is False else {}
    return {"type": "object", **closed, "required": unique, "properties": properties}


def _extents(fragments: Mapping[str, Schema]) -> dict[str, Extent]:
    """Take up fragments whose references are known, round by round; a circle never gets its turn."""
    known: dict[str, Extent] = {}
    waiting = {name: set(references(schema)) & fragments.keys() for name, schema in fragments.items()}
    while ready := [name for name, others in waiting.items() if others <= known.keys()]:
        for name in ready:
            del waiting[name]
            known[name] = _extent(_replaceable(fragments[name], known), known)
    return known


def _extent(schema: Schema, known: Mapping[str, Extent]) -> Extent:
    if "$ref" in schema:
        return known[fragment_name(schema["$ref"])]
    parts = [_extent(child, known) for child in _parts(schema)]
    if not parts:
        return Extent(0, 1)
    return Extent(1 + max(part.levels for part in parts), sum(part.values for part in parts))


def _replaceable(schema: Schema, known: Mapping[str, Extent]) -> dict[str, Any]:
    """Return `schema` without the references that lead nowhere."""
    if "$ref" in schema:
        return dict(schema) if fragment_name(schema["$ref"]) in known else {}
    result = dict(schema)
    if "properties" in schema:
        result["properties"] = {
            name: _replaceable(child, known) for name, child in schema["properties"].items()
        }
    if "items" in schema:
        result["items"] = _replaceable(schema["items"], known)
    return result


def _complete(tree: SchemaTree, extents: Mapping[str, Extent]) -> Iterator[tuple[str, Schema]]:
    envelope = tree.fragments[ENVELOPE]
    if "properties" not in envelope or _too_large(envelope, extents):
        return
    parts = replace(tree, fragments={**tree.fragments, ENVELOPE: {"required": [], **envelope}})
    for event, schema in tree.events.items():
        if "properties" in schema and not _too_large(schema, extents):
            whole = with_envelope(replace(parts, events={event: _without(schema, envelope)}), event)
            # What is required and not described is told already; no example can satisfy it.
            known = [name for name in whole["required"] if name in whole["properties"]]
            complete = {**whole, "required": list(dict.fromkeys(known))}
            yield event, inlined(complete, shared_fragments(parts))


def _without(schema: Schema, envelope: Schema) -> dict[str, Any]:
    """Return the event without the fields that are the envelope's: only one of each name can be in it."""
    taken = envelope["properties"]
    own = {name: child for name, child in schema["properties"].items() if name not in taken}
    return {**schema, "properties": own}


def _too_large(schema: Schema, extents: Mapping[str, Extent]) -> bool:
    return any(_extent(child, extents).too_large for child in _parts(schema)) or (
        _extent(schema, extents).values > MAX_FIELDS
    )


def _parts(schema: Schema) -> list[Schema]:
    children = [*schema["properties"].values()] if isinstance(schema.get("properties"), dict) else []
    if "items" in schema:
        children.append(schema["items"])
    return [child for child in children if isinstance(child, dict)]
