"""Rules on which files there are: each is read by something."""

from collections.abc import Iterator

from questlog_codegen.lint.assembly import reached
from questlog_codegen.lint.base import ENVELOPE_VALUES
from questlog_codegen.lint.nodes import Told
from questlog_codegen.lint.rule import Rule, closed, fields, fragment, merged, text
from questlog_codegen.lint.subject import Subject
from questlog_codegen.tree import ENVELOPE, SchemaTree

_AT_THE_TOP = frozenset({"dialect.json", "released.json"})
_OF_EVENTS = (("examples", "valid"), ("examples", "invalid"), ("versions",))


def stray_file(subject: Subject) -> Iterator[Told]:
    """A JSON file in `schemas/` stands where something reads it."""
    tree = subject.tree
    released = {key.split("/")[0] for key in tree.released}
    for file in tree.files:
        top, *below = file.split("/")
        if top.startswith(".") or (top in released and top not in tree.events):
            continue  # an editor's; or a released event, whose absence is told of
        if below and top not in {"shared", *tree.events}:
            yield f"schemas/{top}", "", "has no schema.json: write it, or remove the folder"
        elif message := _astray(top, below, tree):
            yield f"schemas/{file}", "", f"is read by nothing: {message}"


def _astray(top: str, below: list[str], tree: SchemaTree) -> str | None:
    """Return where a file belongs instead, None when it is right."""
    if not below:
        return None if top in _AT_THE_TOP else "call it schema.json in a folder of its own, or remove it"
    if top not in tree.events:
        return None if len(below) == 1 else "move it into schemas/shared/, or remove it"
    if below == ["schema.json"] or tuple(below[:-1]) in _OF_EVENTS:
        return None
    return "move it into examples/valid/ or examples/invalid/, or remove it"


def unused_fragment(subject: Subject) -> Iterator[Told]:
    """Some event is made of every shared fragment."""
    tree = subject.tree
    if not tree.events or any(finding.file.endswith("/schema.json") for finding in tree.unreadable):
        return
    used = reached([*tree.events.values(), tree.fragments[ENVELOPE]], tree.fragments) | {ENVELOPE}
    for name in tree.fragments:
        if name not in used:
            message = f"no event refers to it: $ref ../shared/{name}.json, or remove the file"
            yield f"schemas/shared/{name}.json", "", message


_LOST = {**ENVELOPE_VALUES, "points": 0}
_STONE = fragment("stone", **closed(stone_color=text()))

RULES = (
    Rule(
        "STRAY_FILE",
        stray_file,
        valid={"quest/examples/valid/lost.json": _LOST},
        invalid={"quest/examples/lost.json": _LOST},
    ),
    Rule(
        "UNUSED_FRAGMENT",
        unused_fragment,
        valid=merged((_STONE, fields(stone={"$ref": "../shared/stone.json"}))),
        invalid=_STONE,
        severity="warning",
    ),
)
