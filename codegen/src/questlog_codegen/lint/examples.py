"""Rules on examples: they do what they say, and together they show everything an event may be."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from jsonschema.protocols import Validator
from jsonschema_rs import Draft202012Validator

from questlog_codegen.contracts import Schema, strip_annotations
from questlog_codegen.keywords import FORMATS, detail
from questlog_codegen.lint.base import ENVELOPE_VALUES
from questlog_codegen.lint.nodes import Node, Told, pointer
from questlog_codegen.lint.rule import Patch, Rule, fields, merged
from questlog_codegen.lint.subject import MAX_FINDINGS, Subject
from questlog_codegen.reference import FORMAT_CHECKER, ReferenceValidator

_MEMBERS = {"pointer": str, "keyword": str, "event": dict}


def shape(subject: Subject) -> Iterator[Told]:
    """An invalid example says what it breaks."""
    for event in subject.tree.events:
        for file, example in _read(subject, event, "invalid"):
            if not _is_claim(example):
                yield file, "", 'must be {"pointer": "/field", "keyword": "minimum", "event": {...}}'


def missing(subject: Subject) -> Iterator[Told]:
    """Every event has at least one valid and one invalid example."""
    for event in subject.tree.events:
        for kind in ("valid", "invalid"):
            if not _of(subject, event, kind):
                yield (
                    f"schemas/{event}/examples/{kind}",
                    "",
                    "has no example: add a JSON file that shows the event",
                )


def invalid(subject: Subject) -> Iterator[Told]:
    """A valid example is valid."""
    for event, whole in subject.assembly.events.items():
        quick, wordy = _quick(whole), _wordy(whole)
        for file, example in _read(subject, event, "valid"):
            if not quick.is_valid(example):
                for error in islice(wordy.iter_errors(example), MAX_FINDINGS + 1):
                    sentence = detail(str(error.validator), error.validator_value)
                    message = f"{sentence} ({error.validator}): change the example or the schema"
                    yield file, pointer(error.absolute_path), message


def reason(subject: Subject) -> Iterator[Told]:
    """An invalid example breaks the keyword it names, and nothing in another place."""
    for event, whole in subject.assembly.events.items():
        wordy = _wordy(whole)
        for file, example in _read(subject, event, "invalid"):
            if _is_claim(example) and (message := _contradiction(example, whole, wordy)):
                yield file, "/keyword", message


def _contradiction(claim: Mapping[str, Any], whole: Schema, wordy: Validator) -> str | None:
    """Return in what the reason an example gives is wrong."""
    errors = islice(wordy.iter_errors(claim["event"]), MAX_FINDINGS)
    found = {(pointer(error.absolute_path), str(error.validator)) for error in errors}
    named = (claim["pointer"], claim["keyword"])
    if named in found and {place for place, _ in found} == {named[0]}:
        return None
    if named not in found and _takes_anything(whole, claim["pointer"]):
        return None  # what is wrong with that field is told already
    really = " and ".join(f"{keyword} at '{place}'" for place, keyword in sorted(found)[:5]) or "nothing"
    return f"names {named[1]} at '{named[0]}', but breaks {really}: name that, or change the event"


def _takes_anything(whole: Schema, place: str) -> bool:
    """Tell whether a pointer leads into a field that could not be judged."""
    node = whole
    for step in place.split("/")[1:]:
        if step in node.get("properties", {}):
            node = node["properties"][step]
        elif step.isdigit() and "items" in node:
            node = node["items"]
        else:
            return False
        if "type" not in node:
            return True
    return False


def coverage(subject: Subject) -> Iterator[Told]:
    """Examples show every field and every value of an enum, and an event without each required field."""
    for node in subject.nodes:
        event = node.file.split("/")[1]
        if node.file == f"schemas/{event}/schema.json" and event in subject.assembly.events:
            yield from _uncovered(subject, event, node)


def _uncovered(subject: Subject, event: str, node: Node) -> Iterator[Told]:
    valid = [example for _, example in _read(subject, event, "valid")]
    claims = [example for _, example in _read(subject, event, "invalid")]
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


def _quick(whole: Schema) -> Draft202012Validator:
    """Return a validator that is fast, and says no more than yes or no."""
    formats = {name: _matches(each) for name, each in FORMATS.items()}
    return Draft202012Validator(dict(strip_annotations(whole)), validate_formats=True, formats=formats)


def _matches(expression: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda value: expression.fullmatch(value) is not None


def _wordy(whole: Schema) -> Validator:
    validator: Validator = ReferenceValidator(whole, format_checker=FORMAT_CHECKER)
    return validator


def _of(subject: Subject, event: str, kind: str) -> Mapping[str, Any]:
    tree = subject.tree
    return (tree.valid_examples if kind == "valid" else tree.invalid_examples).get(event, {})


def _read(subject: Subject, event: str, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield file and value of every example that could be read."""
    for name, example in _of(subject, event, kind).items():
        file = f"schemas/{event}/examples/{kind}/{name}.json"
        if file not in subject.unreadable:
            yield file, example


def _is_claim(example: Mapping[str, Any]) -> bool:
    return set(example) == set(_MEMBERS) and all(
        isinstance(example[name], kind) for name, kind in _MEMBERS.items()
    )


def _example(folder: str, stem: str, **changes: Any) -> Patch:
    return {f"quest/examples/{folder}/{stem}.json": changes}


_KIND = {"kind": {"type": "string", "enum": ["daily", "weekly"]}}
_DAILY = _example("valid", "daily", **ENVELOPE_VALUES, points=1, kind="daily")

RULES = (
    Rule(
        "EXAMPLE_SHAPE",
        shape,
        valid=_example("invalid", "no_points", pointer="/points", keyword="required"),
        invalid=_example("invalid", "no_points", pointer=None),
    ),
    Rule(
        "EXAMPLE_MISSING",
        missing,
        valid=_example("valid", "lost", **ENVELOPE_VALUES, points=0),
        invalid={"quest/examples/valid/won.json": None},
    ),
    Rule(
        "EXAMPLE_INVALID",
        invalid,
        valid=_example("valid", "won", points=99),
        invalid=_example("valid", "won", points=100),
    ),
    Rule(
        "EXAMPLE_REASON",
        reason,
        valid=_example(
            "invalid",
            "negative",
            pointer="/points",
            keyword="minimum",
            event={**ENVELOPE_VALUES, "points": -1},
        ),
        invalid=_example(
            "invalid",
            "negative",
            pointer="/points",
            keyword="maximum",
            event={**ENVELOPE_VALUES, "points": -1},
        ),
    ),
    Rule(
        "EXAMPLE_COVERAGE",
        coverage,
        valid=merged(
            (fields(**_KIND), _DAILY, _example("valid", "weekly", **ENVELOPE_VALUES, points=1, kind="weekly"))
        ),
        invalid=merged((fields(**_KIND), _DAILY)),
        severity="warning",
        waivable=True,
    ),
)
