"""The released versions as they lie on disk, each held against its hash."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from questlog_codegen.contracts import Schema, Version
from questlog_codegen.errors import Finding
from questlog_codegen.releases.ledger import Released, restored


@dataclass(frozen=True, slots=True)
class Frozen:
    """The released versions of each event, oldest first, and a finding for each that is not as released."""

    versions: dict[str, list[Version]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_frozen(root: Path, released: Released, events: Iterable[str]) -> Frozen:
    """Return what was released, read from `root`; `events` are those that have an author's file."""
    frozen = Frozen()
    for event, number in sorted(map(_parsed, released.contracts)):
        _read(frozen, root, released, event, number)
    frozen.findings.extend(_orphan(event) for event in sorted(set(frozen.versions) - set(events)))
    return frozen


def _read(frozen: Frozen, root: Path, released: Released, event: str, number: tuple[int, int]) -> None:
    file = f"schemas/{event}/versions/{number[0]}.{number[1]}.json"
    schema = _schema(root / file)
    version = Version(event, *number, schema or {}, "released")
    frozen.versions.setdefault(event, []).append(version)
    if schema is None:
        message = f"is released and cannot be read: {restored(file)}"
        frozen.findings.append(Finding(file, "", "RELEASED_MISSING", message))
    elif _digest(version) != released.contracts[version.key]:
        message = f"{version.key} is released and its contract cannot change: {restored(file)}"
        frozen.findings.append(Finding(file, "", "RELEASED_CHANGED", message))


def _digest(version: Version) -> str | None:
    """Return the digest, None for what was edited so far that it is no schema any more."""
    try:
        return version.digest
    except (TypeError, AttributeError, UnicodeError):
        return None


def _schema(path: Path) -> Schema | None:
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return schema if isinstance(schema, dict) else None


def _orphan(event: str) -> Finding:
    """Every released event keeps its author's file."""
    message = (
        'has released versions and cannot go: restore it from git; `"deprecated": true` retires an event'
    )
    return Finding(f"schemas/{event}/schema.json", "", "RELEASED_MISSING", message)


def _parsed(key: str) -> tuple[str, tuple[int, int]]:
    event, _, number = key.partition("/")
    major, minor = number.split(".")
    return event, (int(major), int(minor))
