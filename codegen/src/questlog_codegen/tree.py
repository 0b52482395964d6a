"""Reads `schemas/` as it lies on disk, before anything is known to be right."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from questlog_codegen.contracts import Schema
from questlog_codegen.errors import ContractError, Finding

MAX_FILE_BYTES = 1_000_000
ENVELOPE = "envelope"
"""The fragment whose fields are put into every event."""


@dataclass(frozen=True)
class SchemaTree:
    """The parsed files of `schemas/`, by event or fragment name; examples by event, then by file stem."""

    root: Path
    dialect: Schema
    fragments: Mapping[str, Schema]
    events: Mapping[str, Schema]
    valid_examples: Mapping[str, Mapping[str, Any]]
    invalid_examples: Mapping[str, Mapping[str, Any]]
    released: Mapping[str, str]

    def version_file(self, event: str, number: str) -> Path:
        """Where codegen keeps a version, drafts and released ones alike."""
        return self.root / "schemas" / event / "versions" / f"{number}.json"


def read_tree(root: Path) -> SchemaTree:
    """Return what lies below `root/schemas`.

    Raises:
        ContractError: with a finding for every file that is not JSON, not an object, or too large.
    """
    reader = _Reader(root)
    schemas = root / "schemas"
    events = sorted(path.parent for path in schemas.glob("*/schema.json"))
    shared = {*(schemas / "shared").glob("*.json"), schemas / "shared" / "envelope.json"}
    tree = SchemaTree(
        root=root,
        dialect=reader.read(schemas / "dialect.json"),
        fragments={path.stem: reader.read(path) for path in sorted(shared)},
        events={folder.name: reader.read(folder / "schema.json") for folder in events},
        valid_examples={folder.name: reader.folder(folder / "examples" / "valid") for folder in events},
        invalid_examples={folder.name: reader.folder(folder / "examples" / "invalid") for folder in events},
        released=reader.read(schemas / "released.json").get("contracts", {}),
    )
    if reader.findings:
        raise ContractError(reader.findings)
    return tree


class _Reader:
    """Reads JSON objects and collects what cannot be read, so that all of it is told at once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.findings: list[Finding] = []

    def folder(self, folder: Path) -> dict[str, dict[str, Any]]:
        return {path.stem: self.read(path) for path in sorted(folder.glob("*.json"))}

    def read(self, path: Path) -> dict[str, Any]:
        try:
            return _object(path)
        except (OSError, ValueError, RecursionError) as error:
            place = path.relative_to(self._root).as_posix()
            self.findings.append(Finding(place, "", "UNREADABLE", str(error)))
            return {}


def _object(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ValueError(f"is larger than {MAX_FILE_BYTES} bytes: split it")
    text = path.read_text(encoding="utf-8")
    value = json.loads(text, object_pairs_hook=_unique, parse_constant=_not_json, parse_float=_finite)
    if not isinstance(value, dict):
        raise ValueError("must be a JSON object")  # noqa: TRY004 - one error type for one kind of finding
    return value


def _not_json(name: str) -> None:
    raise ValueError(f"has {name}, which is not JSON: write a number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("has a number too large to be held: write a smaller one")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse duplicate keys: json would keep the last one and silently drop what the author wrote first."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("has an object with the same key twice: remove one")
    return result
