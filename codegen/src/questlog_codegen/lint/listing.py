"""The rules in text for people, and as data for scripts."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from questlog_codegen.lint.rule import EVERY_FIELD, Rule
from questlog_codegen.lint.table import GROUPS

_LONGEST_LINE = 240
_MOST_MEMBERS = 10
_FORM = {"$schema": "../dialect.json", "x-owner": "design", "type": "object", "additionalProperties": False}
_ABOUT = """\
Every rule with its reason and two examples. An example is a merge patch (RFC 7386: null takes away) on the
files of an event `quest` with the fields `points` and `reward`, which keep every rule. `valid` keeps the
rule, `invalid` breaks it, `with` is part of both; what every schema must say is left out.
"""


def rules_listing() -> str:
    """Return every rule with its sentence and its examples, as changes of the schema of an event `quest`."""
    return "\n".join([_ABOUT, *_lines()])


def rules_data() -> list[dict[str, Any]]:
    """Return every rule as JSON data; the examples are merge patches (RFC 7386) on files below `schemas/`."""
    return [
        {
            "code": rule.code,
            "group": group,
            "severity": rule.severity,
            "waivable": rule.waivable,
            "why": rule.why,
            "valid": rule.valid,
            "invalid": rule.invalid,
        }
        for group, rules in GROUPS.items()
        for rule in rules
    ]


def _lines() -> Iterator[str]:
    for group, rules in GROUPS.items():
        yield f"{group}\n{'=' * len(group)}\n"
        for rule in rules:
            yield from _described(rule)


def _described(rule: Rule) -> Iterator[str]:
    yield f"{rule.code} ({rule.severity}{', waivable' if rule.waivable else ''})"
    yield f"  {rule.why}"
    both = {file: change for file, change in rule.valid.items() if rule.invalid.get(file) == change}
    for label, patch in (("with", both), ("valid", rule.valid), ("invalid", rule.invalid)):
        for file, change in patch.items():
            if patch is both or file not in both:
                yield f"  {label:<8} {file} {_snippet(change)}"
    yield ""


def _snippet(change: Any) -> str:
    text = json.dumps(_telling(change), ensure_ascii=False)
    if len(text) > _LONGEST_LINE:
        text = json.dumps(_short(_telling(change)), ensure_ascii=False)
    return text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]} ..."


def _telling(change: Any) -> Any:
    """Leave out what a field must say anyway."""
    if not isinstance(change, Mapping):
        return change
    return {key: _telling(value) for key, value in change.items() if (key, value) not in EVERY_FIELD.items()}


def _short(change: Any) -> Any:
    """Leave out what every file says, and all but the first of many members, so that what is told is seen."""
    if not isinstance(change, Mapping):
        return change
    kept = {key: _short(value) for key, value in change.items() if (key, value) not in _FORM.items()}
    if len(kept) < _MOST_MEMBERS:
        return kept
    return {**dict(list(kept.items())[:2]), "...": f"{len(kept) - 2} more"}
