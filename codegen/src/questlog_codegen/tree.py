"""Reads `schemas/` as it lies on disk, before anything is known to be right."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from questlog_codegen.contracts import Schema
from questlog_codegen.errors import CodegenError, Finding

MAX_FILE_BYTES = 1_000_000
MAX_NESTING = 64
"""Deepest nesting of objects and lists in a file: what every parser and validator takes."""

ENVELOPE = "envelope"
"""The fragment whose fields are put into every event."""

_SHARED = "shared"
_HALF_A_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True)
class SchemaTree:
    """The parsed files of `schemas/`, by event or fragment name; examples by event, then by file stem.

    A file in `unreadable` is an empty object here. `files` are all JSON files, relative to `schemas/`.
    """

    root: Path
    dialect: Schema
    fragments: Mapping[str, Schema]
    events: Mapping[str, Schema]
    valid_examples: Mapping[str, Mapping[str, Any]]
    invalid_examples: Mapping[str, Mapping[str, Any]]
    released: Mapping[str, str]
    unreadable: tuple[Finding, ...] = ()
    files: tuple[str, ...] = ()


def schemas_folder(root: Path) -> Path:
    """Return the folder of contracts in the repository at `root`.

    Raises:
        CodegenError: when there is none.
    """
    folder = root / "schemas"
    if not folder.is_dir():
        raise CodegenError(f"there is no schemas/ in {root}: run it in the repository, or say --root")
    return folder


def read_tree(root: Path) -> SchemaTree:
    """Return what lies below `root/schemas`; what is not JSON, no object or too large is a finding in it.

    Raises:
        CodegenError: when there is no such folder.
    """
    schemas = schemas_folder(root)
    reader = _Reader(root)
    folders = sorted(path.parent for path in schemas.glob("*/schema.json"))
    events = [folder for folder in folders if folder.name != _SHARED]
    contracts = reader.read(schemas / "released.json").get("contracts")
    shared = {*(schemas / _SHARED).glob("*.json"), schemas / _SHARED / f"{ENVELOPE}.json"}
    return SchemaTree(
        root=root,
        dialect=reader.read(schemas / "dialect.json"),
        fragments={path.stem: reader.read(path) for path in sorted(shared)},
        events={folder.name: reader.read(folder / "schema.json") for folder in events},
        valid_examples={folder.name: reader.folder(folder / "examples" / "valid") for folder in events},
        invalid_examples={folder.name: reader.folder(folder / "examples" / "invalid") for folder in events},
        released=contracts if isinstance(contracts, dict) else {},
        unreadable=tuple(reader.findings),
        files=tuple(sorted(path.relative_to(schemas).as_posix() for path in schemas.rglob("*.json"))),
    )


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
            self.findings.append(Finding(place, "", "UNREADABLE", _reason(error)))
            return {}


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return _too_deep()
    if isinstance(error, FileNotFoundError):
        return "is missing: write it, or restore it from git"
    if isinstance(error, OSError):
        return f"cannot be read: make it a file that can ({error.strerror})"
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8 at byte {error.start}: save it as UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON at line {error.lineno} column {error.colno}: {_syntax(error)}"
    return str(error)


def _syntax(error: json.JSONDecodeError) -> str:
    """Return what is wrong there in words that say what to do, those of the parser where they do."""
    before, after = error.doc[: error.pos].rstrip(), error.doc[error.pos :].lstrip()
    if after.startswith(",") and error.msg.startswith("Illegal trailing comma"):
        before, after = f"{before},", after[1:].lstrip()  # Python 3.13 points at the comma, not behind it
    first = after[:1]
    cases = (
        (first == "\ufeff", "begins with a byte order mark: save it without BOM"),
        (not after, "the file ends too early: write what is missing, such as a last }"),
        (after.startswith(("//", "/*", "#")), "JSON has no comments: say it in a description"),
        (first in "]}" and before.endswith(","), f"a comma stands before the {first}: remove it"),
        (first in "'\u2018\u2019\u201c\u201d", f"{first} does not quote: write double quotes"),
        (first == '"' and "',' delimiter" in error.msg, "a comma is missing before this: write one"),
        (error.msg.startswith("Unterminated"), "a quote is not closed: write the other one"),
        (error.msg == "Extra data", "something stands after the end: remove it"),
    )
    return next((words for holds, words in cases if holds), error.msg)


def _object(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ValueError(f"is larger than {MAX_FILE_BYTES} bytes: split it")
    text = path.read_text(encoding="utf-8")
    value = json.loads(
        text, object_pairs_hook=_unique, parse_constant=_not_json, parse_float=_finite, parse_int=_whole
    )
    if not isinstance(value, dict):
        raise ValueError("must be a JSON object: put it into { }")  # noqa: TRY004 - one error type for one kind of finding
    if nesting(value) > MAX_NESTING:
        raise ValueError(_too_deep())
    if _HALF_A_CHARACTER.search(text):
        _whole_characters(value)
    return value


def _too_deep() -> str:
    return f"is nested deeper than {MAX_NESTING} levels: flatten it"


def nesting(value: Any) -> int:
    """Return how many objects and lists lie within each other in a JSON value."""
    level, depth = [value], 0
    while level := [item for item in level if isinstance(item, dict | list)]:
        level = [child for item in level for child in (item.values() if isinstance(item, dict) else item)]
        depth += 1
    return depth


def _whole_characters(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise ValueError(f"has {half}, half of a character: write both halves or the character") from error


def _not_json(name: str) -> None:
    raise ValueError(f"has {name}, which is not JSON: write a number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("has a number too large to be held: write a smaller one")
    return number


def _whole(text: str) -> int:
    """Refuse an integer that no double holds: numbers are doubles to most who read JSON."""
    _finite(text)
    return int(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse duplicate keys: json would keep the last one and silently drop what the author wrote first."""
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"has an object with the same key twice: remove one `{twice[:64]}`")
    return result
