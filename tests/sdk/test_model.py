import dataclasses
import json
import math
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questlog import App, InvalidEvent, Purchase
from questlog._generated.checks import CHECKS
from questlog._model import Model
from tests.repository import ROOT
from tests.sdk.samples import CONTEXT, Zone, purchase

OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001 - as above
    timezones=OFFSETS,
)
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=64)
"""Unicode without control characters, as `placement` takes it."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Anything(Model):
    """Holds a value of any type, to see its form in JSON."""

    value: Any


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> type[Anything]:
    monkeypatch.setitem(CHECKS, "Anything", lambda _: None)
    return Anything


@given(placement=TEXTS, occurred_at=MOMENTS, level=st.none() | st.integers(0, 1_000_000))
@settings(deadline=None)
def test_the_json_form_survives_json_and_its_own_check(
    placement: str, occurred_at: datetime, level: int | None
) -> None:
    event = purchase(placement=placement, occurred_at=occurred_at, player_level=level)
    form = event.to_json()
    assert json.loads(json.dumps(form)) == form
    CHECKS["Purchase"](form)
    assert form["placement"] == placement
    assert form.get("player_level") == level


@given(occurred_at=MOMENTS)
@settings(deadline=None)
def test_a_time_is_written_in_utc_with_milliseconds_and_z(occurred_at: datetime) -> None:
    text = purchase(occurred_at=occurred_at).to_json()["occurred_at"]
    assert text.endswith("Z")
    assert len(text) == len("2026-11-02T18:04:05.123Z")
    assert timedelta(0) <= occurred_at - datetime.fromisoformat(text) < timedelta(milliseconds=1)


@given(before=TEXTS, surrogate=st.characters(categories=["Cs"]))
@settings(deadline=None)
def test_a_lone_surrogate_is_refused_where_it_stands(before: str, surrogate: str) -> None:
    with pytest.raises(InvalidEvent) as caught:
        purchase(placement=before + surrogate)
    assert (caught.value.pointer, caught.value.keyword) == ("/placement", "type")


def test_a_surrogate_in_a_nested_model_is_refused_by_that_model() -> None:
    with pytest.raises(InvalidEvent, match="version: must be Unicode text"):
        App(version="\ud800", build="1")


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(InvalidEvent, match="occurred_at: must have a time zone") as caught:
        purchase(occurred_at=datetime(2026, 11, 2))  # noqa: DTZ001 - that is the point
    assert caught.value.keyword == "format"


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-12))),
    ],
)
def test_a_time_that_utc_cannot_tell_is_refused(moment: datetime) -> None:
    with pytest.raises(InvalidEvent, match="within the years 1 to 9999"):
        purchase(occurred_at=moment)


def test_a_zone_that_raises_is_refused_without_its_message() -> None:
    def fail() -> timedelta:
        raise ZeroDivisionError("alice")

    with pytest.raises(InvalidEvent, match="occurred_at: must have a time zone that works") as caught:
        purchase(occurred_at=datetime(2026, 11, 2, tzinfo=Zone(fail)))
    assert caught.value.keyword == "format"
    assert caught.value.__suppress_context__


def test_a_model_without_a_contract_is_refused() -> None:
    with pytest.raises(
        InvalidEvent, match="must be a model of Questlog or derived from one; Anything is not"
    ):
        Anything(value=1)


def test_a_derived_model_is_checked_by_the_contract_it_is_derived_from() -> None:
    class Build(App):
        __slots__ = ()

    assert Build(version="2.14.0", build="1").to_json() == {"version": "2.14.0", "build": "1"}
    with pytest.raises(InvalidEvent, match="build: "):
        Build(version="2.14.0", build="")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_lacks_is_refused(unchecked: type[Anything], value: float) -> None:
    with pytest.raises(InvalidEvent, match="value: must be a finite number"):
        unchecked(value=value)


def test_none_is_absent() -> None:
    assert "player_id" not in purchase(player_id=None).to_json()


def test_none_in_place_of_a_required_member_is_missing() -> None:
    with pytest.raises(InvalidEvent) as caught:
        purchase(product_id=None)
    assert (caught.value.pointer, caught.value.keyword) == ("/product_id", "required")


def test_a_uuid_is_written_in_lower_case() -> None:
    event_id = UUID("01930F3A-7C00-7001-8000-0000000000AB")
    assert purchase(event_id=event_id).to_json()["event_id"] == "01930f3a-7c00-7001-8000-0000000000ab"


def test_the_form_begins_with_the_discriminators_and_nests_the_fragments() -> None:
    form = purchase().to_json()
    assert list(form)[:2] == ["event", "schema_version"]
    assert form["price"] == {"amount_micros": 4_990_000, "currency": "EUR"}
    assert form["app"] == {"version": "2.14.0", "build": "21400417"}


@pytest.mark.parametrize(
    ("changes", "pointer", "keyword"),
    [
        ({"quantity": 0}, "/quantity", "minimum"),
        ({"quantity": True}, "/quantity", "type"),
        ({"quantity": "1"}, "/quantity", "type"),
        ({"store": "corner_shop"}, "/store", "enum"),
        ({"price": CONTEXT.app}, "/price/amount_micros", "required"),
        ({"price": {"amount_micros": 1, "currency": "EUR"}}, "/price", "type"),
        ({"receipt_sha256": b"secret"}, "/receipt_sha256", "type"),
        ({"event": "refund"}, "/event", "const"),
    ],
)
def test_a_value_the_contract_refuses_is_refused_at_construction(
    changes: dict[str, Any], pointer: str, keyword: str
) -> None:
    with pytest.raises(InvalidEvent) as caught:
        purchase(**changes)
    assert (caught.value.pointer, caught.value.keyword) == (pointer, keyword)


@pytest.mark.parametrize(
    ("changes", "example"),
    [
        ({"price": 4.99}, ', e.g. Money.of("4.99", "EUR") (type at /price)'),
        (
            {"price": {"amount_micros": 1, "currency": "EUR"}},
            ', e.g. Money.of("4.99", "EUR") (type at /price)',
        ),
        ({"player_id": 5}, ', e.g. "player-'),
        ({"player_id": "two words"}, ', e.g. "player-'),
        ({"session_id": 5}, ", e.g. uuid7() (type at /session_id)"),
    ],
)
def test_an_error_shows_what_to_write(changes: dict[str, Any], example: str) -> None:
    with pytest.raises(InvalidEvent) as caught:
        purchase(**changes)
    assert example in str(caught.value)


def test_an_error_about_a_part_of_an_event_shows_what_to_write_too() -> None:
    with pytest.raises(InvalidEvent, match=r', e\.g\. "\w\w-\w\w" \(pattern at /locale\)'):
        dataclasses.replace(CONTEXT.device, locale="de_DE")
    with pytest.raises(InvalidEvent, match=r', e\.g\. "player-'):
        dataclasses.replace(CONTEXT, player_id="two words")


def test_a_game_that_makes_no_mistake_does_not_load_the_examples() -> None:
    program = "import sys, tests.sdk.samples; print('questlog._generated.examples' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_no_error_repeats_the_value() -> None:
    with pytest.raises(InvalidEvent) as caught:
        purchase(player_id="alice@example.com")
    assert "alice" not in str(caught.value) + repr(caught.value)


def test_a_value_without_a_form_in_json_is_named_by_its_type_only(unchecked: type[Anything]) -> None:
    with pytest.raises(InvalidEvent, match="such as Money, not bytes") as caught:
        unchecked(value=[b"secret"])
    assert caught.value.pointer == "/value/0"


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (date(2026, 11, 2), "2026-11-02"),
        (("a", "b"), ["a", "b"]),
        ([CONTEXT.app], [{"version": "2.14.0", "build": "21400417"}]),
        (1.5, 1.5),
        (False, False),
        (datetime(2026, 11, 2, tzinfo=UTC), "2026-11-02T00:00:00.000Z"),
    ],
)
def test_every_type_of_the_dialect_has_a_form(unchecked: type[Anything], value: object, form: object) -> None:
    assert unchecked(value=value).to_json() == {"value": form}


def test_an_event_cannot_be_changed() -> None:
    event: Any = purchase()
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.event_id = uuid4()


def test_an_event_holds_its_members_in_slots() -> None:
    assert not hasattr(purchase(), "__dict__")
    assert Purchase.__slots__
