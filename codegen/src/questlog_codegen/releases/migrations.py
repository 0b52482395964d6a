"""The warehouse's `V` migrations on disk: which are frozen, and which number comes next."""

import re
from collections.abc import Iterator
from pathlib import Path

from questlog_codegen.contracts import FIRST_GENERATED_MIGRATION
from questlog_codegen.errors import Finding
from questlog_codegen.releases.ledger import SCRIPT_NAME, Released, digest_of, restored

PACKAGE = "warehouse/src/questlog_warehouse"
_HAND_WRITTEN, _GENERATED = "foundation", "_generated"
"""Folders: hand-written and generated migrations share one sequence of numbers, as schemachange asks."""


def on_disk(root: Path) -> dict[str, str]:
    """Return all `V` migrations there are, file name -> text, by name."""
    paths = [path for folder in (_HAND_WRITTEN, _GENERATED) for path in _scripts(root, folder)]
    return {path.name: _text(path) for path in sorted(paths, key=lambda path: path.name)}


def frozen(root: Path, released: Released) -> dict[str, str]:
    """Return the released migrations that are generated, file name -> text; what is missing is left out."""
    scripts = {path.name: _text(path) for path in _scripts(root, _GENERATED)}
    return {name: text for name, text in scripts.items() if name in released.migrations}


def next_number(root: Path, released: Released) -> int:
    """Return the first number that no released and no hand-written migration has, for the drafts."""
    names = {*released.migrations, *(path.name for path in _scripts(root, _HAND_WRITTEN))}
    return max([FIRST_GENERATED_MIGRATION, *(_number(name) + 1 for name in names)])


def broken(root: Path, released: Released) -> Iterator[Finding]:
    """Yield a finding for each released migration that is gone or changed, each that cannot be applied."""
    yield from _changed(root, released)
    yield from _misnamed(root)
    yield from _misnumbered(root, released)


def _changed(root: Path, released: Released) -> Iterator[Finding]:
    files = {path.name: path for folder in (_GENERATED, _HAND_WRITTEN) for path in _scripts(root, folder)}
    for name, digest in released.migrations.items():
        path = files.get(name)
        if path is None:
            place = f"{PACKAGE}/{_GENERATED}/{name}"
            message = f"is released and was applied somewhere: {restored(place)}"
            yield Finding(place, "", "RELEASED_MISSING", message)
        elif digest_of(_text(path)) != digest:
            place = path.relative_to(root).as_posix()
            message = f"is released and was applied somewhere, so it cannot change: {restored(place)}"
            yield Finding(place, "", "RELEASED_CHANGED", message)


def _misnamed(root: Path) -> Iterator[Finding]:
    for path in _scripts(root, _HAND_WRITTEN):
        if not SCRIPT_NAME.fullmatch(path.name):
            message = "is no name for a migration: write V0014__what_it_does.sql, the rest in lower case"
            yield Finding(path.relative_to(root).as_posix(), "", "MIGRATION_NAME", message)


def _misnumbered(root: Path, released: Released) -> Iterator[Finding]:
    """Schemachange refuses a number that stands twice, and skips one below the highest it has applied."""
    highest = max(map(_number, released.migrations), default=0)
    hand_written = {path.name for path in _scripts(root, _HAND_WRITTEN)}
    seen: dict[int, str] = {}
    for name in [*released.migrations, *sorted(hand_written - set(released.migrations))]:
        number, folder = _number(name), _HAND_WRITTEN if name in hand_written else _GENERATED
        if number in seen:
            message = f"has the number of {seen[number]}: {_RENUMBER}"
            yield Finding(f"{PACKAGE}/{folder}/{name}", "", "MIGRATION_NUMBER", message)
        elif name not in released.migrations and number <= highest:
            message = (
                f"would be skipped where V{highest:04} was applied: give it the number {highest + 1} or more"
            )
            yield Finding(f"{PACKAGE}/{folder}/{name}", "", "MIGRATION_NUMBER", message)
        seen.setdefault(number, name)


_RENUMBER = "two branches released at once; take the branch back that was not deployed, and release on main"


def _scripts(root: Path, folder: str) -> list[Path]:
    """Return the versioned scripts of a folder; schemachange does not mind the case of the V."""
    found = (root / PACKAGE / folder).glob("[Vv]*.sql")
    return sorted(path for path in found if path.is_file())


def _number(name: str) -> int:
    return int(re.sub(r"\D.*", "", name[1:]) or 0)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")
