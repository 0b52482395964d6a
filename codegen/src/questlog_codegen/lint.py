"""Rules every contract obeys, CODE -> check: `lint_schemas` reads the files, `lint_examples` the catalog."""

import builtins
import keyword
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from questlog_codegen.contracts import Catalog, Contract, Schema
from questlog_codegen.dialect import explain
from questlog_codegen.errors import Finding
from questlog_codegen.reference import violations
from questlog_codegen.tree import SchemaTree

DISCRIMINATORS = ("event", "schema_version")
CLIENT_MEMBERS = frozenset({"track", "flush", "close", "stats", "context"})
SDK_CLASSES = frozenset(
    {"Client", "Context", "Event", "EventMethods", "Model", "Rejection", "Stamp", "Stats"}
)

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
        validator = Draft202012Validator({**tree.dialect, "$ref": f"#/$defs/{kind}"})
        for file, schema in places:
            for error in validator.iter_errors(schema):
                yield Finding(file, _pointer(error), "DIALECT", explain(error))


def _some_event(tree: SchemaTree) -> Iterator[Finding]:
    """There is something to generate."""
    if not tree.events:
        yield Finding("schemas", "", "NO_EVENTS", "has no event: add a folder with a schema.json")


def _event_name(tree: SchemaTree) -> Iterator[Finding]:
    """The folder is the event's name: snake_case, and free as a method of the SDK's client."""
    for event in tree.events:
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", event):
            yield Finding(f"schemas/{event}", "", "EVENT_NAME", "must be snake_case, e.g. level_complete")
        elif event in CLIENT_MEMBERS or keyword.iskeyword(event):
            message = f"`{event}` means something else in the SDK: choose another name"
            yield Finding(f"schemas/{event}", "", "EVENT_NAME", message)


def _titles(tree: SchemaTree) -> Iterator[Finding]:
    """A title is a class in the SDK, so no two are alike, and none is a class the SDK has already."""
    seen: dict[str, str] = dict.fromkeys(SDK_CLASSES, "the SDK itself")
    for file, schema in [*_fragments(tree), *_events(tree)]:
        title = schema["title"]
        if title in seen:
            message = f"`{title}` is the name of a class of {seen[title]} already: choose another title"
            yield Finding(file, "/title", "TITLE_TAKEN", message)
        seen[title] = file


def _references(tree: SchemaTree) -> Iterator[Finding]:
    """A `$ref` names a fragment that exists, and fragments do not refer in a circle."""
    for file, schema in [*_events(tree), *_fragments(tree)]:
        for pointer, node in _nodes(schema):
            if "$ref" in node and not _resolves(tree, node, seen=()):
                known = ", ".join(sorted(tree.fragments))
                message = f"refers to no fragment, or in a circle; schemas/shared has: {known}"
                yield Finding(file, f"{pointer}/$ref", "REFERENCE", message)


def _resolves(tree: SchemaTree, node: Schema, seen: tuple[str, ...]) -> bool:
    name = node["$ref"].rsplit("/", 1)[-1].removesuffix(".json")
    if name in seen or name not in tree.fragments:
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
            reason = _unsafe_pattern(node["pattern"]) if "pattern" in node else None
            if reason:
                yield Finding(file, f"{pointer}/pattern", "PATTERN", reason)


def _unsafe_pattern(pattern: str) -> str | None:
    if re.search(r"\\[dDwWsSbBAZpPk1-9]|\(\?(?!:)", pattern):
        return "use explicit ranges such as [0-9]: classes, look-around and back-references differ by engine"
    if re.search(r"[*+}]\)[*+{]", pattern):
        return "repeats a repetition, which can take exponential time: flatten it"
    if re.search(r"^\^[^(\[]*\|", pattern):
        return "put alternatives in parentheses: ^(a|b)$"
    try:
        re.compile(pattern)
    except re.error as error:
        return f"is not a regular expression: {error.msg}"
    return None


def _example_shape(tree: SchemaTree) -> Iterator[Finding]:
    """An invalid example says what it breaks."""
    for event, examples in tree.invalid_examples.items():
        for name, example in examples.items():
            if set(example) != {"pointer", "keyword", "event"} or not isinstance(example["event"], dict):
                message = "must have exactly pointer, keyword and event (an object)"
                yield Finding(f"schemas/{event}/examples/invalid/{name}.json", "", "EXAMPLE_SHAPE", message)


def _names(tree: SchemaTree) -> Iterator[Finding]:
    """A field's name is free: not the envelope's, not Python's."""
    taken = {*DISCRIMINATORS, *tree.fragments["envelope"]["properties"], "context"}
    for file, schema in _events(tree):
        for name in schema["properties"]:
            if name in taken:
                message = f"`{name}` is put into every event by code generation: choose another name"
                yield Finding(file, f"/properties/{name}", "NAME_TAKEN", message)
    for file, schema in [*_events(tree), *_fragments(tree)]:
        for pointer, node in _nodes(schema):
            for name in node.get("properties", {}):
                if keyword.iskeyword(name) or hasattr(builtins, name):
                    message = f"`{name}` means something in Python: choose another name"
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
