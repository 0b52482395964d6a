"""The rule table: every kind of change, what it does to events that were valid before, and who notices.

The proof overrules a row only to the better: what is proven to take every old event is compatible.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Effect: TypeAlias = Literal["safe", "breaks", "ask", "forbidden"]
"""On old events. `ask`: proof and witness decide. `forbidden`: breaking whatever they say."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of change: `meaning` in one sentence, and what users of SDK, API and warehouse `notice`.

    `notice` may name the field as `{name}`; it is empty when nobody notices.
    """

    effect: Effect
    meaning: str
    notice: str = ""


RULES: dict[str, Rule] = {
    "text-changed": Rule("safe", "an annotation changed; it is not part of the contract"),
    "property-added": Rule(
        "safe", "an optional field was added", "SDK: a new optional argument `{name}`. Tables: a new column."
    ),
    "property-added-required": Rule(
        "breaks", "a required field was added", "SDK: a new required argument `{name}`; calls must change."
    ),
    "property-described": Rule("ask", "a field of an open object, which took anything there, was described"),
    "property-removed": Rule(
        "breaks", "a field was removed", "SDK: the argument `{name}` is gone; calls must change."
    ),
    "property-case-changed": Rule(
        "forbidden",
        "a field was renamed by case only, which is the same column in Snowflake",
        "SDK: the argument `{name}` has another name; calls must change.",
    ),
    "required-added": Rule(
        "breaks",
        "an optional field became required",
        "SDK: `{name}` must be given; calls may have to change.",
    ),
    "required-removed": Rule(
        "safe", "a required field became optional", "SDK: `{name}` may be left out. Queries: it may be NULL."
    ),
    "object-closed": Rule("breaks", "unknown fields are no longer allowed"),
    "object-opened": Rule("forbidden", "unknown fields are allowed; no table could keep them"),
    "type-widened": Rule("safe", "integer became number", "SDK: `{name}` takes fractions."),
    "type-changed": Rule("breaks", "the type changed", "SDK: `{name}` has another type; calls must change."),
    "enum-value-added": Rule(
        "safe", "a value was added to a list", "Queries: `{name}` has a value they may not expect."
    ),
    "enum-value-removed": Rule(
        "breaks", "a value was removed from a list", "SDK: `{name}` refuses a value it took."
    ),
    "enum-removed": Rule(
        "safe", "a list of values became free", "Queries: `{name}` has values they may not expect."
    ),
    "enum-added": Rule("breaks", "free values became a list", "SDK: `{name}` refuses values it took."),
    "const-changed": Rule("breaks", "a constant changed", "SDK: `{name}` has another value."),
    "limit-loosened": Rule(
        "safe", "a limit was loosened", "Queries: `{name}` may be outside its former limits."
    ),
    "limit-tightened": Rule("breaks", "a limit was tightened", "SDK: `{name}` refuses values it took."),
    "pattern-removed": Rule("safe", "a pattern was removed", "Queries: `{name}` may have any characters."),
    "pattern-added": Rule("breaks", "a pattern was added", "SDK: `{name}` refuses values it took."),
    "pattern-changed": Rule("ask", "a pattern changed", "SDK and queries: `{name}` has another form."),
    "format-removed": Rule("safe", "a format was removed", "Queries: `{name}` may be any text."),
    "format-added": Rule("breaks", "a format was added", "SDK: `{name}` refuses values it took."),
    "format-changed": Rule(
        "breaks", "the format changed", "SDK: `{name}` has another type; calls must change."
    ),
    "keyword-changed": Rule("ask", "a keyword outside the dialect changed"),
    "column-cannot-follow": Rule(
        "forbidden",
        "the column in Snowflake cannot be altered to hold it",
        "Tables: `{name}` has another type.",
    ),
    "proof-refuses": Rule("forbidden", "the proof knows events that were valid and no longer are"),
}
