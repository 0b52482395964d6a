import json
import re
from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questlog_codegen.keywords import FORMATS
from questlog_codegen.patterns.automata import Texts, difference
from questlog_codegen.reference import violations
from questlog_codegen.sampling.limits import FORMAT_PATTERNS
from questlog_codegen.sampling.sampler import Unsatisfiable, boundaries, fullest, minimal, sample
from tests.codegen.patterns.random_patterns import PATTERNS, drawn, only
from tests.repository import shipped_catalog
from tests.warehouse.contracts import QUEST

TEXT = {"type": "string"}


def _contracts() -> list[Any]:
    versions = [version for contract in shipped_catalog().contracts for version in contract.versions]
    return [QUEST, *(version.schema for version in versions)]


def _nodes(schema: Any) -> Iterator[Any]:
    yield schema
    for child in (
        *schema.get("properties", {}).values(),
        *(schema[key] for key in ("items",) if key in schema),
    ):
        yield from _nodes(child)


def _bounded(low: str, high: str, numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    pairs = st.tuples(numbers, numbers).map(sorted)
    both = pairs.map(lambda pair: {low: pair[0], high: pair[1]})
    return both | both.map(lambda limits: {low: limits[low]}) | st.just({})


def _typed(name: str, *keywords: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*keywords).map(
        lambda found: {"type": name} | {k: v for part in found for k, v in part.items()}
    )


def _maybe(keyword: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.just({}) | values.map(lambda value: {keyword: value})


_LENGTHS = _bounded("minLength", "maxLength", st.integers(0, 40))
_BOUNDS = _bounded("minimum", "maximum", st.integers(-(2**53), 2**53))
_REALS = _bounded("minimum", "maximum", st.floats(allow_nan=False, allow_infinity=False))
_TEXTS = _typed("string", _LENGTHS, _maybe("pattern", PATTERNS))
_FORMATTED = _typed("string", st.sampled_from(sorted(FORMATS)).map(lambda name: {"format": name}))
_LISTED = st.lists(st.text(min_size=1), min_size=1, unique=True).map(lambda values: {**TEXT, "enum": values})
_SCALARS = st.one_of(
    _TEXTS, _FORMATTED, _LISTED, _typed("integer", _BOUNDS), _typed("number", _REALS), _typed("boolean")
)


def _larger(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    sizes = _bounded("minItems", "maxItems", st.integers(0, 6))
    members = st.dictionaries(st.sampled_from("abc"), inner).flatmap(
        lambda properties: st.lists(st.sampled_from("abc"), unique=True).map(
            lambda names: {
                "properties": properties,
                "required": [name for name in names if name in properties],
                "additionalProperties": False,
            }
        )
    )
    return _typed("array", sizes, inner.map(lambda items: {"items": items})) | _typed("object", members)


SCHEMAS = st.recursive(_SCALARS, _larger, max_leaves=5)


@given(SCHEMAS, st.integers(0, 2**32))
def test_every_value_is_valid(schema: dict[str, Any], seed: int) -> None:
    try:
        values = [minimal(schema), fullest(schema), sample(schema, Random(seed)), *boundaries(schema)]
    except Unsatisfiable:
        return
    assert [(value, violations(schema, value)) for value in values if violations(schema, value)] == []


@given(PATTERNS, st.integers(0, 9), st.integers(0, 9), st.data())
def test_only_a_schema_without_values_is_unsatisfiable(
    pattern: str, least: int, spread: int, data: st.DataObject
) -> None:
    schema = {**TEXT, "pattern": pattern, "minLength": least, "maxLength": least + spread}
    text = data.draw(drawn(pattern))
    if violations(schema, text):
        return
    assert len(minimal(schema)) <= len(text)


@pytest.mark.parametrize("schema", _contracts(), ids=lambda schema: schema.get("$id", "quest"))
def test_samples_of_the_contracts_are_valid(schema: Any) -> None:
    random = Random(7)
    values = [minimal(schema), fullest(schema), *(sample(schema, random) for _ in range(50))]
    assert [violations(schema, value) for value in values if violations(schema, value)] == []


@pytest.mark.parametrize("schema", _contracts(), ids=lambda schema: schema.get("$id", "quest"))
def test_the_edges_of_every_field_are_valid_and_no_two_alike(schema: Any) -> None:
    for node in _nodes(schema):
        values = list(boundaries(node))
        assert values
        assert [value for value in values if violations(node, value)] == []
        assert len({json.dumps(value) for value in values}) == len(values)


def test_the_same_seed_gives_the_same_samples() -> None:
    first, second, other = Random(1), Random(1), Random(2)
    assert [sample(QUEST, first) for _ in range(9)] == [sample(QUEST, second) for _ in range(9)]
    assert sample(QUEST, other) != sample(QUEST, Random(1))


def test_the_minimal_event_has_required_members_alone_and_the_fullest_has_all() -> None:
    assert list(minimal(QUEST)) == [name for name in QUEST["properties"] if name in QUEST["required"]]
    assert list(fullest(QUEST)) == list(QUEST["properties"])
    assert list(fullest(QUEST)["reward"]) == ["item", "level"]


def test_optional_members_come_by_chance() -> None:
    names = [set(sample(QUEST, Random(seed))) for seed in range(30)]
    assert {"ratio" in found for found in names} == {True, False}


def test_a_sampled_id_is_of_version_7_and_a_sampled_time_exists() -> None:
    events = [sample(QUEST, Random(seed)) for seed in range(50)]
    assert {UUID(event["event_id"]).version for event in events} == {7}
    assert len({event["event_id"] for event in events}) == len(events)
    times = [re.sub(r"\.[0-9]+", "", event["occurred_at"]) for event in events]
    assert {datetime.fromisoformat(time).tzinfo is not None for time in times} == {True}
    assert len({time[19:] for time in times}) > 3


def test_a_number_is_often_at_its_bounds() -> None:
    found = [sample({"type": "integer", "minimum": -5, "maximum": 10**6}, Random(seed)) for seed in range(60)]
    assert {-5, 10**6} < set(found)


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({"type": "boolean"}, [False, True]),
        ({"type": "integer", "minimum": 3, "maximum": 9}, [3, 9, 4, 8]),
        ({"type": "integer", "minimum": -9, "maximum": 9}, [-9, 9, -8, 8, -1, 0, 1]),
        ({"type": "number", "minimum": 0, "maximum": 1}, [0, 1, 0.5]),
        ({"type": "number", "minimum": 1, "maximum": 9}, [1, 9, 5.0, 1.5, 8.5]),
        ({"type": "number", "minimum": 1, "maximum": 1.25}, [1, 1.25, 1.125]),
        ({**TEXT, "enum": ["b", "a"]}, ["b", "a"]),
        ({**TEXT, "const": "1.0"}, ["1.0"]),
        ({**TEXT, "pattern": "^[a-z]*$", "minLength": 2, "maxLength": 40}, ["aa", "a" * 40]),
        ({**TEXT, "pattern": "^(ab)*$", "minLength": 1, "maxLength": 7}, ["ab", "ababab"]),
        ({**TEXT, "maxLength": 2}, ["", "aa", "\U0001f409", "\U0001f409" * 2]),
        ({"type": "array", "items": {"type": "boolean"}, "maxItems": 2}, [[], [True, True], [False], [True]]),
        ({"type": "array", "items": {**TEXT, "enum": []}, "maxItems": 2}, [[]]),
    ],
)
def test_the_edges_of_a_schema(schema: dict[str, Any], values: list[Any]) -> None:
    assert list(boundaries(schema)) == values


def test_the_edges_of_a_time_have_extreme_offsets_and_the_last_nanosecond() -> None:
    found = list(boundaries({**TEXT, "format": "date-time"}))
    assert any(text.endswith("999999999+23:59") for text in found)
    assert any(text.endswith("-23:59") for text in found)


def test_format_pattern_and_length_hold_together() -> None:
    schema = {**TEXT, "format": "date-time", "pattern": "^2031-[^.]*$", "minLength": 25}
    assert minimal(schema) == "2031-01-01T00:00:00+00:00"
    assert sample(schema, Random(3)).startswith("2031-")


@pytest.mark.parametrize("name", sorted(FORMATS))
@given(data=st.data())
def test_the_pattern_of_a_format_is_the_format(name: str, data: st.DataObject) -> None:
    limits = Texts((FORMAT_PATTERNS[name],))
    text = data.draw(st.from_regex(FORMATS[name], fullmatch=True))
    assert difference(only(text), limits) is None
    other = data.draw(drawn(FORMAT_PATTERNS[name]))
    assert FORMATS[name].fullmatch(other)


@pytest.mark.parametrize("year", ["0000", "1900", "2000", "2023", "2024", "2100", "0400", "0004"])
def test_the_pattern_of_a_day_knows_the_years_that_leap(year: str) -> None:
    text = f"{year}-02-29"
    assert (re.fullmatch(FORMAT_PATTERNS["date"], text) is None) == (FORMATS["date"].fullmatch(text) is None)


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        ({"type": "integer", "minimum": 2, "maximum": 1}, ""),
        ({"type": "integer", "minimum": 0.2, "maximum": 0.8}, ""),
        ({"type": "number", "minimum": 2, "maximum": 1}, ""),
        ({**TEXT, "minLength": 2, "maxLength": 1}, ""),
        ({**TEXT, "pattern": "^[a-z]{2}$", "maxLength": 1}, ""),
        ({**TEXT, "pattern": r"^\d$"}, ""),
        ({**TEXT, "enum": ["aa"], "maxLength": 1}, ""),
        ({**TEXT, "format": "uuid", "maxLength": 9}, ""),
        ({"$ref": "money.json"}, ""),
        ({"type": "array", "minItems": 2, "maxItems": 1, "items": TEXT}, ""),
        ({"type": "array", "minItems": 1, "items": {**TEXT, "enum": []}}, "/0"),
        ({"type": "object", "required": ["a/b"], "properties": {"a/b": {**TEXT, "enum": []}}}, "/a~1b"),
        ({"type": "object", "required": ["a"], "properties": {}, "additionalProperties": False}, "/a"),
    ],
)
def test_where_no_value_exists_the_place_is_named(schema: dict[str, Any], pointer: str) -> None:
    for make in (
        minimal,
        fullest,
        lambda schema: sample(schema, Random(1)),
        lambda schema: list(boundaries(schema)),
    ):
        with pytest.raises(Unsatisfiable) as refusal:
            make(schema)
        assert refusal.value.pointer == pointer
        assert f"'{pointer}'" in str(refusal.value)


def test_an_optional_member_that_no_value_can_have_is_left_out() -> None:
    schema = {"type": "object", "properties": {"a": {**TEXT, "enum": []}, "b": {"type": "boolean"}}}
    assert fullest(schema) == {"b": True}


@pytest.mark.parametrize(
    "schema",
    [
        *(
            {},
            {"type": ["string", "null"]},
            {"type": "null"},
            {"minimum": 7},
            {"items": True},
            {"type": "array"},
        ),
        *({"maximum": -7}, {"properties": {"a": True}}, {"required": ["a"], "type": "object"}),
        *({"type": "integer", "minimum": 0.5}, {"type": "integer", "maximum": -(2**60)}, {"format": "email"}),
    ],
)
def test_bounds_and_types_that_are_missing_are_made_up(schema: dict[str, Any]) -> None:
    values = [minimal(schema), fullest(schema), sample(schema, Random(1)), *boundaries(schema)]
    assert [value for value in values if violations(schema, value)] == []
