"""Which versions an event has: the released ones, frozen by hash, and at most one draft."""

import json
from collections.abc import Callable
from pathlib import Path

from questlog_codegen.contracts import Schema, Version
from questlog_codegen.errors import ContractError, Finding
from questlog_codegen.tree import SchemaTree

FIRST = (1, 0)


def versions_of(tree: SchemaTree, event: str, *, draft: Callable[[str], Schema]) -> tuple[Version, ...]:
    """Return the versions of `event`, oldest first; `draft(number)` renders the author's file as a version.

    Raises:
        ContractError: when a released version's file or contract was changed.
    """
    released = [_released(tree, event, number) for number in _released_numbers(tree, event)]
    if not released:
        return (Version(event, *FIRST, draft(_number(FIRST))),)
    newest = released[-1]
    current = Version(event, newest.major, newest.minor, draft(newest.number), "released")
    if current.digest != newest.digest:
        raise _changed(tree, event, newest)
    return (*released[:-1], current)


def _released_numbers(tree: SchemaTree, event: str) -> list[tuple[int, int]]:
    keys = [key.split("/") for key in tree.released]
    return sorted(_parsed(number) for name, number in keys if name == event)


def _released(tree: SchemaTree, event: str, number: tuple[int, int]) -> Version:
    path = tree.version_file(event, _number(number))
    version = Version(event, *number, _read(path, tree.root), "released")
    if version.digest != tree.released[version.key]:
        raise _changed(tree, event, version)
    return version


def _read(path: Path, root: Path) -> Schema:
    try:
        schema: Schema = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"is released and cannot be read; restore it from git ({type(error).__name__})"
        place = path.relative_to(root).as_posix()
        raise ContractError([Finding(place, "", "RELEASED_MISSING", message)]) from error
    return schema


def _changed(tree: SchemaTree, event: str, version: Version) -> ContractError:
    place = tree.version_file(event, version.number).relative_to(tree.root).as_posix()
    message = f"{version.key} is released and its contract cannot change; undo the change"
    return ContractError([Finding(place, "", "RELEASED_CHANGED", message)])


def _number(pair: tuple[int, int]) -> str:
    return f"{pair[0]}.{pair[1]}"


def _parsed(number: str) -> tuple[int, int]:
    major, minor = number.split(".")
    return int(major), int(minor)
