from typing import Any

import pytest

from questlog_api.contracts import Version, load_catalog
from questlog_api.validation import MAX_ERRORS, Schema
from questlog_api.violations import FieldError, Violation
from tests.repository import shipped_catalog

INVALID = [
    pytest.param(contract.event, example, id=f"{contract.event}-{name}")
    for contract in shipped_catalog().contracts
    for name, example in contract.invalid_examples.items()
]
VALID = [
    pytest.param(contract.event, example, id=f"{contract.event}-{name}")
    for contract in shipped_catalog().contracts
    for name, example in contract.valid_examples.items()
]


def newest(event: str) -> Version:
    """The version that examples are of."""
    return list(load_catalog()[event].values())[-1]


def schema(**keywords: Any) -> Schema:
    return Schema({"type": "object", "properties": {"it": keywords}})


@pytest.mark.parametrize(("event", "example"), VALID)
def test_both_passes_accept_what_is_valid(event: str, example: Any) -> None:
    version = newest(event)
    version.check(example)
    assert Schema(version.schema).errors(example) == []


@pytest.mark.parametrize(("event", "example"), INVALID)
def test_the_second_pass_reports_what_the_first_one_found(event: str, example: Any) -> None:
    version = newest(event)
    with pytest.raises(Violation) as caught:
        version.check(example.event)
    first = FieldError(caught.value.pointer, caught.value.keyword, caught.value.detail)
    errors = Schema(version.schema).errors(example.event)
    assert first in errors
    assert (example.pointer, example.keyword) in [(error.pointer, error.keyword) for error in errors]


def test_all_violations_are_reported_with_their_place(purchase: dict[str, Any]) -> None:
    purchase |= {"quantity": 0, "price": {"amount_micros": 1.5, "currency": "GEM"}, "app": None}
    del purchase["store"]
    errors = Schema(newest("purchase").schema).errors(purchase)
    assert {(error.pointer, error.keyword) for error in errors} == {
        ("/store", "required"),
        ("/app", "type"),
        ("/quantity", "minimum"),
        ("/price/amount_micros", "type"),
        ("/price/currency", "enum"),
    }


def test_unknown_properties_are_reported_once_at_their_parent_and_never_by_name() -> None:
    closed = Schema({"type": "object", "additionalProperties": False, "properties": {}})
    [error] = closed.errors({"alice@example.com": 1, "bob@example.com": 2})
    assert (error.pointer, error.keyword) == ("", "additionalProperties")
    assert "example.com" not in error.detail


def test_no_reason_repeats_a_submitted_value(purchase: dict[str, Any]) -> None:
    secret = "alice@example.com"
    purchase |= dict.fromkeys(("event_id", "quantity", "store", "sandbox", "price", "occurred_at"), secret)
    errors = Schema(newest("purchase").schema).errors(purchase)
    assert len(errors) == 6
    assert secret not in str(errors)


def test_the_end_of_a_pattern_is_the_end_of_the_text() -> None:
    assert schema(type="string", pattern="^[a-z]+$").errors({"it": "abc"}) == []
    assert schema(type="string", pattern="^[a-z]+$").errors({"it": "abc\n"}) != []


def test_an_escaped_dollar_in_a_pattern_is_a_dollar() -> None:
    assert schema(type="string", pattern=r"^\$[0-9]+$").errors({"it": "$12"}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("uuid", "01930F3A-7C00-7001-8000-000000000001"),
        ("date-time", "2026-11-02 18:04:05Z"),
        ("date", "2026-02-30"),
    ],
)
def test_formats_are_checked_strictly(name: str, value: str) -> None:
    [error] = schema(type="string", format=name).errors({"it": value})
    assert (error.pointer, error.keyword) == ("/it", "format")


def test_a_whole_number_may_be_written_with_a_point_but_a_boolean_is_none() -> None:
    assert schema(type="integer").errors({"it": 2.0}) == []
    assert schema(type="integer").errors({"it": True}) != []


def test_the_number_of_reasons_is_bounded() -> None:
    array = Schema({"type": "array", "items": {"type": "string"}})
    assert len(array.errors([1] * 1000)) == MAX_ERRORS
