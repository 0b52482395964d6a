import signal
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from math import inf, nan
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from questlog import Client, Event, InvalidEvent, Purchase, Rejection, Stats, uuid7
from tests.sdk.loopback import serve
from tests.sdk.samples import BOUGHT, CONTEXT, NOW, Zone, purchase
from tests.sdk.script import Reply, Script, problem, refusing, rejecting
from tests.sdk.workers import LONG, Gate, MakeClient, eventually

NOTHING_LEFT = Stats(accepted=0, rejected=0, dropped=0, pending=0)


def _moment(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["occurred_at"])


def test_a_purchase_travels_to_an_api_over_a_real_socket(tmp_path: Path) -> None:
    script = Script()
    with serve(script) as url, Client(url, "key", context=CONTEXT, outbox=tmp_path) as client:
        event_id = client.purchase(**BOUGHT)
    (event,) = script.events
    expected = purchase(event_id=UUID(event_id), occurred_at=_moment(event), player_id="player-1")
    assert event == expected.to_json()
    assert client.stats() == replace(NOTHING_LEFT, accepted=1)


@pytest.mark.parametrize("outbox", ["folder", None])
def test_many_events_travel_in_few_requests(tmp_path: Path, outbox: str | None) -> None:
    script = Script()
    options: dict[str, Any] = {"flush_interval": 60.0, "outbox": outbox and tmp_path}
    with serve(script) as url, Client(url, "key", context=CONTEXT, **options) as client:
        ids = [client.track(purchase()) for _ in range(1200)]
    assert script.ids == ids
    assert max(len(received.ids) for received in script.received) <= 500
    assert len(script.received) <= 6


def test_an_event_is_stamped_with_the_clients_context_a_new_id_and_now(client: MakeClient) -> None:
    script = Script()
    before = datetime.now(UTC)
    with client(script) as made:
        event_id = made.purchase(**BOUGHT)
    (event,) = script.events
    assert UUID(event_id).version == 7
    assert event["event_id"] == event_id
    assert before - timedelta(milliseconds=1) <= _moment(event) <= datetime.now(UTC)
    assert {name: event[name] for name in CONTEXT.to_json()} == CONTEXT.to_json()


def test_id_time_and_context_can_be_given(client: MakeClient) -> None:
    script, event_id = Script(), uuid7()
    other = replace(CONTEXT, player_id=None, session_id=uuid7())
    with client(script) as made:
        assert made.purchase(**BOUGHT, event_id=event_id, occurred_at=NOW, context=other) == str(event_id)
    expected = purchase(event_id=event_id, occurred_at=NOW, session_id=other.session_id)
    assert script.events == [expected.to_json()]


def test_a_new_context_counts_from_the_next_event_on(client: MakeClient) -> None:
    script = Script()
    with client(script) as made:
        made.purchase(**BOUGHT)
        made.context = replace(CONTEXT, player_id="player-2")
        made.purchase(**BOUGHT)
    assert [event["player_id"] for event in script.events] == ["player-1", "player-2"]


def test_a_player_of_many_has_a_context_of_its_own_and_shares_the_rest(client: MakeClient) -> None:
    script = Script()
    with client(script) as made:
        alice = made.for_player(replace(CONTEXT, player_id="alice"))
        bob = made.for_player(replace(CONTEXT, player_id="bob"))
        ids = [alice.purchase(**BOUGHT), bob.purchase(**BOUGHT), bob.track(purchase(player_id="carol"))]
        bob.context = replace(CONTEXT, player_id="robert")
        ids += [bob.purchase(**BOUGHT), made.purchase(**BOUGHT)]
    assert script.ids == ids
    players = [event["player_id"] for event in script.events]
    assert players == ["alice", "bob", "carol", "robert", "player-1"]


def test_what_a_player_tracks_that_is_no_event_is_dropped_and_counted(client: MakeClient) -> None:
    wrong: Any = {"event": "purchase"}
    with client(Script()) as made:
        assert made.for_player(CONTEXT).track(wrong) is None
    assert made.stats().dropped == 1


