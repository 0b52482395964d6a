"""What a rule is: a code, a check whose first line says why, and two examples that run as its test."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from questlog_codegen.errors import Finding, Severity
from questlog_codegen.lint.nodes import Told
from questlog_codegen.lint.subject import Subject

Check: TypeAlias = Callable[[Subject], Iterable[Told]]
Patch: TypeAlias = Mapping[str, Any]
"""RFC 7386 merge patch on `lint.base.BASE`: a file below `schemas/` -> what changes in it."""

EVERY_FIELD = {"description": "Something about the quest.", "x-pii": "none"}
"""What the examples' fields say where a rule is about something else."""

_SCHEMA = "quest/schema.json"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing every contract obeys; `valid` and `invalid` are examples of keeping and breaking it."""

    code: str
    check: Check
    valid: Patch
    invalid: Patch
    severity: Severity = "error"
    waivable: bool = False

    @property
    def why(self) -> str:
        """One sentence."""
        return (self.check.__doc__ or "").strip().splitlines()[0]

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Yield everything in `subject` that breaks the rule."""
        for file, pointer, message in self.check(subject):
            yield Finding(file, pointer, self.code, message, self.severity)


def schema(**changes: Any) -> Patch:
    """Return the patch that changes the event's schema; None takes a keyword away."""
    return {_SCHEMA: _spelt(changes)}


def fields(**nodes: Mapping[str, Any]) -> Patch:
    """Return the patch that gives the event optional fields; what a field must say anyway is filled in."""
    return schema(properties={name: described(**node) for name, node in nodes.items()})


def field(**keywords: Any) -> Patch:
    """Return the patch that gives the event one optional field, `extra`."""
    return fields(extra=keywords)


def text(**keywords: Any) -> dict[str, Any]:
    """Return a text field."""
    return {"type": "string", "maxLength": 9, **keywords}


def described(**keywords: Any) -> dict[str, Any]:
    """Return a schema object with a description, and the class of its data where it may have one."""
    node = _spelt(keywords)
    if "$ref" in node:
        return node
    return {**EVERY_FIELD, **node}


def fragment(name: str, **keywords: Any) -> Patch:
    """Return the patch that adds a shared fragment."""
    title = "".join(word.capitalize() for word in name.split("_"))
    return {
        f"shared/{name}.json": {"$schema": "../dialect.json", "title": title, **described(**keywords)},
    }


def closed(**properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object of optional fields, the whole of a fragment."""
    nodes = {name: described(**node) for name, node in properties.items()}
    return {
        "type": "object",
        "x_pii": None,
        "additionalProperties": False,
        "required": [],
        "properties": nodes,
    }


def _spelt(keywords: Mapping[str, Any]) -> dict[str, Any]:
    return {key.replace("_", "-") if key.startswith("x_") else key: value for key, value in keywords.items()}


def merged(patches: Iterable[Patch]) -> Patch:
    """Return several patches as one."""
    whole: Any = {}
    for patch in patches:
        whole = apply(whole, patch)
    return dict(whole)


def apply(target: Any, patch: Any) -> Any:
    """Return `target` with a merge patch applied (https://www.rfc-editor.org/rfc/rfc7386)."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = apply(result.get(key), value)
    return result
