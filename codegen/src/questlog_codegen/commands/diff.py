"""Compare two schema files: each change with its rule and verdict, a witness where it breaks, the bump."""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs

from questlog_codegen.bundle import discriminated, enveloped, inlined
from questlog_codegen.compatibility import compare
from questlog_codegen.contracts import DRAFT_2020_12, Schema
from questlog_codegen.report import change_lines, changes_as_data
from questlog_codegen.tree import nesting

_UNREADABLE = 2
_MAX_NESTING = 200  # of objects and lists in a foreign schema; every recursion here is well within its limit
_FRAGMENT = re.compile(r'"\$ref"\s*:\s*"(\.\./shared/)?[a-z][a-z0-9_]*\.json"')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("old", type=Path, metavar="OLD.json", help="a version, or an author's schema.json")
    parser.add_argument("new", type=Path, metavar="NEW.json", help="what it is to become")
    parser.add_argument("--json", action="store_true", help='{"bump": ..., "changes": [...]}')


def run(options: argparse.Namespace) -> int:
    """Print the comparison; exit status 0 whatever it says, 2 when a file is no schema."""
    try:
        comparison = compare(
            _read(options.old, options.root), _read(options.new, options.root), _examples(options.old)
        )
    except _UnreadableError as error:
        print(error, file=sys.stderr)
        return _UNREADABLE
    except RecursionError:
        print("one of the schemas is nested too deeply, or refers to itself", file=sys.stderr)
        return _UNREADABLE
    if options.json:
        data = {"bump": comparison.bump, "changes": changes_as_data(comparison.changes)}
        print(json.dumps(data, indent=2, ensure_ascii=False))
        return 0
    for change in comparison.changes:
        print(*change_lines(change), sep="\n")
    print(f"bump: {comparison.bump}")
    return 0


class _UnreadableError(Exception):
    """Raised for a file that is no JSON Schema."""


def _read(path: Path, root: Path) -> Schema:
    """Return the complete schema of a file: with what it refers to and, for an author's, the envelope."""
    try:
        text = path.read_text(encoding="utf-8")
        schema = json.loads(text)
        if not isinstance(schema, dict):
            raise _UnreadableError(f"{path}: must be a JSON object that is a JSON Schema")
        if nesting(schema) > _MAX_NESTING:
            raise _UnreadableError(f"{path}: is nested too deeply: at most {_MAX_NESTING} levels")
        jsonschema_rs.meta.validate({**schema, "$schema": DRAFT_2020_12})
        complete = _complete(schema, text, path, root)
        jsonschema_rs.Draft202012Validator({**complete, "$schema": DRAFT_2020_12}, offline=True)
    except OSError as error:
        raise _UnreadableError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise _UnreadableError(f"{path}: is no JSON Schema: {str(error).splitlines()[0]}") from error
    return complete


def _complete(schema: dict[str, Any], text: str, path: Path, root: Path) -> Schema:
    fragments = _Fragments(path, root)
    if _is_an_authors(schema):
        event = discriminated(enveloped(schema, fragments["envelope"]), path.resolve().parent.name, "0.0")
        return inlined(event, fragments)
    return inlined(schema, fragments) if _FRAGMENT.search(text) else schema


def _examples(path: Path) -> list[dict[str, Any]]:
    """Return the valid examples beside a contract's file, which make witnesses that read well."""
    event = path.resolve().parent
    folder = (event.parent if event.name == "versions" else event) / "examples" / "valid"
    return list(filter(None, map(_example, sorted(folder.glob("*.json")))))


def _example(file: Path) -> dict[str, Any] | None:
    try:
        example = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None  # the linter tells of it
    return example if isinstance(example, dict) else None


def _is_an_authors(schema: Schema) -> bool:
    return schema.get("$schema") == "../dialect.json" and {"x-owner", "properties"} <= set(schema)


class _Fragments(Mapping[str, Schema]):
    """The shared fragments, read when asked for: those beside the file, else the repository's."""

    def __init__(self, author: Path, root: Path) -> None:
        self._author = author
        self._folders = (author.resolve().parent.parent / "shared", root / "schemas" / "shared")

    def __getitem__(self, name: str) -> Schema:
        for folder in self._folders:
            path = folder / f"{name}.json"
            if path.is_file():
                fragment: Schema = json.loads(path.read_text(encoding="utf-8"))
                return fragment
        message = (
            f"refers to shared/{name}.json, which is neither beside it nor in the repository: use --root"
        )
        raise _UnreadableError(f"{self._author}: {message}")

    def __iter__(self) -> Iterator[str]:
        return iter({path.stem for folder in self._folders for path in folder.glob("*.json")})

    def __len__(self) -> int:
        return sum(1 for _ in self)