def test_an_invalid_event_is_raised_where_it_is_made_and_never_sent(client: MakeClient) -> None:
    script = Script()
    with client(script) as made, pytest.raises(InvalidEvent, match="quantity: must be at least 1"):
        made.purchase(**{**BOUGHT, "quantity": 0})
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
def test_trouble_on_the_way_costs_no_event(trouble: Reply, tmp_path: Path) -> None:
    script = Script(trouble)
    with (
        serve(script) as url,
        Client(url, "key", context=CONTEXT, flush_interval=0, outbox=tmp_path) as client,
    ):
        client.purchase(**BOUGHT)
        assert client.flush(LONG)
    assert client.stats().accepted == 1
    assert len(script.received) == 2


def test_a_bad_event_does_not_block_the_others(client: MakeClient) -> None:
    events = [purchase() for _ in range(100)]
    bad = str(events[42].event_id)
    told: list[Rejection] = []
    script = Script(otherwise=refusing(bad, reply=problem(422, "invalid-batch")))
    with client(script, on_rejected=told.append) as made:
        for event in events:
            made.track(event)
        assert made.flush(LONG)
    assert made.stats() == Stats(accepted=99, rejected=1, dropped=0, pending=0)
    assert [rejection.event_id for rejection in told] == [bad]


def test_rejections_are_counted_and_told(client: MakeClient) -> None:
    event = purchase()
    told: list[Rejection] = []
    with client(Script(rejecting(str(event.event_id))), on_rejected=told.append) as made:
        made.track(event)
    assert made.stats() == replace(NOTHING_LEFT, rejected=1)
    assert told[0].errors[0].pointer == "/price/currency"


@pytest.mark.parametrize("option", ["queue_events", "queue_bytes"])
def test_more_than_may_wait_for_the_disk_is_dropped_and_counted(
    client: MakeClient, gate: Gate, option: str
) -> None:
    most = 1 if option == "queue_events" else 900  # bytes, of which an event has over 500
    made = client(Script(), before_send=gate.hold, **{option: most})
    for _ in range(3):
        made.purchase(**BOUGHT)
    assert made.stats() == Stats(accepted=0, rejected=0, dropped=2, pending=1)
    gate.open.set()
    assert made.flush(LONG)
    assert made.stats() == Stats(accepted=1, rejected=0, dropped=2, pending=0)


def test_close_is_bounded_and_says_what_is_left(client: MakeClient) -> None:
    made = client(Script(otherwise=problem(401, "unauthorized")))
    made.purchase(**BOUGHT)
    assert made.close(timeout=0) == 1
    assert made.stats().pending == 1


def test_an_event_after_close_is_dropped_not_raised(
    client: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    with client(Script()) as made:
        pass
    made.purchase(**BOUGHT)
    assert made.stats() == replace(NOTHING_LEFT, dropped=1)
    assert "the client is closed: 1 event(s) dropped so far" in caplog.text


@pytest.mark.parametrize("seconds", [inf, nan, -1, 1e300, 10**400])
def test_any_number_of_seconds_is_a_timeout(client: MakeClient, seconds: float) -> None:
    made = client(Script())
    made.flush(seconds)
    assert made.close(seconds) == 0


@pytest.mark.parametrize(
    "wrong",
    [None, {}, BOUGHT["price"], Event, Event()],
    ids=["None", "a dict", "a part of an event", "a class", "no event in particular"],
)
def test_what_is_no_event_is_logged_and_dropped_not_raised(
    client: MakeClient, wrong: Any, caplog: pytest.LogCaptureFixture
) -> None:
    script = Script()
    with client(script) as made:
        assert made.track(wrong) is None
        made.purchase(**BOUGHT)
    assert made.stats() == Stats(accepted=1, rejected=0, dropped=1, pending=0)
    expected = (
        f"track() takes events such as questlog.Purchase, not {type(wrong).__name__}: 1 event(s) dropped"
    )
    assert expected in caplog.text


def test_what_cannot_be_written_any_more_is_dropped_not_raised(client: MakeClient) -> None:
    offsets = iter([timedelta(0)] * 2)  # as many as the construction asks for
    event = purchase(occurred_at=datetime(2026, 11, 2, tzinfo=Zone(lambda: next(offsets))))
    with client(Script()) as made:
        assert made.track(event) is None
    assert made.stats().dropped == 1


@pytest.mark.parametrize("wrong", [None, {}, "player-1"])
def test_what_is_no_context_is_refused_for_the_client(client: MakeClient, wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"context must be a questlog\.Context, not"):
        Client("http://api", "key", context=wrong)
    with client(Script()) as made:
        with pytest.raises(TypeError, match=r"context must be a questlog\.Context, not"):
            made.context = wrong
        assert made.context is CONTEXT
        with pytest.raises(TypeError, match=r"context must be a questlog\.Context, not"):
            made.for_player(wrong)


def test_what_is_no_context_is_refused_for_a_single_event(client: MakeClient) -> None:
    wrong: Any = {}
    with client(Script()) as made, pytest.raises(TypeError, match=r"must be a questlog\.Context"):
        made.purchase(**BOUGHT, context=wrong)


@pytest.mark.parametrize("hook", ["on_rejected", "on_dropped", "before_send"])
def test_a_hook_that_cannot_be_called_is_refused(hook: str) -> None:
    wrong: Any = {hook: "print"}
    with pytest.raises(TypeError, match=f"{hook} must be a function or None, not str"):
        Client("http://api", "key", context=CONTEXT, **wrong)


def test_an_event_of_a_derived_class_is_delivered(client: MakeClient) -> None:
    class Starter(Purchase):
        __slots__ = ()

    made = purchase()
    event = Starter(**{field.name: getattr(made, field.name) for field in fields(made)})
    script = Script()
    with client(script) as sender:
        sender.track(event)
    assert script.events == [made.to_json()]


def test_an_option_that_cannot_work_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="url must be like"):
        Client("events.example.com", "key", context=CONTEXT)


