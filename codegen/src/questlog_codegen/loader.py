"""Files in `schemas/` -> `Catalog`: reads, bundles `$ref`s, puts the envelope into every event."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from questlog_codegen.bundle import discriminated, inlined, shared_fragments, with_envelope
from questlog_codegen.contracts import DRAFT_2020_12, Catalog, Contract, InvalidExample, Schema, Version
from questlog_codegen.errors import ContractError, Finding
from questlog_codegen.lint import lint
from questlog_codegen.releases import migrations
from questlog_codegen.releases.ledger import Released, read_released
from questlog_codegen.releases.lineage import lineage_of, orphans
from questlog_codegen.tree import SchemaTree, read_tree


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
    _raise_if_any([*errors, *orphans(released, tree.events), *migrations.broken(root, released)])
    return Catalog(
        contracts=_contracts(tree, released),
        fragments=shared_fragments(tree),
        frozen=migrations.frozen(root, released),
        next_migration=migrations.next_number(root, released),
        warnings=warnings,
    )


def _raise_if_any(findings: list[Finding]) -> None:
    if findings:
        raise ContractError(findings)


def _contracts(tree: SchemaTree, released: Released) -> tuple[Contract, ...]:
    contracts: list[Contract] = []
    findings: list[Finding] = []
    for event in sorted(tree.events):
        try:
            contracts.append(_contract(tree, released, event))
        except ContractError as error:
            findings += error.findings
    _raise_if_any(findings)
    return tuple(contracts)


def _contract(tree: SchemaTree, released: Released, event: str) -> Contract:
    valid = tree.valid_examples.get(event, {})
    lineage = lineage_of(
        tree.root,
        released,
        event,
        draft=lambda number: version_schema(tree, event, number),
        examples=tuple(valid.values()),
    )
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
