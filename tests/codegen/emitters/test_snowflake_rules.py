from typing import Any

import pytest

from questlog_codegen.emitters.snowflake_rules import first_broken, rules
from questlog_codegen.errors import ContractError
from tests.warehouse.contracts import quest

EVENT = "RECORD_CONTENT:event"


def keywords(pointer: str) -> list[str]:
    return [rule.keyword for rule in rules(quest()) if rule.pointer == pointer]


def broken(pointer: str, keyword: str, **properties: Any) -> str:
    (rule,) = (
        rule for rule in rules(quest(**properties)) if (rule.pointer, rule.keyword) == (pointer, keyword)
    )
    return rule.broken


def test_rules_stand_in_the_order_of_validators() -> None:
    assert keywords("/name") == ["required", "type", "minLength", "maxLength", "pattern"]
    assert keywords("/score") == ["required", "type", "minimum", "maximum"]
    assert keywords("/tags") == ["type", "minItems", "maxItems"]
    assert keywords("/reward") == ["type", "additionalProperties"]
    assert keywords("") == ["type", "additionalProperties"]


def test_the_discriminators_are_asked_for_their_type_only() -> None:
    assert keywords("/schema_version") == ["required", "type"]


def test_a_member_of_an_optional_object_is_required_only_with_it() -> None:
    expected = f"{EVENT}.reward IS NOT NULL AND {EVENT}.reward.item IS NULL"
    assert broken("/reward/item", "required") == expected


def test_a_property_the_contract_does_not_know_is_found() -> None:
    keys = f"ARRAY_EXCEPT(OBJECT_KEYS({EVENT}.reward), ARRAY_CONSTRUCT('item', 'level'))"
    assert broken("/reward", "additionalProperties") == f"ARRAY_SIZE({keys}) > 0"


def test_a_pattern_keeps_its_anchors_and_is_told_in_snowflakes_words() -> None:
    assert broken("/name", "pattern") == f"NOT REGEXP_LIKE({EVENT}.name::VARCHAR, '^[^[:cntrl:]]*$')"
    assert broken("/code", "pattern") == f"NOT REGEXP_LIKE({EVENT}.code::VARCHAR, '^([a-z]\\\\.)+[0-9]$')"


def test_values_with_quotes_and_backslashes_are_escaped() -> None:
    assert broken("/kind", "enum") == f"{EVENT}.kind::VARCHAR NOT IN ('main', 'it''s', 'back\\\\slash')"


def test_an_escape_snowflake_does_not_know_is_refused() -> None:
    control = r"^[^\u0000-\u0008]*$"
    with pytest.raises(
        ContractError, match=r"schema\.json#/properties/name PATTERN_SNOWFLAKE Snowflake knows no such escape"
    ):
        list(rules(quest(name={"type": "string", "maxLength": 9, "pattern": control})))


def test_the_case_names_pointer_and_keyword_of_the_first_broken_rule() -> None:
    lines = first_broken(quest(), indent=2).splitlines()
    assert lines[0] == "CASE"
    assert lines[1] == f"    WHEN TYPEOF({EVENT}) <> 'OBJECT' THEN ' type'"
    assert lines[-1] == "  END"
