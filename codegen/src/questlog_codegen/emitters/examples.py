"""What to write instead, for the SDK's errors: a value of each field, from the examples of its author."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from questlog_codegen.bundle import fragment_name, inlined
from questlog_codegen.contracts import DISCRIMINATORS, Catalog, Contract, Schema
from questlog_codegen.emitters.models import PACKAGE
from questlog_codegen.emitters.writers import OF_ONE_EVENT, STAMPED
from questlog_codegen.writer import header

_OF_FORMATS = {"uuid": "uuid7()", "date-time": "datetime.now(timezone.utc)", "date": "date(2026, 11, 2)"}
_OF_CLASSES = {"Money": 'Money.of("4.99", "EUR")'}
"""Classes that are not made from their members, as the SDK's guide shows them."""

_Table = dict[str, dict[str, str]]  # class name -> field -> source of a value


def emit(catalog: Catalog) -> dict[str, str]:
    """Return the module; a field that no valid example has is left out, and so are arrays."""
    table: _Table = {}
    for contract in catalog.contracts:
        for event in contract.valid_examples.values():
            _collect(table, contract, event, catalog.fragments)
    _add_context(table, catalog)
    return {f"{PACKAGE}/examples.py": _source(table)}


def _collect(
    table: _Table, contract: Contract, event: Mapping[str, Any], fragments: Mapping[str, Schema]
) -> None:
    """Add what `event` has; what is there stays: the first example is the example."""
    for kind, name, schema, value in _fields(contract.source, event, fragments):
        text = _written(schema, value, fragments)
        if text is not None and name not in DISCRIMINATORS:
            table.setdefault(kind, {}).setdefault(name, text)


def _fields(
    schema: Schema, form: Mapping[str, Any], fragments: Mapping[str, Schema]
) -> Iterator[tuple[str, str, Schema, Any]]:
    """Yield (class name, field, its schema, its value), also of the fragments within."""
    for name, value in form.items():
        child = schema["properties"][name]
        yield schema["title"], name, child, value
        fragment = _object(child, fragments)
        if fragment is not None:
            yield from _fields(fragment, value, fragments)


def _object(schema: Schema, fragments: Mapping[str, Schema]) -> Schema | None:
    """Return the fragment that is a class of its own; None for all else."""
    fragment = fragments[fragment_name(schema["$ref"])] if "$ref" in schema else {}
    return fragment if fragment.get("type") == "object" else None


def _written(schema: Schema, value: Any, fragments: Mapping[str, Schema]) -> str | None:
    """Return `value` as a game writes it; None for what has no short form."""
    fragment = _object(schema, fragments)
    if fragment is not None:
        return _OF_CLASSES.get(fragment["title"]) or _call(fragment, value, fragments)
    complete = inlined(schema, fragments)
    if complete["type"] in ("object", "array"):
        return None
    if "format" in complete:
        return _OF_FORMATS[complete["format"]]
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _call(fragment: Schema, form: Mapping[str, Any], fragments: Mapping[str, Schema]) -> str | None:
    members = {name: _written(fragment["properties"][name], each, fragments) for name, each in form.items()}
    if None in members.values():
        return None
    return f"{fragment['title']}({', '.join(f'{name}={text}' for name, text in members.items())})"


def _add_context(table: _Table, catalog: Catalog) -> None:
    for contract in catalog.contracts:
        for name, text in table.get(contract.source["title"], {}).items():
            if name in STAMPED and name not in OF_ONE_EVENT:
                table.setdefault("Context", {}).setdefault(name, text)


def _source(table: _Table) -> str:
    rows = "".join(
        f'    "{kind}": {{\n'
        + "".join(f'        "{name}": {text!r},\n' for name, text in sorted(fields.items()))
        + "    },\n"
        for kind, fields in sorted(table.items())
    )
    return (
        f"{header('#', 'schemas/*/examples/valid/')}"
        '"""Class name -> field -> a value of it, as a game writes it."""\n\n'
        f"EXAMPLES: dict[str, dict[str, str]] = {{\n{rows}}}\n"
    )
