"""The rule on what examples show together: every field, every value, and what is required missing."""

from collections.abc import Iterator, Mapping
from typing import Any

from questlog_codegen.lint.base import ENVELOPE_VALUES
from questlog_codegen.lint.examples import example_file, read
from questlog_codegen.lint.nodes import Node, Told, pointer
from questlog_codegen.lint.rule import Rule, fields, merged
from questlog_codegen.lint.subject import Subject


def coverage(subject: Subject) -> Iterator[Told]:
    """Examples show every field and every value of an enum, and an event without each required field."""
    for node in subject.nodes:
        event = node.file.split("/")[1]
        if node.file == f"schemas/{event}/schema.json" and event in subject.assembly.events:
            yield from _uncovered(subject, event, node)


def _uncovered(subject: Subject, event: str, node: Node) -> Iterator[Told]:
    valid = [example for _, example in read(subject, event, "valid")]
    claims = [example for _, example in read(subject, event, "invalid")]
    if valid and "enum" in node.schema:
        shown = {
            value for example in valid for value in _values(example, node.pointer) if isinstance(value, str)
        }
        if unseen := [value for value in node.schema["enum"] if value not in shown]:
            yield node.says(f"no valid example has {_some(unseen)}: add one for each value", "enum")
    if node.pointer.count("/") != 2:  # noqa: PLR2004 - /properties/name: a field of the event itself
        return
    required = node.name in subject.assembly.events[event]["required"]
    if not required and valid and not any(node.name in example for example in valid):
        yield node.says(f"no valid example has `{node.name}`: put it into one")
    claim = (pointer((node.name,)), "required")
    if required and claims and claim not in [(each.get("pointer"), each.get("keyword")) for each in claims]:
        yield node.says(
            f"no invalid example leaves `{node.name}` out: add one that names required at {claim[0]}"
        )


def _values(example: Mapping[str, Any], place: str) -> list[Any]:
    """Return what stands in an example where `/properties/name/items...` leads, in every element of lists."""
    _, _, name, *lists = place.split("/")
    values = [example[name]] if name in example else []
    for _ in lists:
        values = [element for value in values if isinstance(value, list) for element in value]
    return values


def _some(values: list[str]) -> str:
    shown = ", ".join(f"`{value}`" for value in values[:5])
    return shown if len(values) <= 5 else f"{shown} and {len(values) - 5} more"  # noqa: PLR2004 - one readable line


_KIND = {"kind": {"type": "string", "enum": ["daily", "weekly"]}}
_DAILY = example_file("valid", "daily", **ENVELOPE_VALUES, points=1, kind="daily")
_WEEKLY = example_file("valid", "weekly", **ENVELOPE_VALUES, points=1, kind="weekly")

RULES = (
    Rule(
        "EXAMPLE_COVERAGE",
        coverage,
        valid=merged((fields(**_KIND), _DAILY, _WEEKLY)),
        invalid=merged((fields(**_KIND), _DAILY)),
        severity="warning",
        waivable=True,
    ),
)
