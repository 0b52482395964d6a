import json
from collections.abc import Callable
from typing import Any

import pytest

from questlog_codegen.contracts import Contract, InvalidExample
from tests.repository import ROOT, shipped_catalog
from tests.schemas.validators import VALIDATORS_BY_NAME, constructed, jsonschema_with_our_formats

CONTRACTS = shipped_catalog().contracts
VALID = [
    pytest.param(contract.event, example, id=f"{contract.event}-{name}")
    for contract in CONTRACTS
    for name, example in contract.valid_examples.items()
]
INVALID = [
    pytest.param(contract.event, example, id=f"{contract.event}-{name}")
    for contract in CONTRACTS
    for name, example in contract.invalid_examples.items()
]
each_validator = pytest.mark.parametrize("is_valid", VALIDATORS_BY_NAME.values(), ids=VALIDATORS_BY_NAME)
IsValid = Callable[[str, Any], bool]


@each_validator
@pytest.mark.parametrize(("event", "example"), VALID)
def test_every_validator_accepts_a_valid_example(
    is_valid: IsValid, event: str, example: dict[str, Any]
) -> None:
    assert is_valid(event, example)


@each_validator
@pytest.mark.parametrize(("event", "example"), INVALID)
def test_every_validator_refuses_an_invalid_example(
    is_valid: IsValid, event: str, example: InvalidExample
) -> None:
    assert not is_valid(event, example.event)


@pytest.mark.parametrize(("event", "example"), VALID)
def test_the_sdk_builds_every_valid_example_and_says_the_same(event: str, example: dict[str, Any]) -> None:
    again = constructed(event, example).to_json()
    assert {**again, "occurred_at": None, "clicked_at": None} == {
        **example,
        "occurred_at": None,
        "clicked_at": None,
    }


@pytest.mark.parametrize(("event", "example"), INVALID)
def test_the_sdk_refuses_an_invalid_example_or_makes_it_right(event: str, example: InvalidExample) -> None:
    try:
        built = constructed(event, example.event)
    except (ValueError, TypeError, AttributeError):
        return
    # A UUID object has no upper case: there the mistake cannot be made.
    assert jsonschema_with_our_formats(event, built.to_json())


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.event)
def test_an_event_has_enough_examples_to_learn_from(contract: Contract) -> None:
    shipped = contract.event in {"install", "purchase", "refund"}
    assert len(contract.valid_examples) >= (6 if shipped else 1)
    assert len(contract.invalid_examples) >= (12 if shipped else 1)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "schemas").glob("*/schema.json")), ids=lambda path: path.parent.name
)
def test_an_event_can_be_read_without_its_tools(path: Any) -> None:
    assert json.loads(path.read_text(encoding="utf-8"))["$schema"] == "../dialect.json"
