"""Rules every contract obeys, CODE -> check: `lint_schemas` reads the files, `lint_examples` the catalog."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from questlog_codegen.bundle import fragment_name, inlined
from questlog_codegen.contracts import DISCRIMINATORS, Catalog, Contract, Schema
from questlog_codegen.dialect import explain
from questlog_codegen.errors import Finding
from questlog_codegen.names import owner_of_event, owner_of_field, owner_of_title
from questlog_codegen.patterns import unsafe
from questlog_codegen.reference import violations
from questlog_codegen.tree import ENVELOPE, SchemaTree

Place = tuple[str, Schema]
"""A file relative to the repository, and the schema in it."""


def lint_schemas(tree: SchemaTree) -> list[Finding]:
    """Return everything wrong with the schema files; the dialect first, and alone when it is broken."""
    broken = list(_dialect(tree))
    return broken or [finding for rule in SCHEMA_RULES.values() for finding in rule(tree)]


def lint_examples(catalog: Catalog) -> list[Finding]:
    """Return every example that is missing or does not do what it says."""
    return [
        finding
        for contract in catalog.contracts
        for rule in EXAMPLE_RULES.values()
        for finding in rule(contract)
    ]


def _dialect(tree: SchemaTree) -> Iterator[Finding]:
    """A schema says only what the dialect allows."""
    for kind, places in (("event", _events(tree)), ("fragment", _fragments(tree))):
        # The dialect's own if/then/else is for editors, which do not know what kind of file they show.
        validator = Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": tree.dialect.get("$defs", {})})
        for file, schema in places:
            for error in validator.iter_errors(schema):
                yield Finding(file, _pointer(error), "DIALECT", explain(error))


def _some_event(tree: SchemaTree) -> Iterator[Finding]:
    """There is something to generate."""
    if not tree.events:
        yield Finding("schemas", "", "NO_EVENTS", "has no event: add a folder with a schema.json")


def _event_name(tree: SchemaTree) -> Iterator[Finding]:
    """An event's folder and a fragment's file are snake_case names that no layer has already."""
    for name, file in _named(tree):
        owner = owner_of_event(name)
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
            yield Finding(file, "", "EVENT_NAME", "must be snake_case, e.g. level_complete")
        elif owner:
            yield Finding(file, "", "EVENT_NAME", f"`{name}` belongs to {owner}: choose another name")


def _named(tree: SchemaTree) -> list[tuple[str, str]]:
    events = [(name, f"schemas/{name}") for name in tree.events]
    return [*events, *((name, f"schemas/shared/{name}.json") for name in tree.fragments)]


def _titles(tree: SchemaTree) -> Iterator[Finding]:
    """A title is a class in the SDK: only a whole file has one, and no two are alike."""
    seen: dict[str, str] = {}
    for file, schema in [*_fragments(tree), *_events(tree)]:
        title = schema["title"]
        owner = owner_of_title(title) or seen.get(title)
        if owner:
            message = f"`{title}` is a class of {owner} already: choose another title"
            yield Finding(file, "/title", "TITLE_TAKEN", message)
        seen[title] = file
        for pointer, node in _nodes(schema):
            if pointer and "title" in node:
                yield Finding(file, f"{pointer}/title", "TITLE_PLACE", "belongs to a whole file: drop it")


def _references(tree: SchemaTree) -> Iterator[Finding]:
    """A `$ref` names a fragment that exists, and fragments do not refer in a circle."""
    for file, schema in [*_events(tree), *_fragments(tree)]:
        for pointer, node in _nodes(schema):
            if "$ref" in node and not _resolves(tree, node, seen=()):
                known = ", ".join(sorted(set(tree.fragments) - {ENVELOPE}))
                message = f"refers to no fragment, or in a circle; schemas/shared has: {known}"
                yield Finding(file, f"{pointer}/$ref", "REFERENCE", message)


def _resolves(tree: SchemaTree, node: Schema, seen: tuple[str, ...]) -> bool:
    name = fragment_name(node["$ref"])
    if name in seen or name == ENVELOPE or name not in tree.fragments:
        return False
    inner = [child for _, child in _nodes(tree.fragments[name]) if "$ref" in child]
    return all(_resolves(tree, child, (*seen, name)) for child in inner)


def _required_exists(tree: SchemaTree) -> Iterator[Finding]:
    """What is required is also described under `properties`."""
    for file, schema in [*_events(tree), *_fragments(tree)]:
        for pointer, node in _nodes(schema):
            for name in node.get("required", ()):
                if name not in node.get("properties", {}):
                    message = f"`{name}` is required but not under properties: describe it or drop it"
                    yield Finding(file, f"{pointer}/required", "REQUIRED_UNKNOWN", message)


def _bounds(tree: SchemaTree) -> Iterator[Finding]:
    """A lower bound does not lie above its upper bound: no event could be valid."""
    for file, schema in [*_events(tree), *_fragments(tree)]:
        for pointer, node in _nodes(schema):
            for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
                if low in node and high in node and node[low] > node[high]:
                    yield Finding(file, f"{pointer}/{low}", "BOUNDS", f"{low} is above {high}: swap them")


def _patterns(tree: SchemaTree) -> Iterator[Finding]:
    """A pattern means the same in every engine: plain syntax, no classes that differ with Unicode."""
    for file, schema in [*_events(tree), *_fragments(tree)]:
        for pointer, node in _nodes(schema):
            reason = unsafe(node["pattern"]) if "pattern" in node else None
            if reason:
                yield Finding(file, f"{pointer}/pattern", "PATTERN", reason)


def _pii(tree: SchemaTree) -> Iterator[Finding]:
    """An array is as personal as what is in it: its column has one tag."""
    for file, schema in [*_events(tree), *_fragments(tree)]:
        for pointer, node in _nodes(schema):
            if "items" in node and node["items"].get("x-pii", node["x-pii"]) != node["x-pii"]:
                yield Finding(file, f"{pointer}/x-pii", "PII", "must be the class of the items")


def _cluster(tree: SchemaTree) -> Iterator[Finding]:
    """A table is clustered by a column it has."""
    for event, schema in tree.events.items():
        name = schema.get("x-cluster")
        field = schema["properties"].get(name, {"type": "object"})
        if "$ref" in field and not _resolves(tree, field, seen=()):
            continue  # REFERENCE tells of it
        if name and inlined(field, tree.fragments)["type"] in {"object", "array"}:
            message = "must name a field of this event that is one value"
            yield Finding(f"schemas/{event}/schema.json", "/x-cluster", "CLUSTER", message)


def _example_shape(tree: SchemaTree) -> Iterator[Finding]:
    """An invalid example says what it breaks."""
    for event, examples in tree.invalid_examples.items():
        for name, example in examples.items():
            if set(example) != {"pointer", "keyword", "event"} or not isinstance(example["event"], dict):
                message = "must have exactly pointer, keyword and event (an object)"
                yield Finding(f"schemas/{event}/examples/invalid/{name}.json", "", "EXAMPLE_SHAPE", message)


def _names(tree: SchemaTree) -> Iterator[Finding]:
    """A field's name is free: not the envelope's, not Python's."""
    taken = {*DISCRIMINATORS, *tree.fragments[ENVELOPE]["properties"], "context"}
    for file, schema in _events(tree):
        for name in schema["properties"]:
            if name in taken:
                message = f"`{name}` is put into every event by code generation: choose another name"
                yield Finding(file, f"/properties/{name}", "NAME_TAKEN", message)
    for file, schema in [*_events(tree), *_fragments(tree)]:
        for pointer, node in _nodes(schema):
            for name in node.get("properties", {}):
                if owner := owner_of_field(name):
                    message = f"`{name}` belongs to {owner}: choose another name"
                    yield Finding(file, f"{pointer}/properties/{name}", "NAME_RESERVED", message)


