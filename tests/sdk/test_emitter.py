"""Two ways lead to an event's JSON: straight from plain arguments, and through its model. They must agree."""

import enum
import inspect
import json
import re
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questlog import EVENTS, Context, InvalidEvent, Money, uuid7
from questlog._commands.from_json import checked_model
from questlog._emitter import Emitter
from questlog._generated import writers
from questlog._generated.checks import CHECKS
from questlog._model import Event
from tests.sdk.samples import BOUGHT, CONTEXT, NOW

SCHEMAS = Path(__file__).parents[2] / "schemas"
STAMPED = {"event", "schema_version", "event_id", "occurred_at", *CONTEXT.as_arguments()}


class Taking(Emitter):
    """Keeps what it is given, and by which way that came."""

    def __init__(self, context: Context = CONTEXT) -> None:
        super().__init__(context)
        self.bodies: list[bytes] = []
        self.dropped: list[str] = []
        self.made = 0

    def _put(self, body: bytes) -> None:
        self.bodies.append(body)

    def _drop(self, reason: str) -> None:
        self.dropped.append(reason)

    def _made(self, *arguments: Any, **members: Any) -> str:
        self.made += 1
        return super()._made(*arguments, **members)


class Text(str):
    __slots__ = ()


class Word(enum.StrEnum):
    CONSUMABLE = "consumable"


class Number(int):
    def __str__(self) -> str:
        return "many"

    __repr__ = __str__

    def __format__(self, _: str) -> str:
        return "many"


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 10**16),
    st.integers(-2, 100).map(Number),
    st.floats(),
    st.text(st.characters(exclude_categories=()), max_size=140),  # lone surrogates and control characters too
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=70),
    st.text("0123456789abcdef", min_size=64, max_size=64),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=9),
    st.text('"\\', min_size=1, max_size=2),
    st.text("ab", max_size=3).map(Text),
    st.just(Word.CONSUMABLE),
    st.builds(Money, amount_micros=st.sampled_from([0, 1, 10**15, 4.0, Number(3)]), currency=st.just("EUR")),
    st.just(Money(amount_micros=1, currency=Text("EUR"))),  # type: ignore[arg-type]  # mypy would tell the game
    st.just(NOW),
    st.just(uuid7()),
    st.lists(st.text(), max_size=2),
    st.just({"amount_micros": 1, "currency": "EUR"}),
)


@cache
def _samples(event: str) -> list[Event]:
    """Return the examples of a contract, as models."""
    paths = sorted((SCHEMAS / event / "examples" / "valid").glob("*.json"))
    kind = EVENTS[event]
    names = {name: kind.__dataclass_fields__[name].default for name in ("event", "schema_version")}
    return [checked_model(kind, {**names, **json.loads(path.read_text("utf-8"))}) for path in paths]


def _own_arguments(event: Event) -> dict[str, Any]:
    return {field.name: getattr(event, field.name) for field in fields(event) if field.name not in STAMPED}


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Draw an event's name and arguments: an example, of which some are replaced by anything."""
    name = draw(st.sampled_from(sorted(EVENTS)))
    arguments = _own_arguments(draw(st.sampled_from(_samples(name))))
    changed = draw(st.dictionaries(st.sampled_from(sorted(arguments)), JUNK, max_size=2))
    return name, {**arguments, **changed}


def _judged(name: str, arguments: dict[str, Any]) -> Event:
    kind: Any = EVENTS[name]
    return kind(event_id=uuid7(), occurred_at=NOW, **CONTEXT.as_arguments(), **arguments)  # type: ignore[no-any-return]


def _emitted(name: str, arguments: dict[str, Any], emitter: Emitter) -> Any:
    return getattr(emitter, name)(**arguments)


@settings(max_examples=400)
@given(calls())
def test_what_the_model_takes_is_emitted_with_the_models_json(call: tuple[str, dict[str, Any]]) -> None:
    name, arguments = call
    emitter = Taking()
    try:
        expected = _judged(name, arguments).to_json()
    except InvalidEvent as refusal:
        with pytest.raises(InvalidEvent, match=re.escape(str(refusal))):
            _emitted(name, arguments, emitter)
        assert emitter.bodies == []
        return
    event_id = _emitted(name, arguments, emitter)
    (body,) = emitter.bodies
    event = json.loads(body)
    assert event == {**expected, "event_id": event_id, "occurred_at": event["occurred_at"]}
    CHECKS[EVENTS[name].__name__](event)


