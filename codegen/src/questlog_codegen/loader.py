"""Files in `schemas/` -> `Catalog`: reads, bundles `$ref`s, puts the envelope into every event."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from questlog_codegen.bundle import discriminated, inlined, shared_fragments, with_envelope
from questlog_codegen.contracts import DRAFT_2020_12, Catalog, Contract, InvalidExample, Schema, Version
from questlog_codegen.errors import ContractError
from questlog_codegen.lint import lint
from questlog_codegen.releases import migrations
from questlog_codegen.releases.frozen import Frozen, read_frozen
from questlog_codegen.releases.ledger import read_released
from questlog_codegen.releases.lineage import Lineage, lineage_of
from questlog_codegen.tree import SchemaTree, read_tree

_ABOUT_EXAMPLES = "EXAMPLE_"


def load_catalog(root: Path) -> Catalog:
    """Return every contract below `root/schemas`, linted, with all its versions.

    Raises:
        ContractError: with all findings, when a file is unreadable or breaks the dialect, when an
            example does not do what it says, or when something released was changed.
    """
    tree = read_tree(root)
    released = read_released(root)
    told = lint(tree, datetime.now(UTC).date())
    warnings = tuple(finding for finding in told if finding.severity == "warning")
    errors = [finding for finding in told if finding.severity == "error"]
    frozen = read_frozen(root, released, tree.events)
    errors += [*frozen.findings, *migrations.broken(root, released)]
    if not all(finding.code.startswith(_ABOUT_EXAMPLES) for finding in errors):
        raise ContractError(errors)
    lineages = {event: _lineage(tree, event, frozen) for event in sorted(tree.events)}
    if errors:
        raise ContractError(errors, note=_once_right(lineages))
    renamed = [warning for lineage in lineages.values() for warning in lineage.warnings]
    return Catalog(
        contracts=tuple(_contract(tree, event, lineage) for event, lineage in lineages.items()),
        fragments=shared_fragments(tree),
        frozen=migrations.frozen(root, released),
        next_migration=migrations.next_number(root, released),
        warnings=(*warnings, *renamed),
    )


def _lineage(tree: SchemaTree, event: str, frozen: Frozen) -> Lineage:
    return lineage_of(
        event,
        frozen.versions.get(event, ()),
        draft=lambda number: version_schema(tree, event, number),
        examples=tuple(tree.valid_examples.get(event, {}).values()),
    )


def _once_right(lineages: Mapping[str, Lineage]) -> str:
    """Say which versions there will be: an author wants to know before mending thirty examples."""
    drafts = [lineage.versions[-2:] for lineage in lineages.values() if lineage.comparison]
    names = ", ".join(f"{old.event} {old.number} -> {new.number}" for old, new in drafts)
    return f"With the examples put right: {names}; `diff` shows why." if drafts else ""


def _contract(tree: SchemaTree, event: str, lineage: Lineage) -> Contract:
    valid = tree.valid_examples.get(event, {})
    newest = lineage.versions[-1]
    return Contract(
        event=event,
        source=discriminated(with_envelope(tree, event), event, newest.number),
        versions=lineage.versions,
        valid_examples={name: _with_discriminators(example, newest) for name, example in valid.items()},
        invalid_examples={
            name: InvalidExample(
                example["pointer"], example["keyword"], _with_discriminators(example["event"], newest)
            )
            for name, example in tree.invalid_examples.get(event, {}).items()
        },
        comparison=lineage.comparison,
    )


def _with_discriminators(example: Mapping[str, Any], version: Version) -> dict[str, Any]:
    return {"event": version.event, "schema_version": version.number, **example}


def version_schema(tree: SchemaTree, event: str, number: str) -> Schema:
    """Return the author's file as the version `number`: complete, no `$ref` left in it."""
    identity = {"$schema": DRAFT_2020_12, "$id": f"urn:questlog:{event}:{number}"}
    return {
        **identity,
        **inlined(discriminated(with_envelope(tree, event), event, number), shared_fragments(tree)),
    }
