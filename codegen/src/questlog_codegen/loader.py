"""Files in `schemas/` -> `Catalog`: reads, bundles `$ref`s, puts the envelope into every event."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from questlog_codegen.bundle import inlined, shared_fragments, with_envelope
from questlog_codegen.contracts import DISCRIMINATORS, Catalog, Contract, InvalidExample, Schema, Version
from questlog_codegen.errors import ContractError, Finding
from questlog_codegen.lint import lint_examples, lint_schemas
from questlog_codegen.release import versions_of
from questlog_codegen.tree import SchemaTree, read_tree

DRAFT_2020_12 = "https://json-schema.org/draft/2020-12/schema"


def load_catalog(root: Path) -> Catalog:
    """Return every contract below `root/schemas`, linted, with all its versions.

    Raises:
        ContractError: with all findings, when a file is unreadable or breaks the dialect, when an
            example does not do what it says, or when a released version was changed.
    """
    tree = read_tree(root)
    _raise_if_any(lint_schemas(tree))
    catalog = _catalog(tree)
    _raise_if_any(lint_examples(catalog))
    return catalog


def _raise_if_any(findings: list[Finding]) -> None:
    if findings:
        raise ContractError(findings)


def _catalog(tree: SchemaTree) -> Catalog:
    contracts = tuple(_contract(tree, event) for event in sorted(tree.events))
    return Catalog(contracts, shared_fragments(tree))


def _contract(tree: SchemaTree, event: str) -> Contract:
    versions = versions_of(tree, event, draft=lambda number: _version_schema(tree, event, number))
    newest = versions[-1]
    return Contract(
        event=event,
        source=_with_discriminators_of(tree, event, newest.number),
        versions=versions,
        valid_examples={
            name: _with_discriminators(example, newest)
            for name, example in tree.valid_examples.get(event, {}).items()
        },
        invalid_examples={
            name: InvalidExample(
                example["pointer"], example["keyword"], _with_discriminators(example["event"], newest)
            )
            for name, example in tree.invalid_examples.get(event, {}).items()
        },
    )


def _with_discriminators(example: Mapping[str, Any], version: Version) -> dict[str, Any]:
    return {"event": version.event, "schema_version": version.number, **example}


def _with_discriminators_of(tree: SchemaTree, event: str, number: str) -> dict[str, Any]:
    """The author's schema, complete but for its `$ref`s: what it is called, the envelope, its own fields."""
    schema = with_envelope(tree, event)
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


def _version_schema(tree: SchemaTree, event: str, number: str) -> Schema:
    identity = {"$schema": DRAFT_2020_12, "$id": f"urn:questlog:{event}:{number}"}
    return {**identity, **inlined(_with_discriminators_of(tree, event, number), shared_fragments(tree))}
