"""The warehouse's `V` migrations on disk: which are frozen, and which number comes next."""

import re
from collections.abc import Iterator
from pathlib import Path

from questlog_codegen.contracts import FIRST_GENERATED_MIGRATION
from questlog_codegen.errors import Finding
from questlog_codegen.releases.ledger import Released, digest_of

PACKAGE = "warehouse/src/questlog_warehouse"
FOLDERS = ("foundation", "_generated")
"""Hand-written and generated migrations share one sequence of numbers, as schemachange asks."""


def on_disk(root: Path) -> dict[str, Path]:
    """Return all `V` migrations there are, file name -> path."""
    paths = (path for folder in FOLDERS for path in (root / PACKAGE / folder).glob("V*.sql"))
    return {path.name: path for path in sorted(paths, key=lambda path: path.name)}


def frozen(root: Path, released: Released) -> dict[str, str]:
    """Return the released migrations that are generated, file name -> text; what is missing is left out."""
    files = {name: path for name, path in on_disk(root).items() if path.parent.name == "_generated"}
    return {name: _text(path) for name, path in files.items() if name in released.migrations}


def next_number(root: Path, released: Released) -> int:
    """Return the first number that no released and no hand-written migration has, for the drafts."""
    numbers = map(_number, (*released.migrations, *_hand_written(root)))
    return max([FIRST_GENERATED_MIGRATION, *(number + 1 for number in numbers)])


def broken(root: Path, released: Released) -> Iterator[Finding]:
    """Yield a finding for each released migration that is gone or changed, and each that comes too late."""
    yield from _skipped(root, released)
    files = on_disk(root)
    for name, digest in released.migrations.items():
        path = files.get(name)
        if path is None:
            message = "is released and was applied somewhere: restore it from git"
            yield Finding(f"{PACKAGE}/_generated/{name}", "", "RELEASED_MISSING", message)
        elif digest_of(_text(path)) != digest:
            place = path.relative_to(root).as_posix()
            message = f"is released and was applied somewhere, so it cannot change: git checkout -- {place}"
            yield Finding(place, "", "RELEASED_CHANGED", message)


def _skipped(root: Path, released: Released) -> Iterator[Finding]:
    """Schemachange skips a number below the highest it has applied."""
    highest = max(map(_number, released.migrations), default=0)
    for name in _hand_written(root):
        if name not in released.migrations and _number(name) <= highest:
            message = (
                f"would be skipped where V{highest:04} was applied: give it the number {highest + 1} or more"
            )
            yield Finding(f"{PACKAGE}/foundation/{name}", "", "MIGRATION_NUMBER", message)


def _hand_written(root: Path) -> list[str]:
    return [name for name, path in on_disk(root).items() if path.parent.name == "foundation"]


def _number(name: str) -> int:
    return int(re.sub(r"\D.*", "", name[1:]) or 0)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")
