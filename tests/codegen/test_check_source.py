import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questlog_codegen.check_source import check_source
from questlog_codegen.errors import CodegenError
from questlog_codegen.reference import violations
from tests.codegen.project import Refused, compiled

PRICE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["micros"],
    "properties": {"micros": {"type": "integer", "minimum": 0, "maximum": 10}},
}


def refusal(check: Callable[[Any], None], value: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        check(value)
    return caught.value.pointer, caught.value.keyword


def test_a_valid_value_passes_and_stays_as_it_is() -> None:
    value = {"micros": 3}
    before = copy.deepcopy(value)
    compiled(PRICE)(value)
    assert value == before


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([], ("", "type")),
        ({}, ("/micros", "required")),
        ({"micros": 1, "extra": 1}, ("", "additionalProperties")),
        ({"micros": True}, ("/micros", "type")),
        ({"micros": 1.5}, ("/micros", "type")),
        ({"micros": -1}, ("/micros", "minimum")),
        ({"micros": 11}, ("/micros", "maximum")),
    ],
)
def test_the_first_violation_is_raised_with_its_place(value: Any, expected: tuple[str, str]) -> None:
    assert refusal(compiled(PRICE), value) == expected


@pytest.mark.parametrize(
    ("bounds", "within", "without"),
    [
        ({"minimum": 2, "maximum": 4}, [2, 3, 4], [1, 5]),
        ({"minimum": 2}, [2, 3], [1]),
        ({"maximum": 4}, [3, 4], [5]),
    ],
)
def test_a_bound_is_within_its_bounds(bounds: dict[str, int], within: list[int], without: list[int]) -> None:
    number = compiled({"type": "integer", **bounds})
    for value in within:
        number(value)
    for value in without:
        assert refusal(number, value)[1] in bounds


def test_an_integer_may_be_written_with_a_zero_fraction() -> None:
    compiled(PRICE)({"micros": 3.0})


def test_not_a_number_is_out_of_every_bound() -> None:
    number = compiled({"type": "number", "minimum": 0, "maximum": 1})
    assert refusal(number, float("nan")) == ("", "minimum")
    assert refusal(number, float("inf")) == ("", "maximum")


def test_the_pointer_counts_through_an_array() -> None:
    schema = {"type": "array", "minItems": 1, "maxItems": 3, "items": PRICE}
    assert refusal(compiled(schema), [{"micros": 1}, {"micros": 99}]) == ("/1/micros", "maximum")
    assert refusal(compiled(schema), []) == ("", "minItems")
    assert refusal(compiled(schema), [{"micros": 1}] * 4) == ("", "maxItems")


def test_a_pattern_ends_where_the_text_ends() -> None:
    code = compiled({"type": "string", "maxLength": 9, "pattern": "^[A-Z]{2}$"})
    code("DE")
    assert refusal(code, "DE\n") == ("", "pattern")


def test_a_format_ends_where_the_text_ends() -> None:
    moment = compiled({"type": "string", "format": "date-time"})
    moment("2026-11-02T18:04:05Z")
    assert refusal(moment, "2026-11-02T18:04:05Z or so") == ("", "format")


def test_a_value_of_an_enum_is_written_as_it_stands_there() -> None:
    kind = compiled({"type": "string", "enum": ["ios", "Web"]})
    kind("Web")
    for other in ("IOS", "web"):
        assert refusal(kind, other) == ("", "enum")


def test_length_counts_characters_not_bytes() -> None:
    compiled({"type": "string", "maxLength": 2})("😀😀")


def test_no_submitted_value_is_in_the_error() -> None:
    with pytest.raises(Refused) as caught:
        compiled({"type": "string", "maxLength": 3})("secret")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("keyword", ["oneOf", "default", "$ref", "uniqueItems", "multipleOf"])
def test_a_keyword_outside_the_dialect_is_refused_not_ignored(keyword: str) -> None:
    for schema in (inner := {"type": "integer", keyword: 1}, {"type": "array", "items": inner}):
        with pytest.raises(CodegenError, match="no validator can be generated for"):
            check_source(schema, "Refused")


def test_hostile_texts_in_a_schema_stay_texts() -> None:
    hostile = 'a"b\\c{x}\n\'"""'
    choice = compiled(
        {
            "type": "object",
            "required": [],
            "additionalProperties": False,
            "properties": {
                "kind": {"type": "string", "enum": [hostile, "{data.__class__}"], "description": hostile},
                "same": {"type": "string", "const": hostile},
            },
        }
    )
    choice({"kind": hostile, "same": hostile})
    assert refusal(choice, {"kind": "other"}) == ("/kind", "enum")


