from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from questlog import InvalidEvent, Stats, uuid7
from questlog.testing import CONTEXT, AsyncRecordingClient, RecordingClient
from tests.sdk.samples import BOUGHT, NOW, purchase

INSTALLED: dict[str, Any] = {"install_kind": "first_open", "store": "steam", "attribution_status": "organic"}


@pytest.fixture
def recorder() -> RecordingClient:
    return RecordingClient()


def test_an_event_is_recorded_as_the_api_would_get_it(recorder: RecordingClient) -> None:
    event_id = uuid7()
    told = recorder.purchase(**BOUGHT, event_id=event_id, occurred_at=NOW)
    [event] = recorder.events
    assert told == event["event_id"] == str(event_id)
    assert event["occurred_at"] == "2026-11-02T18:04:05.123Z"
    assert event["price"] == {"amount_micros": 4_990_000, "currency": "EUR"}
    assert event["install_id"] == str(CONTEXT.install_id)


def test_an_event_that_breaks_its_contract_raises_and_is_not_recorded(recorder: RecordingClient) -> None:
    with pytest.raises(InvalidEvent, match="quantity"):
        recorder.purchase(**{**BOUGHT, "quantity": 0})
    assert recorder.events == []


def test_events_are_in_order_and_found_by_name(recorder: RecordingClient) -> None:
    recorder.install(**INSTALLED)
    ids = [recorder.purchase(**BOUGHT) for _ in range(2)]
    assert [event["event"] for event in recorder.events] == ["install", "purchase", "purchase"]
    assert [event["event_id"] for event in recorder.of("purchase")] == ids
    assert recorder.of("refund") == []


def test_events_as_objects_are_recorded(recorder: RecordingClient) -> None:
    event = purchase()
    recorder.track(event)
    assert recorder.events == [event.to_json()]


def test_what_is_no_event_is_dropped_with_the_reason(recorder: RecordingClient) -> None:
    recorder.track("purchase")  # type: ignore[arg-type]  # the mistake of this test
    assert recorder.stats() == Stats(accepted=0, rejected=0, dropped=1, pending=0)
    assert "not str" in recorder.dropped[0]


def test_an_install_is_recorded_once_for_each_installation(recorder: RecordingClient) -> None:
    recorder.install(**INSTALLED)
    recorder.install(**INSTALLED)
    recorder.install(**INSTALLED, context=replace(CONTEXT, install_id=uuid7()))
    assert len(recorder.of("install")) == 2


def test_clearing_forgets_all(recorder: RecordingClient) -> None:
    recorder.install(**INSTALLED)
    recorder.track(None)  # type: ignore[arg-type]  # the mistake of this test
    recorder.clear()
    assert (recorder.events, recorder.dropped) == ([], [])
    recorder.install(**INSTALLED)
    assert len(recorder.events) == 1


def test_without_consent_nothing_is_recorded(recorder: RecordingClient) -> None:
    recorder.consent = False
    recorder.purchase(**BOUGHT)
    assert recorder.events == []
    assert recorder.stats().dropped == 0


def test_after_close_events_are_dropped() -> None:
    with RecordingClient() as recorder:
        recorder.purchase(**BOUGHT)
        assert recorder.flush()
    recorder.purchase(**BOUGHT)
    assert len(recorder.events) == 1
    assert recorder.dropped == ["the client is closed"]


def test_players_of_a_server_have_contexts_of_their_own(recorder: RecordingClient) -> None:
    recorder.for_player(replace(CONTEXT, player_id="anna")).purchase(**BOUGHT)
    recorder.purchase(**BOUGHT)
    assert [event.get("player_id") for event in recorder.events] == ["anna", None]


def test_what_a_test_does_with_the_list_changes_nothing(recorder: RecordingClient) -> None:
    recorder.purchase(**BOUGHT)
    recorder.events.clear()
    assert len(recorder.events) == 1


def test_threads_may_share_one(recorder: RecordingClient) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: recorder.purchase(**BOUGHT), range(400)))
    assert {event["event_id"] for event in recorder.events} == set(ids)


@pytest.mark.anyio
async def test_the_one_for_asyncio_is_awaited_like_the_real_one() -> None:
    async with AsyncRecordingClient() as recorder:
        recorder.purchase(**BOUGHT)
        assert await recorder.stored()
        assert await recorder.flush()
        assert await recorder.purge() == 0
    recorder.purchase(**BOUGHT)
    assert len(recorder.events) == len(recorder.dropped) == 1


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_what_a_client_refuses_is_refused_here_too(recorder: RecordingClient) -> None:
    untyped: Any = recorder
    with pytest.raises(TypeError, match="consent must be True or False"):
        untyped.consent = "no"
    for wait in (untyped.flush, untyped.close):
        with pytest.raises(TypeError, match="timeout must be a number of seconds"):
            wait(None)
