import jsonschema_rs
import pytest

from questlog_codegen.keywords import FORMATS
from questlog_codegen.reference import violations

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["a", "b"],
    "properties": {"a": {"type": "string", "maxLength": 2, "pattern": "^[a-z]*$"}, "b": {"type": "boolean"}},
}


def test_a_missing_member_is_named_by_its_own_pointer() -> None:
    assert {pointer for pointer, _, _ in violations(SCHEMA, {})} == {"/a", "/b"}


def test_all_violations_come_at_once() -> None:
    found = {(pointer, keyword) for pointer, keyword, _ in violations(SCHEMA, {"a": "ABC", "c": 1})}
    assert found == {("/a", "maxLength"), ("/a", "pattern"), ("/b", "required"), ("", "additionalProperties")}


def test_the_end_of_a_pattern_is_the_end_of_the_text() -> None:
    assert violations(SCHEMA, {"a": "a\n", "b": True})


@pytest.mark.parametrize(
    "text", ["2026-03-01T12:00:00Z", "2026-03-01T23:59:60Z", "2026-02-29T12:00:00Z", "x"]
)
def test_formats_are_asserted_as_jsonschema_rs_asserts_them_with_our_patterns(text: str) -> None:
    schema = {"type": "string", "format": "date-time"}
    formats = {"date-time": lambda value: FORMATS["date-time"].fullmatch(value) is not None}
    rust = jsonschema_rs.Draft202012Validator(schema, validate_formats=True, formats=formats)
    assert rust.is_valid(text) == (not violations(schema, text))
