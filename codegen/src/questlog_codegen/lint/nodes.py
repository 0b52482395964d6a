"""The schema objects of a file one by one, each held against the dialect on the way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from questlog_codegen.contracts import Schema
from questlog_codegen.dialect import Dialect, Kind

Told: TypeAlias = tuple[str, str, str]
"""File relative to the repository, JSON Pointer into it, and what is wrong and what to write instead."""

MAX_PROPERTIES = 100
"""Most fields of an object, as the dialect has it; an object with more is not looked into."""


@dataclass(frozen=True, slots=True)
class Node:
    """A schema object and its place; `name` is the field's, None for a root and for elements of a list."""

    file: str
    pointer: str
    schema: Schema
    kind: Kind
    name: str | None = None
    in_list: bool = False
    fits: bool = True

    def says(self, message: str, *below: str) -> Told:
        """Return `message` as told of this object, or of what lies `below` in it."""
        return self.file, self.pointer + pointer(below), message


def pointer(path: Sequence[object]) -> str:
    """Return the JSON Pointer of a path (https://www.rfc-editor.org/rfc/rfc6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def walk(file: str, kind: Kind, schema: Any, dialect: Dialect) -> Iterator[Node | Told]:
    """Yield every schema object of a file, parents first, and before each what in it breaks the dialect."""
    yield from _walk(Node(file, "", schema, kind), dialect)


def _walk(node: Node, dialect: Dialect) -> Iterator[Node | Told]:
    broken = [node.says(message, *below) for below, message in dialect.misfits(node.kind, node.schema)]
    misnamed = None if node.name is None else dialect.misnamed(node.name)
    if misnamed:
        broken.append(node.says(misnamed))
    yield from broken
    if isinstance(node.schema, dict):
        yield replace(node, fits=not broken)
        for child in _children(node):
            yield from _walk(child, dialect)


def _children(node: Node) -> Iterator[Node]:
    properties = node.schema.get("properties")
    if isinstance(properties, dict) and len(properties) <= MAX_PROPERTIES:
        for name, child in properties.items():
            place = node.pointer + pointer(("properties", name))
            yield Node(node.file, place, child, "field", name, node.in_list)
    if "items" in node.schema and node.schema.get("type") == "array":
        yield Node(node.file, f"{node.pointer}/items", node.schema["items"], "field", in_list=True)