def test_the_write_key_is_not_shown(client: MakeClient) -> None:
    with client(Script()) as made:
        assert "key" not in repr(made)


def test_neither_key_nor_url_can_be_told_from_the_outbox(tmp_path: Path) -> None:
    client = Client("http://secret-studio", "secret-key", context=CONTEXT, outbox=tmp_path, consent=False)
    client._pipeline.put(b"{}")
    client.close(0)
    assert eventually(lambda: client._pipeline.over), "the file is let go of, and SQLite has swept beside it"
    written = b"".join(str(path).encode() + path.read_bytes() for path in tmp_path.iterdir())
    assert b"{}" in written
    assert b"secret" not in written


def test_a_folder_that_is_relative_stays_where_it_was_when_the_game_changes_its_own(
    client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "game").mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "game")
    made = client(Script(otherwise=Reply(503)), outbox="outbox")
    monkeypatch.chdir(tmp_path / "elsewhere")
    made.purchase(**BOUGHT)
    assert made.close(0) == 1
    assert list((tmp_path / "game" / "outbox").glob("*.outbox"))


def test_a_user_without_a_home_has_events_in_memory_only_and_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    script = Script()
    with Client("http://api", "key", context=CONTEXT, transport=script.transport()) as client:
        client.purchase(**BOUGHT)
    assert len(script.events) == 1
    assert "this user has no home; set outbox to a folder" in caplog.text


def test_a_signal_handler_may_track_at_any_moment(client: MakeClient) -> None:
    """A timer interrupts the game's thread wherever it is, as often as it can."""
    script = Script()
    made = client(script)
    ids: list[str] = []

    def interrupt(*_: object) -> None:
        ids.append(made.purchase(**BOUGHT))

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
    try:
        for _ in range(3000):
            ids.append(made.purchase(**BOUGHT))  # noqa: PERF401 - the handler appends, too
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert made.flush(LONG)
    assert len(ids) > 3000
    assert sorted(script.ids) == sorted(ids)


def test_a_consent_that_is_no_bool_is_refused_and_changes_nothing(client: MakeClient) -> None:
    with pytest.raises(TypeError, match="consent must be True or False, not str"):
        client(Script(), consent="no")
    made = client(Script(), consent=False)
    with pytest.raises(TypeError, match="consent must be True or False, not str"):
        made.consent = "yes"  # type: ignore[assignment]  # it is the mistake
    assert made.consent is False


def test_a_wait_that_is_no_number_of_seconds_is_refused_by_name(client: MakeClient) -> None:
    made: Any = client(Script())
    for wait in (made.flush, made.close):
        with pytest.raises(
            TypeError, match=r"timeout must be a number of seconds, e\.g\. 10\.0, not NoneType"
        ):
            wait(None)
