"""Rules on examples: each does what it says."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema_rs import Draft202012Validator

from questlog_codegen.contracts import DISCRIMINATORS, Schema, strip_annotations
from questlog_codegen.keywords import DETAILS, FORMATS, detail
from questlog_codegen.lint.base import ENVELOPE_VALUES
from questlog_codegen.lint.nodes import Told, pointer
from questlog_codegen.lint.rule import Patch, Rule
from questlog_codegen.lint.subject import MAX_FINDINGS, Subject
from questlog_codegen.names import closest
from questlog_codegen.reference import FORMAT_CHECKER, ReferenceValidator

_MEMBERS = {"pointer": str, "keyword": str, "event": dict}


def shape(subject: Subject) -> Iterator[Told]:
    """An invalid example says what it breaks."""
    for event in subject.tree.events:
        for file, example in read(subject, event, "invalid"):
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
        for file, example in read(subject, event, "valid"):
            if not quick.is_valid(example):
                for error in islice(wordy.iter_errors(example), MAX_FINDINGS + 1):
                    for path, message in _reasons(error):
                        yield file, pointer(path), message


def _reasons(error: ValidationError) -> Iterator[tuple[tuple[object, ...], str]]:
    """Yield where an example is wrong and what to do; the file is its author's, so names may be said."""
    path = tuple(error.absolute_path)
    if error.validator != "additionalProperties":
        sentence = detail(str(error.validator), error.validator_value)
        yield path, f"{sentence} ({error.validator}): change the example or the schema"
        return
    schema: Any = error.schema
    instance: Any = error.instance
    known = schema.get("properties", {})
    for name in instance:
        if name not in known:
            yield (*path, name), f"`{name[:64]}` is not in the schema: {_for_unknown(name, known, path)}"


def _for_unknown(name: str, known: Mapping[str, Any], path: tuple[object, ...]) -> str:
    if name in DISCRIMINATORS and not path:
        return "leave it out, code generation puts it in"
    close = closest(name, known)
    return f"did you mean `{close}`?" if close else "take it out, or describe it in the schema"


def reason(subject: Subject) -> Iterator[Told]:
    """An invalid example breaks the keyword it names, and nothing in another place."""
    for event, whole in subject.assembly.events.items():
        wordy = _wordy(whole)
        for file, example in read(subject, event, "invalid"):
            if _is_claim(example) and example["keyword"] not in DETAILS:
                yield file, "/keyword", _no_keyword(example["keyword"])
            elif (
                _is_claim(example)
                and _is_clear(example, event, subject)
                and (message := _contradiction(example, whole, wordy))
            ):
                yield file, "/keyword", message


def _no_keyword(written: str) -> str:
    close = closest(written, DETAILS)
    meant = f"did you mean {close}?" if close else f"write one of {', '.join(DETAILS)}"
    return f"`{written[:64]}` is no keyword that an event can break: {meant}"


def _is_clear(claim: Mapping[str, Any], event: str, subject: Subject) -> bool:
    """Tell whether it is known what is required, where a claim is about that."""
    root_is_broken = (f"schemas/{event}/schema.json", "") in subject.assembly.broken
    listed = isinstance(subject.tree.events[event].get("required"), list)
    return listed or not root_is_broken or claim["keyword"] != "required"


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


def read(subject: Subject, event: str, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield file and value of every example that could be read."""
    for name, example in _of(subject, event, kind).items():
        file = f"schemas/{event}/examples/{kind}/{name}.json"
        if file not in subject.unreadable:
            yield file, example


def _is_claim(example: Mapping[str, Any]) -> bool:
    return set(example) == set(_MEMBERS) and all(
        isinstance(example[name], kind) for name, kind in _MEMBERS.items()
    )


def example_file(folder: str, stem: str, **changes: Any) -> Patch:
    """Return the patch that changes an example of the event, or adds one."""
    return {f"quest/examples/{folder}/{stem}.json": changes}


RULES = (
    Rule(
        "EXAMPLE_SHAPE",
        shape,
        valid=example_file("invalid", "no_points", pointer="/points", keyword="required"),
        invalid=example_file("invalid", "no_points", pointer=None),
    ),
    Rule(
        "EXAMPLE_MISSING",
        missing,
        valid=example_file("valid", "lost", **ENVELOPE_VALUES, points=0),
        invalid={"quest/examples/valid/won.json": None},
    ),
    Rule(
        "EXAMPLE_INVALID",
        invalid,
        valid=example_file("valid", "won", points=99),
        invalid=example_file("valid", "won", points=100),
    ),
    Rule(
        "EXAMPLE_REASON",
        reason,
        valid=example_file(
            "invalid",
            "negative",
            pointer="/points",
            keyword="minimum",
            event={**ENVELOPE_VALUES, "points": -1},
        ),
        invalid=example_file(
            "invalid",
            "negative",
            pointer="/points",
            keyword="maximum",
            event={**ENVELOPE_VALUES, "points": -1},
        ),
    ),
)