@settings(max_examples=400)
@given(calls())
def test_what_is_written_is_what_the_model_would_write(call: tuple[str, dict[str, Any]]) -> None:
    name, arguments = call
    writer = getattr(writers, f"write_{name}")
    members = writer(*[arguments[parameter] for parameter in inspect.signature(writer).parameters])
    if members is not None:
        form = _judged(name, arguments).to_json()
        assert json.loads(f"{{{members[1:]}}}") == {key: form[key] for key in form if key not in STAMPED}


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_of_every_event_some_example_is_written_without_its_model(name: str) -> None:
    emitter = Taking()
    for sample in _samples(name):
        _emitted(name, _own_arguments(sample), emitter)
    assert emitter.made < len(_samples(name))


@pytest.mark.parametrize("text", ["Käse 🧀", 'quote " and \\', "line separator \u2028", "x" * 64])
def test_any_text_arrives_as_it_is_without_the_model(text: str) -> None:
    emitter = Taking()
    emitter.purchase(**BOUGHT, placement=text)
    assert emitter.made == 0
    assert json.loads(emitter.bodies[0])["placement"] == text


def test_a_lone_surrogate_is_refused_as_the_model_says() -> None:
    emitter = Taking()
    with pytest.raises(InvalidEvent, match="must be Unicode text; it has a lone surrogate"):
        emitter.purchase(**BOUGHT, placement="\ud800")
    assert emitter.bodies == []


@pytest.mark.parametrize(
    ("field", "value", "keyword"),
    [
        ("quantity", True, "type"),
        ("quantity", None, "required"),
        ("quantity", 1.5, "type"),
        ("sandbox", 1, "type"),
        ("product_type", "consumabel", "enum"),
        ("product_id", "", "minLength"),
        ("price", {"amount_micros": 1, "currency": "EUR"}, "type"),
    ],
)
def test_what_breaks_the_contract_is_refused_with_field_and_rule(
    field: str, value: object, keyword: str
) -> None:
    arguments: dict[str, Any] = {**BOUGHT, field: value}
    with pytest.raises(InvalidEvent) as caught:
        Taking().purchase(**arguments)
    assert (caught.value.pointer, caught.value.keyword) == (f"/{field}", keyword)


@pytest.mark.parametrize(
    ("field", "value", "sent"),
    [
        ("product_id", Text("gems"), "gems"),
        ("product_type", Word.CONSUMABLE, "consumable"),
        ("quantity", 2.0, 2),
        ("quantity", Number(2), 2),
        ("price", Money(amount_micros=Number(2), currency="EUR"), {"amount_micros": 2, "currency": "EUR"}),
    ],
)
def test_kinds_of_text_and_numbers_are_sent_as_what_they_are(field: str, value: object, sent: object) -> None:
    emitter = Taking()
    arguments: dict[str, Any] = {**BOUGHT, field: value}
    emitter.purchase(**arguments)
    assert json.loads(emitter.bodies[0])[field] == sent


def test_a_time_or_an_id_that_is_given_goes_through_the_model() -> None:
    emitter = Taking()
    event_id = uuid7()
    assert emitter.purchase(**BOUGHT, event_id=event_id, occurred_at=NOW) == str(event_id)
    event = json.loads(emitter.bodies[0])
    assert (event["event_id"], event["occurred_at"]) == (str(event_id), "2026-11-02T18:04:05.123Z")
    wrong: Any = "now"
    with pytest.raises(InvalidEvent, match="occurred_at"):
        emitter.purchase(**BOUGHT, occurred_at=wrong)
    naive = datetime(2026, 11, 2)  # noqa: DTZ001 - what is to be refused
    with pytest.raises(InvalidEvent, match="must have a time zone"):
        emitter.purchase(**BOUGHT, occurred_at=naive)


def test_events_happen_in_the_order_in_which_they_are_made_by_either_way() -> None:
    emitter = Taking()
    for number in range(200):
        emitter.purchase(**BOUGHT, tax_micros=None if number % 2 else Number(1))
    assert emitter.made == 100
    events = [json.loads(body) for body in emitter.bodies]
    for key in ("occurred_at", "event_id"):
        assert [event[key] for event in events] == sorted(event[key] for event in events)
    assert datetime.fromisoformat(events[-1]["occurred_at"]) <= datetime.now(UTC)


def test_a_new_session_sets_the_clock_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    emitter = Taking()
    restarts: list[bool] = []
    monkeypatch.setattr(emitter._clock, "restart", lambda: restarts.append(True))
    emitter.context = replace(CONTEXT, player_id="player-2")
    assert restarts == []
    emitter.context = replace(CONTEXT, session_id=uuid7())
    assert restarts == [True]


def test_tracking_returns_the_id_and_never_raises() -> None:
    emitter = Taking()
    event = _samples("purchase")[0]
    assert emitter.track(event) == str(event.event_id)
    wrong: Any = object()
    assert emitter.track(wrong) is None
    assert emitter.dropped == ["track() takes events such as questlog.Purchase, not object"]
