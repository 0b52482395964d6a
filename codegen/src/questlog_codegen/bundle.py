"""Puts a schema together: the envelope and an author's fields in one, and shared fragments for `$ref`s."""

from collections.abc import Mapping
from typing import Any

from questlog_codegen.contracts import Schema
from questlog_codegen.tree import ENVELOPE, SchemaTree

WAIVERS = "x-waivers"
"""Where an author says why a rule does not hold; it stays in the author's file."""

_FILE_ONLY = frozenset({"$schema", WAIVERS})


def fragment_name(reference: str) -> str:
    """Return the fragment a `$ref` names: `../shared/money.json` -> `money`."""
    return reference.rsplit("/", 1)[-1].removesuffix(".json")


def shared_fragments(tree: SchemaTree) -> dict[str, Schema]:
    """Return the fragments events refer to: all but the envelope, whose fields are put into every event."""
    return {name: _own(schema) for name, schema in tree.fragments.items() if name != ENVELOPE}


def with_envelope(tree: SchemaTree, event: str) -> dict[str, Any]:
    """Return the author's schema with the envelope's fields before its own; its `$ref`s are kept."""
    author, envelope = _own(tree.events[event]), _own(tree.fragments[ENVELOPE])
    return {
        **author,
        "required": [*envelope["required"], *author.get("required", ())],
        "properties": {**envelope["properties"], **author["properties"]},
    }


def inlined(schema: Schema, fragments: Mapping[str, Schema]) -> dict[str, Any]:
    """Return `schema` with each `$ref` replaced; a description beside the `$ref` wins over the fragment's."""
    if "$ref" in schema:
        fragment = inlined(fragments[fragment_name(schema["$ref"])], fragments)
        return {**fragment, **{key: value for key, value in schema.items() if key != "$ref"}}
    result = dict(schema)
    if "properties" in schema:
        result["properties"] = {
            name: inlined(child, fragments) for name, child in schema["properties"].items()
        }
    if "items" in schema:
        result["items"] = inlined(schema["items"], fragments)
    return result


def _own(schema: Schema) -> dict[str, Any]:
    """Return the schema without what speaks of its file alone, at every depth."""
    result = {key: value for key, value in schema.items() if key not in _FILE_ONLY}
    if "properties" in result:
        result["properties"] = {name: _own(child) for name, child in result["properties"].items()}
    if "items" in result:
        result["items"] = _own(result["items"])
    return result
