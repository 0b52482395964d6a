from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from questlog import Client, Event, InvalidEvent, Purchase, Rejection, Stats, uuid7
from tests.sdk.loopback import serve
from tests.sdk.samples import BOUGHT, CONTEXT, NOW, Zone, purchase
from tests.sdk.script import Reply, Script, problem, refusing, rejecting

LONG = 30.0


def _client(script: Script, **options: Any) -> Client:
    return Client("http://api", "key", context=CONTEXT, transport=script.transport(), **options)


def _sent(script: Script) -> list[dict[str, Any]]:
    return [event for received in script.received for event in received.body["events"]]


def test_a_purchase_travels_to_an_api_over_a_real_socket() -> None:
    script = Script()
    with serve(script) as url, Client(url, "key", context=CONTEXT) as client:
        event = client.purchase(**BOUGHT)
    assert isinstance(event, Purchase)
    assert _sent(script) == [event.to_json()]
    assert client.stats() == Stats(accepted=1, rejected=0, dropped=0, pending=0)


def test_many_events_travel_in_few_requests() -> None:
    script = Script()
    with serve(script) as url, Client(url, "key", context=CONTEXT, flush_interval=60.0) as client:
        for _ in range(1200):
            client.track(purchase())
    assert len(_sent(script)) == 1200
    assert max(len(received.ids) for received in script.received) <= 500
    assert len(script.received) <= 5


def test_an_event_is_stamped_with_the_clients_context_a_new_id_and_now() -> None:
    before = datetime.now(UTC)
    with _client(Script()) as client:
        event = client.purchase(**BOUGHT)
    assert event.event_id.version == 7
    assert before <= event.occurred_at <= datetime.now(UTC)
    assert (event.install_id, event.session_id) == (CONTEXT.install_id, CONTEXT.session_id)
    assert (event.app, event.device, event.player_id) == (CONTEXT.app, CONTEXT.device, "player-1")


def test_id_time_and_context_can_be_given() -> None:
    event_id, other = uuid7(), replace(CONTEXT, player_id=None, session_id=uuid7())
    with _client(Script()) as client:
        event = client.purchase(**BOUGHT, event_id=event_id, occurred_at=NOW, context=other)
    assert (event.event_id, event.occurred_at) == (event_id, NOW)
    assert (event.player_id, event.session_id) == (None, other.session_id)


def test_a_new_context_counts_from_the_next_event_on() -> None:
    with _client(Script()) as client:
        client.context = replace(CONTEXT, player_id="player-2")
        assert client.purchase(**BOUGHT).player_id == "player-2"


def test_an_invalid_event_is_raised_where_it_is_made_and_never_sent() -> None:
    script = Script()
    with _client(script) as client, pytest.raises(InvalidEvent, match="quantity: must be at least 1"):
        client.purchase(**{**BOUGHT, "quantity": 0})
    assert script.received == []


@pytest.mark.parametrize(
    "trouble",
    [
        Reply(500),
        Reply(200, b"<html>Hotel wifi: please log in</html>"),
        Reply(302, headers={"Location": "http://login"}),
        problem(429, "too-many-requests"),
        problem(503, "unavailable", {"Retry-After": "0"}),
    ],
    ids=["500", "login page", "redirect", "429", "503"],
)
def test_trouble_on_the_way_costs_no_event(trouble: Reply) -> None:
    script = Script(trouble)
    with serve(script) as url, Client(url, "key", context=CONTEXT, flush_interval=0) as client:
        client.purchase(**BOUGHT)
        assert client.flush(LONG)
    assert client.stats().accepted == 1
    assert len(script.received) == 2


def test_a_bad_event_does_not_block_the_others() -> None:
    events = [purchase() for _ in range(100)]
    bad = str(events[42].event_id)
    told: list[Rejection] = []
    script = Script(otherwise=refusing(bad, reply=problem(422, "invalid-batch")))
    with _client(script, on_rejected=told.append) as client:
        for event in events:
            client.track(event)
        assert client.flush(LONG)
    assert client.stats() == Stats(accepted=99, rejected=1, dropped=0, pending=0)
    assert [rejection.event_id for rejection in told] == [bad]


