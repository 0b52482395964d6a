"""Whether a new version of a contract takes every event an old one took, and what it says when not.

A rule table names each difference, a proof confirms or refutes it, a witness event shows what breaks, and
the column in Snowflake has to be able to follow. What stays undecided counts as breaking.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from questlog_codegen.changes import Change, Comparison, Verdict
from questlog_codegen.compatibility.differences import ELEMENT, Difference, differences
from questlog_codegen.compatibility.proof import covers
from questlog_codegen.compatibility.rules import RULES
from questlog_codegen.compatibility.witness import Witnesses
from questlog_codegen.contracts import DISCRIMINATORS, Schema, normalised, strip_annotations
from questlog_codegen.emitters.snowflake_types import cannot_follow

Event = Mapping[str, Any]
_LEAVES = ("string", "integer", "number", "boolean", "array")
_MEMBER_RULES = frozenset({"property-added-required", "property-removed", "required-added"})


def compare(old: Schema, new: Schema, examples: Sequence[Event] = ()) -> Comparison:
    """Compare two complete schemas; `examples` are events to make witnesses of.

    What tells versions apart, `event` and `schema_version`, is left out; a witness has it as `old` wants it.
    """
    judge = _Judge(old, new, examples)
    found = list(differences(judge.old, judge.new))
    changes = [change for difference in found for change in judge.changes(difference)]
    if not any(change.breaks for change in changes) and judge.proven is False:
        changes.append(Change("proof-refuses", "", "breaking", RULES["proof-refuses"].meaning))
    return Comparison(
        tuple(changes), text_only=all(difference.rule == "text-changed" for difference in found)
    )


class _Judge:
    """Judges the differences of two schemas one by one."""

    def __init__(self, old: Schema, new: Schema, examples: Sequence[Event]) -> None:
        constants = _constants(old) if _constants(new) else {}
        self.old, self.new = (_comparable(normalised(schema), constants) for schema in (old, new))
        self._witnesses = Witnesses(self.old, self.new, examples, stamp=constants)
        self._told: set[tuple[str, ...]] = set()

    @cached_property
    def proven(self) -> bool | None:
        """Whether the new schema takes every event of the old one; None when that is undecided."""
        return covers(strip_annotations(self.new), strip_annotations(self.old))

    def changes(self, difference: Difference) -> Iterator[Change]:
        """Yield what `difference` does to events, and to the column when events do not mind."""
        verdict, witness = self._effect(difference)
        yield Change(difference.rule, difference.pointer, verdict, difference.detail, witness)
        reason = _of_column(difference) if verdict == "compatible" else None
        if reason and difference.path not in self._told:
            self._told.add(difference.path)
            yield Change("column-cannot-follow", difference.pointer, "breaking", reason)

    def _effect(self, difference: Difference) -> tuple[Verdict, Event | None]:
        effect = RULES[difference.rule].effect
        if effect == "safe" or (effect != "forbidden" and self._taken(difference)):
            return "compatible", None
        witness = self._witnesses.of(difference)
        if witness is not None or effect == "forbidden":
            return "breaking", witness
        return ("breaking" if self._refused(difference) else "undecided"), None

    def _taken(self, difference: Difference) -> bool:
        if self.proven or difference.rule in _MEMBER_RULES:
            return bool(self.proven)
        return self._of_node(difference) is True or self._witnesses.none_is_possible(difference)

    def _refused(self, difference: Difference) -> bool:
        if difference.rule in _MEMBER_RULES:
            return self.proven is False
        return self._of_node(difference) is False

    def _of_node(self, difference: Difference) -> bool | None:
        return covers(_alone(difference.new), _alone(difference.old))


def _of_column(difference: Difference) -> str | None:
    """Return why the column of the node cannot follow; an element of an array has none."""
    sides = (difference.old, difference.new)
    if ELEMENT in difference.path or any(side.get("type") not in _LEAVES for side in sides):
        return None
    return cannot_follow(*sides)


def _alone(node: Schema) -> Schema:
    """Return the node without its elements, which are compared on their own."""
    return {key: value for key, value in strip_annotations(node).items() if key != "items"}


def _comparable(schema: Schema, constants: Mapping[str, Any]) -> Schema:
    if not constants:
        return schema
    members = schema["properties"]
    free = {name: {key: members[name][key] for key in members[name] if key != "const"} for name in constants}
    return {**schema, "properties": {**members, **free}}


def _constants(schema: Schema) -> dict[str, Any]:
    """Return the discriminators as the schema wants them; none for a schema that is no version's."""
    members = schema.get("properties")
    if not isinstance(members, Mapping):
        return {}
    named = {name: members[name] for name in DISCRIMINATORS if isinstance(members.get(name), Mapping)}
    return {name: member["const"] for name, member in named.items() if "const" in member}
