"""Rules on names: how they are spelt, who has them already, and one meaning for one name."""

from collections.abc import Iterator
from typing import Any

from questlog_codegen.bundle import fragment_name
from questlog_codegen.contracts import DISCRIMINATORS, Schema
from questlog_codegen.lint.base import ENVELOPE_VALUES, POINTS
from questlog_codegen.lint.nodes import Node, Told
from questlog_codegen.lint.rule import Patch, Rule, described, field, fields, schema, text
from questlog_codegen.lint.subject import Subject
from questlog_codegen.names import misspelt, owner_of_event, owner_of_field, owner_of_title
from questlog_codegen.tree import ENVELOPE


def event_name(subject: Subject) -> Iterator[Told]:
    """An event's folder and a fragment's file are snake_case names that no layer has already."""
    for name, file in _files(subject):
        if message := misspelt(name):
            yield file, "", message
        elif owner := owner_of_event(name):
            yield file, "", f"`{name}` belongs to {owner}: choose another name"


def title_taken(subject: Subject) -> Iterator[Told]:
    """A title is a class in the SDK, and no two are alike."""
    seen: dict[str, str] = {}
    for node in subject.by_age:
        if node.kind != "field":
            title = node.schema["title"]
            owner = owner_of_title(title) or seen.get(title)
            if owner:
                yield node.says(f"`{title}` is a class of {owner} already: choose another title", "title")
            seen.setdefault(title, node.file)


def title_place(subject: Subject) -> Iterator[Told]:
    """Only a whole file has a title: it is the class that its fields belong to."""
    for node in subject.nodes:
        if node.kind == "field" and "title" in node.schema:
            yield node.says("a field has no class of its own: drop the title", "title")


def name_taken(subject: Subject) -> Iterator[Told]:
    """An event's own field is not called like one that code generation puts into every event."""
    for node in subject.nodes:
        if _is_taken(node, subject):
            yield node.says(f"`{node.name}` is put into every event by code generation: choose another name")


def _is_taken(node: Node, subject: Subject) -> bool:
    envelope = subject.tree.fragments[ENVELOPE].get("properties", {})
    taken = {*DISCRIMINATORS, *(envelope if isinstance(envelope, dict) else ()), "context"}
    return node.name in taken and not node.file.startswith("schemas/shared/")


def name_reserved(subject: Subject) -> Iterator[Told]:
    """A field's name is a plain word in Python and in Snowflake."""
    for node in subject.nodes:
        owner = owner_of_field(node.name) if node.name else None
        if owner:
            yield node.says(f"`{node.name}` belongs to {owner}: choose another name")


def case(subject: Subject) -> Iterator[Told]:
    """Names differ by more than case: Snowflake writes all of them in capitals."""
    fields_of = [(node.name, node.file, node.pointer) for node in subject.visited if node.name is not None]
    for names in (fields_of, [(name, file, "") for name, file in _files(subject)]):
        # What is written in lower case is right, wherever it stands.
        first: dict[str, tuple[str, str, str]] = {}
        for place in sorted(names, key=lambda place: place[0] != place[0].lower()):
            name, file, pointer = place
            other, *where = first.setdefault(name.upper(), place)
            if other != name:
                message = f"`{name}` differs from `{other}` only by case ({'#'.join(where)}): write `{other}`"
                yield file, pointer, message


def same_type(subject: Subject) -> Iterator[Told]:
    """A name is of one type everywhere: who reads it in one event knows it in all."""
    first: dict[str, tuple[str, Node]] = {}
    for node in subject.by_age:
        shown = _type(node, subject)
        if node.name is None or not shown or _is_taken(node, subject):
            continue
        known, other = first.setdefault(node.name, (shown, node))
        if known != shown:
            place = f"{other.file}#{other.pointer}"
            yield node.says(
                f"`{node.name}` is {shown} here and {known} in {place}: rename one, or make them alike"
            )


def _type(node: Node, subject: Subject) -> str:
    """Return type and format as they are read, the fragment's file for an object, empty when unknown."""
    whole = subject.assembly.resolved(node)
    if whole.get("type") == "object" and "$ref" in node.schema:
        return f"{fragment_name(node.schema['$ref'])}.json"
    return _shown(whole)


def _shown(whole: Schema) -> str:
    if whole.get("type") == "array":
        return f"array of {_shown(whole['items'])}"
    return " ".join(filter(None, (whole.get("type"), whole.get("format"))))


def _files(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield every name that is a folder's or a file's; those of the warehouse's tables are events'."""
    for name in subject.tree.events:
        yield name, f"schemas/{name}"
    for name in subject.tree.fragments:
        yield name, f"schemas/shared/{name}.json"


_TASK = {
    "$schema": "../dialect.json",
    "title": "Task",
    "description": "A task the player was given.",
    "x-owner": "design",
    "type": "object",
    "additionalProperties": False,
}


def _task(**nodes: Any) -> Patch:
    """Return the patch that adds a second event with some fields, and examples."""
    properties = {name: described(**node) for name, node in nodes.items()}
    return {
        "task/schema.json": {**_TASK, "properties": properties},
        "task/examples/valid/given.json": ENVELOPE_VALUES,
        "task/examples/invalid/unknown.json": {
            "pointer": "",
            "keyword": "additionalProperties",
            "event": {**ENVELOPE_VALUES, "unknown": True},
        },
    }


RULES = (
    Rule(
        "EVENT_NAME",
        event_name,
        valid=_task(prize=text()),
        invalid={name.replace("task", "order"): value for name, value in _task(prize=text()).items()},
    ),
    Rule("TITLE_TAKEN", title_taken, valid=schema(title="Errand"), invalid=schema(title="Money")),
    Rule("TITLE_PLACE", title_place, valid=field(**text()), invalid=field(**text(title="Extra"))),
    Rule("NAME_TAKEN", name_taken, valid=fields(prize_id=text()), invalid=fields(event_id=text())),
    Rule("NAME_RESERVED", name_reserved, valid=fields(position=text()), invalid=fields(order=text())),
    Rule("CASE", case, valid=_task(points=POINTS), invalid=_task(Points=POINTS)),
    Rule(
        "SAME_TYPE",
        same_type,
        valid=_task(points=POINTS),
        invalid=_task(points=text()),
        waivable=True,
    ),
)