def test_a_line_of_values_never_ends_within_a_value() -> None:
    values = [f"real-time strategy\t{number}, with a tab and words" for number in range(40)]
    choice = compiled({"type": "string", "enum": values})
    for value in values:
        choice(value)


NAMES = st.sampled_from(["a", "b", "a_b", "ab", "data", "item", "index", "value"])
STRINGS = st.one_of(
    st.builds(
        lambda low, size: {"type": "string", "minLength": low, "maxLength": low + size},
        *[st.integers(0, 3)] * 2,
    ),
    st.sampled_from([{"type": "string", "format": name} for name in ("uuid", "date-time", "date")]),
    st.sampled_from(["^[a-z]{1,3}$", "^(a|b)$", "^[!-~]*$"]).map(
        lambda pattern: {"type": "string", "maxLength": 9, "pattern": pattern}
    ),
    st.lists(st.sampled_from(["a", "é", "{x}", 'q"']), min_size=1, unique=True).map(
        lambda values: {"type": "string", "enum": values}
    ),
)
NUMBERS = st.builds(
    lambda kind, low, size: {"type": kind, "minimum": low, "maximum": low + size},
    st.sampled_from(["integer", "number"]), st.integers(-3, 3), st.integers(0, 5),
)  # fmt: skip


def objects(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    def build(properties: dict[str, Any], chosen: list[bool]) -> dict[str, Any]:
        required = [name for name, keep in zip(properties, chosen, strict=False) if keep]
        return {
            "type": "object",
            "additionalProperties": False,
            "required": required,
            "properties": properties,
        }

    return st.builds(
        build, st.dictionaries(NAMES, inner, min_size=1, max_size=4), st.lists(st.booleans(), max_size=4)
    )


def arrays(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda items, low: {"type": "array", "items": items, "minItems": low, "maxItems": low + 1},
        inner,
        st.integers(0, 2),
    )


SCHEMAS = st.recursive(
    st.one_of(STRINGS, NUMBERS, st.just({"type": "boolean"})),
    lambda inner: st.one_of(objects(inner), arrays(inner)),
    max_leaves=6,
)
TIMES = ("2026-03-01T12:00:00Z", "2026-02-29", "2024-02-29", "0000-01-01", "2026-03-01T23:59:60Z")
IDS = ("01930f3a-7c00-7001-8000-000000000001", "01930F3A-7C00-7001-8000-000000000001")
TEXTS = ("", "a", "ab\n", "é", "😀", "\x00", 'q"', "{x}")
ODD: tuple[Any, ...] = (None, True, 0, 1, -1, 1.0, 1.5, -0.0, 2**53, 1e300, [], {}, [1], {"a": 1})
NASTY = st.sampled_from([*TIMES, *IDS, *TEXTS, *ODD])


def instances(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    kind = schema["type"]
    if kind == "object":
        return st.one_of(
            st.fixed_dictionaries(
                {name: instances(schema["properties"][name]) for name in schema["required"]},
                optional={
                    name: instances(child)
                    for name, child in schema["properties"].items()
                    if name not in schema["required"]
                },
            ),
            st.dictionaries(NAMES, NASTY, max_size=3),
            NASTY,
        )
    if kind == "array":
        return st.one_of(st.lists(instances(schema["items"]), max_size=4), NASTY)
    if kind in {"integer", "number"}:
        return st.one_of(st.integers(-4, 9), st.floats(-4, 9), NASTY)
    if "enum" in schema:
        return st.one_of(st.sampled_from(schema["enum"]), NASTY)
    return st.one_of(st.text(max_size=4), NASTY)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_generated_check_and_the_reference_agree_on_every_schema_of_the_dialect(
    data: st.DataObject,
) -> None:
    schema = data.draw(SCHEMAS)
    check = compiled(schema)
    for value in data.draw(st.lists(instances(schema), min_size=1, max_size=5)):
        before = copy.deepcopy(value)
        expected = {(pointer, keyword) for pointer, keyword, _ in violations(schema, value)}
        if expected:
            assert refusal(check, value) in expected
        else:
            check(value)
        assert value == before
