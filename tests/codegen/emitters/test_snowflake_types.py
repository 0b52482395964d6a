from typing import Any

import pytest

from questlog_codegen.emitters.snowflake_types import (
    LINE_COLUMNS,
    cannot_follow,
    column_type,
    column_value,
    columns,
    literal,
    wider,
)
from questlog_codegen.errors import ContractError
from tests.warehouse.contracts import quest

PATH = "RECORD_CONTENT:event.x"

MAPPING: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "string", "maxLength": 128}, "VARCHAR(128)", f"{PATH}::VARCHAR"),
    ({"type": "string", "enum": ["a", "b"]}, "VARCHAR(64)", f"{PATH}::VARCHAR"),
    ({"type": "string", "enum": ["a" * 80]}, "VARCHAR(80)", f"{PATH}::VARCHAR"),
    ({"type": "string", "const": "1.0"}, "VARCHAR(16)", f"{PATH}::VARCHAR"),
    ({"type": "string", "format": "uuid"}, "VARCHAR(36)", f"{PATH}::VARCHAR"),
    ({"type": "string", "format": "date"}, "DATE", f"TRY_TO_DATE({PATH}::VARCHAR)"),
    ({"type": "integer", "minimum": 0, "maximum": 9}, "NUMBER(1,0)", f"TRY_TO_NUMBER({PATH}::VARCHAR, 1, 0)"),
    (
        {"type": "integer", "minimum": -100, "maximum": 9},
        "NUMBER(3,0)",
        f"TRY_TO_NUMBER({PATH}::VARCHAR, 3, 0)",
    ),
    (
        {"type": "integer", "minimum": 0, "maximum": 10**15},
        "NUMBER(16,0)",
        f"TRY_TO_NUMBER({PATH}::VARCHAR, 16, 0)",
    ),
    ({"type": "number", "minimum": 0, "maximum": 1}, "FLOAT", f"TRY_TO_DOUBLE({PATH}::VARCHAR)"),
    ({"type": "boolean"}, "BOOLEAN", f"TRY_TO_BOOLEAN({PATH}::VARCHAR)"),
    ({"type": "array", "items": {"type": "string"}}, "ARRAY", f"{PATH}::ARRAY"),
]


@pytest.mark.parametrize(("schema", "type_", "value"), MAPPING, ids=lambda value: str(value)[:40])
def test_a_field_becomes_the_narrowest_column(schema: dict[str, Any], type_: str, value: str) -> None:
    assert (column_type(schema), column_value(schema, PATH)) == (type_, value)


def test_a_time_goes_over_a_type_that_knows_offsets() -> None:
    schema = {"type": "string", "format": "date-time"}
    assert column_type(schema) == "TIMESTAMP_NTZ(3)"
    assert f"TRY_CAST({PATH}::VARCHAR AS TIMESTAMP_TZ)" in column_value(schema, PATH)


def test_without_bounds_a_column_holds_what_json_can_say() -> None:
    assert column_type({"type": "integer"}) == "NUMBER(16,0)"
    assert column_type({"type": "integer", "minimum": 0}) == "NUMBER(16,0)"
    assert column_type({"type": "string"}) == "VARCHAR"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("VARCHAR(9)", "VARCHAR(64)", "VARCHAR(64)"),
        ("VARCHAR(9)", "VARCHAR", "VARCHAR"),
        ("NUMBER(9,0)", "NUMBER(10,0)", "NUMBER(10,0)"),
        ("TIMESTAMP_NTZ(3)", "TIMESTAMP_NTZ(3)", "TIMESTAMP_NTZ(3)"),
        ("ARRAY", "ARRAY", "ARRAY"),
    ],
)
def test_the_wider_of_two_types_is_the_same_either_way(one: str, other: str, expected: str) -> None:
    assert (wider(one, other), wider(other, one)) == (expected, expected)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ({"type": "integer"}, {"type": "number"}, "NUMBER cannot become FLOAT"),
        (
            {"type": "string", "format": "date-time"},
            {"type": "string"},
            "TIMESTAMP_NTZ cannot become VARCHAR",
        ),
        (
            {"type": "string", "format": "date"},
            {"type": "string", "format": "date-time"},
            "DATE cannot become TIMESTAMP_NTZ",
        ),
        ({"type": "array"}, {"type": "string"}, "ARRAY cannot become VARCHAR"),
        ({"type": "string", "enum": ["a"]}, {"type": "string", "maxLength": 9}, None),
        ({"type": "string", "format": "uuid"}, {"type": "string", "maxLength": 9}, None),
        ({"type": "integer", "minimum": 0, "maximum": 9}, {"type": "integer"}, None),
    ],
)
def test_a_column_follows_its_field_within_a_family_of_types(
    old: dict[str, Any], new: dict[str, Any], reason: str | None
) -> None:
    assert cannot_follow(old, new) == reason


def test_nested_fields_are_columns_named_by_their_path() -> None:
    by_name = {column.name: column for column in columns(quest())}
    assert by_name["REWARD_ITEM"].value == "RECORD_CONTENT:event.reward.item::VARCHAR"
    assert by_name["REWARD_ITEM"].pointer == "/reward/item"
    assert by_name["REWARD_ITEM"].description == "What was won. Item id."


def test_a_required_field_of_an_optional_object_may_be_null() -> None:
    required = {column.name for column in columns(quest()) if column.required}
    assert "REWARD_ITEM" not in required
    assert {"GAME_ID", "RECEIVED_AT", "EVENT_ID", "SCORE"} <= required


def test_the_columns_of_the_line_come_first_and_the_name_of_the_event_is_left_out() -> None:
    names = [column.name for column in columns(quest())]
    assert names[:5] == [*(column.name for column in LINE_COLUMNS), "SCHEMA_VERSION"]
    assert "EVENT" not in names


def test_a_short_list_of_values_is_told_in_the_comment() -> None:
    (kind,) = (column for column in columns(quest()) if column.name == "KIND")
    assert kind.description == "Its kind. One of: main, it's, back\\slash."


def test_a_literal_escapes_quotes_and_backslashes() -> None:
    assert literal("it's a\\b") == "'it''s a\\\\b'"


def findings(**properties: Any) -> list[str]:
    with pytest.raises(ContractError) as caught:
        columns(quest(**properties))
    return [str(finding) for finding in caught.value.findings]


def test_a_name_the_api_uses_is_refused() -> None:
    (finding,) = findings(game_id={"type": "string", "maxLength": 9})
    assert finding == (
        "schemas/quest/schema.json#/properties/game_id COLUMN_TAKEN"
        " would be the column GAME_ID, as what the API adds to every event is: choose another name"
    )


def test_two_fields_that_would_be_one_column_are_refused() -> None:
    (finding,) = findings(reward_item={"type": "boolean"})
    assert finding == (
        "schemas/quest/schema.json#/properties/reward_item COLUMN_TAKEN"
        " would be the column REWARD_ITEM, as /reward/item is: choose another name"
    )
