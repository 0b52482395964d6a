from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from questlog import EVENTS, Context, InvalidEvent, Money
from questlog._commands.from_json import _value, checked_model
from tests.repository import shipped_catalog
from tests.sdk.samples import CONTEXT, purchase

VALID = {
    f"{contract.event}-{name}": (contract.event, example)
    for contract in shipped_catalog().contracts
    for name, example in contract.valid_examples.items()
}

INVALID = {
    f"{contract.event}-{name}": (contract.event, example.pointer, example.event)
    for contract in shipped_catalog().contracts
    for name, example in contract.invalid_examples.items()
}


@pytest.mark.parametrize(("event", "pointer", "form"), INVALID.values(), ids=INVALID)
def test_every_invalid_example_is_refused_at_its_place(
    event: str, pointer: str, form: dict[str, Any]
) -> None:
    with pytest.raises(InvalidEvent) as caught:
        checked_model(EVENTS[event], form)
    assert caught.value.pointer == pointer


@pytest.mark.parametrize(("event", "example"), VALID.values(), ids=VALID)
def test_every_valid_example_becomes_its_event(event: str, example: dict[str, Any]) -> None:
    form = checked_model(EVENTS[event], example).to_json()
    times = {name for name, value in example.items() if name.endswith("_at")}
    assert form.keys() == example.keys()
    assert {name: form[name] for name in form.keys() - times} == {
        name: example[name] for name in example.keys() - times
    }
    for name in times:
        assert abs(datetime.fromisoformat(form[name]) - datetime.fromisoformat(example[name])).seconds == 0


def test_members_have_the_types_of_the_model() -> None:
    event: Any = checked_model(EVENTS["purchase"], purchase().to_json())
    assert type(event.event_id) is UUID
    assert type(event.occurred_at) is datetime
    assert event.price == Money.of("4.99", "EUR")


def test_a_context_comes_back_as_it_was() -> None:
    assert checked_model(Context, CONTEXT.to_json()) == CONTEXT


def test_what_the_contract_refuses_is_refused_by_its_place() -> None:
    form = purchase().to_json()
    form["price"]["currency"] = "alice@example.com"
    with pytest.raises(InvalidEvent, match="currency") as caught:
        checked_model(EVENTS["purchase"], form)
    assert "alice" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["2026-11-02T18:04:05.123456789Z", "2026-11-02T19:04:05.1234+01:00", "2026-11-02T18:04:05.1239Z"]
)
def test_times_of_every_precision_and_offset_are_read(text: str) -> None:
    event = checked_model(EVENTS["purchase"], {**purchase().to_json(), "occurred_at": text})
    assert event.to_json()["occurred_at"] == "2026-11-02T18:04:05.123Z"


@pytest.mark.parametrize(
    ("hint", "value", "read"),
    [
        (date, "2026-11-02", date(2026, 11, 2)),
        (list[UUID], [str(CONTEXT.install_id)], [CONTEXT.install_id]),
        (tuple[datetime, ...], ["2026-11-02T00:00:00Z"], (datetime(2026, 11, 2, tzinfo=UTC),)),
        (list[str] | None, ["a"], ["a"]),
        (str | None, "a", "a"),
    ],
)
def test_other_types_that_contracts_may_have_are_read(hint: object, value: object, read: object) -> None:
    assert _value(hint, value) == read


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(InvalidEvent, match="Unicode"):
        checked_model(EVENTS["purchase"], {**purchase().to_json(), "placement": "\ud800"})