def test_rejections_are_counted_and_told() -> None:
    event = purchase()
    told: list[Rejection] = []
    with _client(Script(rejecting(str(event.event_id))), on_rejected=told.append) as client:
        client.track(event)
    assert client.stats() == Stats(accepted=0, rejected=1, dropped=0, pending=0)
    assert told[0].errors[0].pointer == "/price/currency"


@pytest.mark.parametrize("option", ["queue_events", "queue_bytes"])
def test_a_full_queue_drops_and_counts(option: str) -> None:
    client = _client(Script(otherwise=Reply(503)), **{option: 1})
    for _ in range(3):
        client.purchase(**BOUGHT)
    assert client.stats().dropped == (2 if option == "queue_events" else 3)
    client.close(0)


def test_close_is_bounded_and_says_what_is_left() -> None:
    client = _client(Script(otherwise=problem(401, "unauthorized")))
    client.purchase(**BOUGHT)
    assert client.close(timeout=0) == 1


def test_an_event_after_close_is_dropped_not_raised() -> None:
    with _client(Script()) as client:
        pass
    client.purchase(**BOUGHT)
    assert client.stats().dropped == 1


@pytest.mark.parametrize(
    "wrong",
    [None, {}, BOUGHT["price"], Event, Event()],
    ids=["None", "a dict", "a part of an event", "a class", "no event in particular"],
)
def test_what_is_no_event_is_logged_and_dropped_not_raised(
    wrong: Any, caplog: pytest.LogCaptureFixture
) -> None:
    script = Script()
    with _client(script) as client:
        client.track(wrong)
        client.purchase(**BOUGHT)
    assert client.stats() == Stats(accepted=1, rejected=0, dropped=1, pending=0)
    expected = (
        f"track() takes events such as questlog.Purchase, not {type(wrong).__name__}: 1 event(s) dropped"
    )
    assert expected in caplog.text


def test_what_cannot_be_sent_any_more_is_dropped_not_raised() -> None:
    offsets = iter([timedelta(0)] * 2)  # as many as the construction asks for
    with _client(Script()) as client:
        client.purchase(**BOUGHT, occurred_at=datetime(2026, 11, 2, tzinfo=Zone(lambda: next(offsets))))
    assert client.stats().dropped == 1


@pytest.mark.parametrize("wrong", [None, {}, "player-1"])
def test_what_is_no_context_is_refused_for_the_client(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"context must be a questlog\.Context, not"):
        Client("http://api", "key", context=wrong)
    with _client(Script()) as client:
        with pytest.raises(TypeError, match=r"context must be a questlog\.Context, not"):
            client.context = wrong
        assert client.context is CONTEXT


def test_what_is_no_context_is_refused_for_a_single_event() -> None:
    wrong: Any = {}
    with _client(Script()) as client, pytest.raises(TypeError, match=r"must be a questlog\.Context"):
        client.purchase(**BOUGHT, context=wrong)


def test_a_callback_that_cannot_be_called_is_refused() -> None:
    wrong: Any = "print"
    with pytest.raises(TypeError, match="on_rejected must be a function or None, not str"):
        Client("http://api", "key", context=CONTEXT, on_rejected=wrong)


def test_an_event_of_a_derived_class_is_delivered() -> None:
    class Starter(Purchase):
        __slots__ = ()

    made = purchase()
    event = Starter(**{field.name: getattr(made, field.name) for field in fields(made)})
    script = Script()
    with _client(script) as client:
        client.track(event)
    assert _sent(script) == [made.to_json()]


def test_an_option_that_cannot_work_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="url must be like"):
        Client("events.example.com", "key", context=CONTEXT)


def test_the_write_key_is_not_shown() -> None:
    with Client("http://api", "very-secret", context=CONTEXT) as client:
        assert "very-secret" not in repr(client)
