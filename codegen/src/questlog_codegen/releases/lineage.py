"""Which versions an event has: the released ones, frozen by hash, and at most one draft with its number."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from questlog_codegen.changes import Change, Comparison
from questlog_codegen.compatibility import compare
from questlog_codegen.contracts import Schema, Version
from questlog_codegen.errors import Finding

_FIRST = (1, 0)


@dataclass(frozen=True, slots=True)
class Lineage:
    """The versions of an event, oldest first. `comparison` is the draft's, None for none or for the first."""

    versions: tuple[Version, ...]
    comparison: Comparison | None = None
    warnings: tuple[Finding, ...] = ()


def lineage_of(
    event: str,
    frozen: Sequence[Version],
    *,
    draft: Callable[[str], Schema],
    examples: Sequence[Mapping[str, Any]] = (),
) -> Lineage:
    """Return the versions of `event` after its `frozen` ones; `draft(number)` renders the author's file."""
    if not frozen:
        return Lineage((Version(event, *_FIRST, draft(_written(_FIRST))),))
    newest = frozen[-1]
    current = Version(event, newest.major, newest.minor, draft(newest.number), "released")
    warnings = tuple(_renamed(newest, current))
    if current.digest == newest.digest:
        return Lineage((*frozen[:-1], current), warnings=warnings)
    comparison = _against_all(frozen, current, examples)
    number = (newest.major + 1, 0) if comparison.bump == "major" else (newest.major, newest.minor + 1)
    return Lineage((*frozen, Version(event, *number, draft(_written(number)))), comparison, warnings)


def _written(pair: tuple[int, int]) -> str:
    return f"{pair[0]}.{pair[1]}"


def _renamed(released: Version, current: Version) -> Iterator[Finding]:
    """A title is text, and a class in the SDK all the same."""
    before, after = (version.schema.get("title") for version in (released, current))
    if before != after:
        message = f"renames the SDK's class {before} to {after}: callers who name it must follow"
        yield Finding(f"schemas/{current.event}/schema.json", "/title", "TITLE_RENAMED", message, "warning")


def _against_all(
    frozen: Sequence[Version], current: Version, examples: Sequence[Mapping[str, Any]]
) -> Comparison:
    """Compare with every version of the newest major: an older one may hold what the newest let go."""
    newest = compare(frozen[-1].schema, current.schema, examples)
    known = {(change.rule, change.pointer) for change in newest.changes}
    older = [version for version in frozen[:-1] if version.major == current.major]
    more: list[Change] = []
    for version in older:
        changes = compare(version.schema, current.schema, examples).changes
        more += [change for change in changes if change.breaks and (change.rule, change.pointer) not in known]
    return Comparison((*newest.changes, *more))