def _has_examples(contract: Contract) -> Iterator[Finding]:
    """Every event has at least one valid and one invalid example."""
    for kind, examples in (("valid", contract.valid_examples), ("invalid", contract.invalid_examples)):
        if not examples:
            message = "has no example: add a JSON file that shows the event"
            yield Finding(f"schemas/{contract.event}/examples/{kind}", "", "EXAMPLE_MISSING", message)


def _valid_examples(contract: Contract) -> Iterator[Finding]:
    """A valid example is valid."""
    for name, event in contract.valid_examples.items():
        for pointer, kind, detail in violations(contract.newest.schema, event):
            file = f"schemas/{contract.event}/examples/valid/{name}.json"
            yield Finding(file, pointer, "EXAMPLE_INVALID", f"{detail} ({kind})")


def _invalid_examples(contract: Contract) -> Iterator[Finding]:
    """An invalid example breaks the keyword it names, and nothing in another place."""
    for name, example in contract.invalid_examples.items():
        found = {(pointer, kind) for pointer, kind, _ in violations(contract.newest.schema, example.event)}
        named = (example.pointer, example.keyword)
        if named not in found or {pointer for pointer, _ in found} != {example.pointer}:
            file = f"schemas/{contract.event}/examples/invalid/{name}.json"
            really = ", ".join(f"{kind} at '{pointer}'" for pointer, kind in sorted(found)) or "nothing"
            yield Finding(
                file,
                "",
                "EXAMPLE_REASON",
                f"names {example.keyword} at '{example.pointer}', but breaks {really}",
            )


SCHEMA_RULES: Mapping[str, Callable[[SchemaTree], Iterator[Finding]]] = {
    "NO_EVENTS": _some_event,
    "EVENT_NAME": _event_name,
    "TITLE_TAKEN": _titles,
    "REFERENCE": _references,
    "REQUIRED_UNKNOWN": _required_exists,
    "BOUNDS": _bounds,
    "PATTERN": _patterns,
    "PII": _pii,
    "CLUSTER": _cluster,
    "NAME_TAKEN": _names,
    "EXAMPLE_SHAPE": _example_shape,
}
EXAMPLE_RULES: Mapping[str, Callable[[Contract], Iterator[Finding]]] = {
    "EXAMPLE_MISSING": _has_examples,
    "EXAMPLE_INVALID": _valid_examples,
    "EXAMPLE_REASON": _invalid_examples,
}


def _events(tree: SchemaTree) -> list[Place]:
    return [(f"schemas/{event}/schema.json", schema) for event, schema in tree.events.items()]


def _fragments(tree: SchemaTree) -> list[Place]:
    return [(f"schemas/shared/{name}.json", schema) for name, schema in tree.fragments.items()]


def _nodes(schema: Schema, pointer: str = "") -> Iterator[tuple[str, Schema]]:
    yield pointer, schema
    for name, child in schema.get("properties", {}).items():
        yield from _nodes(child, f"{pointer}/properties/{name}")
    if "items" in schema:
        yield from _nodes(schema["items"], f"{pointer}/items")


def _pointer(error: ValidationError) -> str:
    return "".join(f"/{_escaped(part)}" for part in error.absolute_path)


def _escaped(part: Any) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
