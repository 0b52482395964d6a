"""Puts a schema together: the envelope and an author's fields in one, and shared fragments for `$ref`s."""

from collections.abc import Mapping
from typing import Any

from questlog_codegen.contracts import DISCRIMINATORS, Schema
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
    return enveloped(tree.events[event], tree.fragments[ENVELOPE])


def enveloped(event: Schema, envelope: Schema) -> dict[str, Any]:
    """Return an author's schema with the fields of `envelope` before its own."""
    author, fields = _own(event), _own(envelope)
    return {
        **author,
        "required": [*fields["required"], *author.get("required", ())],
        "properties": {**fields["properties"], **author["properties"]},
    }


def discriminated(schema: Schema, event: str, number: str) -> dict[str, Any]:
    """Return an enveloped schema as that of `event` and version `number`, which its events must name."""
    return {
        **schema,
        "required": [*DISCRIMINATORS, *schema["required"]],
        "properties": {
            "event": _constant(event, "Name of the event."),
            "schema_version": _constant(number, "Version of this contract, MAJOR.MINOR."),
            **schema["properties"],
        },
    }


def _constant(value: str, description: str) -> Schema:
    return {"description": description, "type": "string", "const": value, "x-pii": "none"}


def inlined(schema: Schema, fragments: Mapping[str, Schema]) -> dict[str, Any]:
    """Return `schema` with each `$ref` replaced; a description beside the `$ref` wins over the fragment's."""
    if not isinstance(schema, Mapping):
        return schema  # true and false are schemas too
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
    if not isinstance(schema, Mapping):
        return schema
    result = {key: value for key, value in schema.items() if key not in _FILE_ONLY}
    if "properties" in result:
        result["properties"] = {name: _own(child) for name, child in result["properties"].items()}
    if "items" in result:
        result["items"] = _own(result["items"])
    return result
