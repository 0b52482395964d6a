"""Laws over random schemas: what the table calls safe breaks nothing, and a witness is one."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questlog_codegen.compatibility import compare
from questlog_codegen.compatibility.proof import covers
from questlog_codegen.compatibility.rules import RULES
from questlog_codegen.contracts import strip_annotations
from questlog_codegen.reference import violations
from tests.codegen.random_contracts import edited, instances, object_schema

SEEDS = st.integers(min_value=0, max_value=2**32)


def pair(seed: int) -> tuple[dict[str, Any], dict[str, Any], random.Random]:
    source = random.Random(seed)
    old = object_schema(source)
    return old, edited(old, source), source


@settings(max_examples=400, deadline=None)
@given(SEEDS)
def test_what_is_called_compatible_has_no_witness_and_no_refutation(seed: int) -> None:
    old, new, source = pair(seed)
    comparison = compare(old, new)
    if not any(
        change.verdict != "compatible"
        for change in comparison.changes
        if change.rule != "column-cannot-follow"
    ):
        assert covers(strip_annotations(new), strip_annotations(old)) is not False
        valid = [value for value in instances(old, source, 20) if not violations(old, value)]
        assert [value for value in valid if violations(new, value)] == []


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_a_witness_was_valid_and_no_longer_is(seed: int) -> None:
    old, new, _ = pair(seed)
    for change in compare(old, new).changes:
        if change.witness is not None:
            assert change.verdict == "breaking"
            assert violations(old, change.witness) == []
            assert violations(new, change.witness) != []


@settings(max_examples=200, deadline=None)
@given(SEEDS)
def test_a_schema_compared_with_itself_asks_for_nothing(seed: int) -> None:
    old, _, _ = pair(seed)
    assert compare(old, old).changes == ()


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_text_alone_asks_for_no_version(seed: int) -> None:
    old, _, _ = pair(seed)
    new = {**old, "description": "Told better.", "x-owner": "another-team"}
    comparison = compare(old, new)
    assert {change.rule for change in comparison.changes} == {"text-changed"}
    assert comparison.bump == "none"


TEXT = {"type": "string", "maxLength": 9}
WHOLE = {"type": "integer", "minimum": 0, "maximum": 99}


def closed(*required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


TABLE = [
    ("text-changed", closed(a=TEXT), closed(a={**TEXT, "description": "x"}), "none"),
    ("property-added", closed(a=TEXT), closed(a=TEXT, b=TEXT), "minor"),
    ("property-added-required", closed(a=TEXT), closed("b", a=TEXT, b=TEXT), "major"),
    ("property-removed", closed(a=TEXT, b=TEXT), closed(a=TEXT), "major"),
    ("property-case-changed", closed(a=TEXT), closed(A=TEXT), "major"),
    ("property-described", {"type": "object"}, {"type": "object", "properties": {"a": TEXT}}, "major"),
    ("required-added", closed(a=TEXT), closed("a", a=TEXT), "major"),
    ("required-removed", closed("a", a=TEXT), closed(a=TEXT), "minor"),
    ("object-closed", {**closed(a=TEXT), "additionalProperties": True}, closed(a=TEXT), "major"),
    ("object-opened", closed(a=TEXT), {**closed(a=TEXT), "additionalProperties": True}, "major"),
    ("type-widened", closed(a=WHOLE), closed(a={**WHOLE, "type": "number"}), "major"),
    ("type-changed", closed(a=WHOLE), closed(a=TEXT), "major"),
    (
        "enum-value-added",
        closed(a={"type": "string", "enum": ["x"]}),
        closed(a={"type": "string", "enum": ["x", "y"]}),
        "minor",
    ),
    (
        "enum-value-removed",
        closed(a={"type": "string", "enum": ["x", "y"]}),
        closed(a={"type": "string", "enum": ["x"]}),
        "major",
    ),
    ("enum-removed", closed(a={"type": "string", "enum": ["x"]}), closed(a=TEXT), "minor"),
    ("enum-added", closed(a=TEXT), closed(a={**TEXT, "enum": ["x"]}), "major"),
    ("const-changed", closed(a={"const": "x"}), closed(a={"const": "y"}), "major"),
    ("limit-loosened", closed(a=TEXT), closed(a={**TEXT, "maxLength": 10}), "minor"),
    ("limit-loosened", closed(a=WHOLE), closed(a={**WHOLE, "minimum": -1}), "minor"),
    ("limit-tightened", closed(a=TEXT), closed(a={**TEXT, "minLength": 1}), "major"),
    ("limit-tightened", closed(a=WHOLE), closed(a={**WHOLE, "maximum": 98}), "major"),
    ("pattern-removed", closed(a={**TEXT, "pattern": "^[a-z]*$"}), closed(a=TEXT), "minor"),
    ("pattern-added", closed(a=TEXT), closed(a={**TEXT, "pattern": "^[a-z]*$"}), "major"),
    (
        "pattern-changed",
        closed(a={**TEXT, "pattern": "^[a-z]*$"}),
        closed(a={**TEXT, "pattern": "^[a-y]*$"}),
        "major",
    ),
    ("format-removed", closed(a={"type": "string", "format": "uuid"}), closed(a={"type": "string"}), "minor"),
    ("format-added", closed(a={"type": "string"}), closed(a={"type": "string", "format": "uuid"}), "major"),
    (
        "format-changed",
        closed(a={"type": "string", "format": "date"}),
        closed(a={"type": "string", "format": "uuid"}),
        "major",
    ),
    (
        "keyword-changed",
        closed(a={"type": "array", "uniqueItems": False}),
        closed(a={"type": "array", "uniqueItems": True}),
        "major",
    ),
    (
        "column-cannot-follow",
        closed(a={"type": "string", "format": "date"}),
        closed(a={"type": "string"}),
        "major",
    ),
]


@pytest.mark.parametrize(
    ("rule", "old", "new", "bump"), TABLE, ids=[f"{row[0]}-{index}" for index, row in enumerate(TABLE)]
)
def test_a_change_is_named_by_its_rule_and_asks_for_its_bump(
    rule: str, old: dict[str, Any], new: dict[str, Any], bump: str
) -> None:
    comparison = compare(old, new)
    assert rule in [change.rule for change in comparison.changes]
    assert comparison.bump == bump


def test_every_rule_of_the_table_stands_here() -> None:
    assert {row[0] for row in TABLE} | {"proof-refuses"} == set(RULES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "integer", "minimum": 1}, {"type": "integer", "exclusiveMinimum": 0}),
        ({"type": "string", "enum": ["ab"]}, {"type": "string", "enum": ["ab"], "maxLength": 2}),
        ({"type": "string", "format": "uuid"}, {"type": "string", "maxLength": 36}),
        (
            {"type": "string", "pattern": "^[a-z]{4}$"},
            {"type": "string", "pattern": "^[a-z]{2,8}$", "maxLength": 5},
        ),
        ({"type": "string", "enum": ["ab"]}, {"type": "string", "enum": ["ab"], "pattern": "^[a-z]*$"}),
    ],
)
def test_what_only_looks_tighter_is_proven_compatible(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert compare(closed(a=old), closed(a=new)).bump == "minor"


def test_undecided_counts_as_breaking_and_says_so() -> None:
    old, new = closed(a={"type": "number"}), closed(a={"type": "number", "multipleOf": 1e-300})
    [change] = compare(old, new).changes
    assert (change.rule, change.verdict) == ("keyword-changed", "undecided")
    assert compare(old, new).bump == "major"


def test_a_change_within_an_array_has_a_witness() -> None:
    old = closed(a={"type": "array", "maxItems": 2, "items": WHOLE})
    new = closed(a={"type": "array", "maxItems": 2, "items": {**WHOLE, "maximum": 50}})
    [change] = compare(old, new).changes
    assert change.pointer == "/properties/a/items/maximum"
    assert change.witness is not None
    assert change.witness["a"][0] > 50


def test_a_change_within_an_optional_object_has_a_witness() -> None:
    old, new = closed(a=closed("b", b=WHOLE)), closed(a=closed("b", b={**WHOLE, "minimum": 1}))
    [change] = compare(old, new).changes
    assert change.witness == {"a": {"b": 0}}


def test_numbers_within_an_array_may_widen_for_an_array_column_holds_any() -> None:
    old = closed(a={"type": "array", "maxItems": 2, "items": WHOLE})
    new = closed(a={"type": "array", "maxItems": 2, "items": {**WHOLE, "type": "number"}})
    assert compare(old, new).bump == "minor"


def test_versions_differ_in_more_than_their_numbers() -> None:
    def version(number: str, **properties: Any) -> dict[str, Any]:
        constants = {"event": {"const": "quest"}, "schema_version": {"const": number}}
        return closed("event", "schema_version", **constants, **properties)

    assert compare(version("1.0", a=TEXT), version("1.1", a=TEXT)).changes == ()
    [change] = compare(version("1.0", a=TEXT), version("1.1", a={**TEXT, "maxLength": 1})).changes
    assert change.witness is not None
    assert change.witness["schema_version"] == "1.0"


def test_a_change_within_lists_of_lists_has_a_witness() -> None:
    def grid(most: int) -> dict[str, Any]:
        row = {"type": "array", "maxItems": 9, "items": {**WHOLE, "maximum": most}}
        return closed("a", a={"type": "array", "minItems": 1, "maxItems": 9, "items": row})

    [change] = compare(grid(99), grid(50), [{"a": [[]]}]).changes
    assert change.witness is not None
    assert change.witness["a"][0][0] > 50


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({**TEXT, "minLength": 0}, TEXT),
        (WHOLE, {**WHOLE, "maximum": 99.0}),
        (
            {"type": "array", "maxItems": 3, "items": TEXT},
            {"type": "array", "maxItems": 3, "minItems": 0, "items": TEXT},
        ),
    ],
)
def test_another_spelling_of_the_same_is_no_change(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert compare(closed(a=old), closed(a=new)).changes == ()


def test_a_limit_of_a_list_is_judged_without_its_elements() -> None:
    old = {"type": "array", "maxItems": 3, "minItems": 1, "items": {**TEXT, "pattern": "^a*$"}}
    new = {"type": "array", "maxItems": 3, "items": {**TEXT, "pattern": "^[ab]*$"}}
    assert compare(closed(a=old), closed(a=new)).bump == "minor"


def test_a_list_of_days_that_becomes_any_day_cannot_stay_in_its_column() -> None:
    days = {"type": "string", "enum": ["2026-01-01"]}
    comparison = compare(closed(a=days), closed(a={"type": "string", "format": "date"}))
    assert [change.rule for change in comparison.changes if change.breaks] == ["column-cannot-follow"]


def test_a_keyword_that_automata_do_not_know_is_not_left_out() -> None:
    old = {"type": "string", "maxLength": 5}
    new = {"type": "string", "maxLength": 5, "not": {"pattern": "^a"}}
    assert compare(closed(a=old), closed(a=new)).bump == "major"


def test_a_constant_on_one_side_alone_is_a_change() -> None:
    old, new = closed(event={"type": "string"}), closed(event={"type": "string", "const": "x"})
    assert compare(old, new).bump == "major"


def test_a_violation_at_a_longer_name_is_not_taken_for_one_here() -> None:
    old = closed(a={"type": "number"}, ab=WHOLE)
    new = closed(a={"type": "number", "multipleOf": 1e-300}, ab={**WHOLE, "maximum": 1})
    [first, second] = compare(old, new, [{"a": 1, "ab": 50}]).changes
    assert (first.rule, first.witness) == ("keyword-changed", None)
    assert second.witness is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string"}, {"type": "string", "maxLength": 3}),
        ({"type": "array", "items": TEXT}, {"type": "array", "items": TEXT, "maxItems": 1}),
        (closed(a={"type": "string"}), closed(a={"type": ["string", "null"]})),
        (closed(a={"type": "string"}), closed(a={})),
        (
            closed(a={"type": "string", "pattern": "\\p{L}"}),
            closed(a={"type": "string", "pattern": "\\p{N}"}),
        ),
        (closed(a=True), closed(a=TEXT)),
        (closed(a={**WHOLE, "minimum": 100}), closed(b=WHOLE)),
    ],
)
def test_what_is_outside_of_the_dialect_is_judged_all_the_same(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    assert compare(old, new).bump in {"minor", "major"}


def test_a_witness_is_not_borrowed_from_another_change() -> None:
    old = closed(a=WHOLE, b=TEXT)
    new = closed(a={**WHOLE, "maximum": 50})
    limit, removed = compare(old, new, [{"a": 1, "b": "x"}]).changes
    assert limit.witness is not None
    assert limit.witness["a"] > 50
    assert removed.witness is not None
    assert "b" in removed.witness
