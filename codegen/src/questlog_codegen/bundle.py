"""Resolves `$ref`s: a schema and the shared fragments in, one complete schema out."""

from collections.abc import Mapping
from typing import Any

from questlog_codegen.contracts import Schema


def fragment_name(reference: str) -> str:
    """Return the fragment a `$ref` names: `../shared/money.json` -> `money`."""
    return reference.rsplit("/", 1)[-1].removesuffix(".json")


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
