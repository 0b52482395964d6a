"""Both threads together, as clients use them: what is stored, sent, given up, and what hooks may do."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from questlog import Client, Drop, Rejection, Stats, uuid7
from questlog._outbox import OutboxFolder, destination_of
from tests.sdk.samples import BOUGHT, CONTEXT, entries, purchase
from tests.sdk.script import Reply, Script, accept, problem, refusing, rejecting
from tests.sdk.workers import LONG, Gate, MakeClient

DOWN = Reply(503)
INSTALLED: dict[str, Any] = {
    "install_kind": "first_open",
    "store": "steam",
    "attribution_status": "organic",
}
OUTBOXES = pytest.mark.parametrize("outbox", ["disk", None])


def _eventually(holds: Callable[[], bool]) -> bool:
    """Wait until `holds()`, which another thread is about to bring about."""
    until = time.monotonic() + LONG
    while not holds() and time.monotonic() < until:
        threading.Event().wait(0.001)
    return holds()


def _options(outbox: str | None) -> dict[str, Any]:
    return {} if outbox else {"outbox": None}


def _leave(folder: Path, bodies: list[bytes], written_at: int | None = None) -> None:
    file = OutboxFolder(folder, destination_of("http://api", "key")).open()
    file.append(bodies, written_at=written_at)
    file.close()


@OUTBOXES
def test_flush_waits_until_all_is_stored_and_answered(
    client: MakeClient, gate: Gate, outbox: str | None
) -> None:
    script = Script(gate)
    made = client(script, **_options(outbox))
    ids = [made.purchase(**BOUGHT) for _ in range(3)]
    assert not made.flush(0.05)
    gate.open.set()
    assert made.flush(LONG)
    assert script.ids == ids
    assert made.stats() == Stats(accepted=3, rejected=0, dropped=0, pending=0)


def test_flush_waits_for_the_thread_that_stores_too(client: MakeClient, gate: Gate) -> None:
    made = client(Script(), before_send=gate.hold)
    made.purchase(**BOUGHT)
    assert gate.reached.wait(LONG)
    assert not made.flush(0.01)
    assert made.stats().pending == 1
    gate.open.set()
    assert made.flush(LONG)


def test_flush_is_true_after_events_that_were_too_old(client: MakeClient, tmp_path: Path) -> None:
    """They leave the queue without an answer, and are not waited for."""
    _leave(tmp_path / "outbox", [entry.body for entry in entries(2)], written_at=1_000_000_000)
    told: list[Drop] = []
    script = Script()
    made = client(script, on_dropped=told.append)
    for _ in range(2):
        made.purchase(**BOUGHT)
        assert made.flush(LONG)
    assert told == [Drop("too old", 2)]
    assert made.stats() == Stats(accepted=2, rejected=0, dropped=2, pending=0)


def test_what_an_earlier_run_left_is_sent_without_a_new_event(client: MakeClient, tmp_path: Path) -> None:
    left = entries(3)
    _leave(tmp_path / "outbox", [entry.body for entry in left])
    script = Script()
    client(script)
    assert _eventually(lambda: script.ids == [entry.event_id for entry in left])


def test_what_close_leaves_is_delivered_by_the_next_run(client: MakeClient) -> None:
    first = client(Script(otherwise=DOWN))
    ids = [first.purchase(**BOUGHT) for _ in range(3)]
    assert first.close(0) == 3
    script = Script()
    second = client(script)
    assert _eventually(lambda: script.ids == ids)
    assert second.close(LONG) == 0


def test_close_does_not_lose_what_the_disk_had_no_time_for(client: MakeClient, gate: Gate) -> None:
    first = client(Script(otherwise=DOWN), before_send=gate.hold)
    event_id = first.purchase(**BOUGHT)
    assert first.close(0) == 1
    assert first.stats() == Stats(accepted=0, rejected=0, dropped=0, pending=1)
    gate.open.set()
    assert _eventually(lambda: first._pipeline.over)
    script = Script()
    second = client(script)
    assert second.flush(LONG)
    assert _eventually(lambda: script.ids == [event_id])


def test_close_takes_no_longer_than_it_is_told_though_the_disk_hangs(client: MakeClient, gate: Gate) -> None:
    made = client(Script(), before_send=gate.hold)
    made.purchase(**BOUGHT)
    assert gate.reached.wait(LONG)
    began = time.monotonic()
    assert made.close(0.5) == 1
    assert time.monotonic() - began < 2


def test_nothing_the_game_calls_waits_for_a_disk_that_hangs(client: MakeClient) -> None:
    made = client(Script(), queue_events=5)
    with made._pipeline._worker._queue._lock:  # which is held while the disk is waited for
        done = threading.Event()

        def play() -> None:
            for _ in range(10):
                made.purchase(**BOUGHT)
            made.stats()
            made.consent = False
            made.consent = True
            done.set()

        threading.Thread(target=play, daemon=True).start()
        assert done.wait(LONG)
    assert made.flush(LONG)
    assert made.stats() == Stats(accepted=5, rejected=0, dropped=5, pending=0)


def test_files_are_let_go_when_both_threads_have_ended(client: MakeClient, tmp_path: Path) -> None:
    made = client(Script())
    made.purchase(**BOUGHT)
    assert made.close(LONG) == 0
    assert _eventually(lambda: made._pipeline.over)
    assert [path.suffix for path in (tmp_path / "outbox").iterdir()] in ([], [".lock"])


def test_after_close_the_outbox_is_free_at_once(client: MakeClient) -> None:
    for count in range(1, 21):
        made = client(Script(otherwise=DOWN), flush_interval=3600)
        made.purchase(**BOUGHT)
        assert _eventually(lambda made=made, count=count: made.stats().pending == count)  # type: ignore[misc]
        assert made.close(0) == count


def test_a_purge_deletes_what_waits_and_what_was_left_and_set_aside(
    client: MakeClient, tmp_path: Path
) -> None:
    folder = tmp_path / "outbox"
    _leave(folder, [entry.body for entry in entries(2)])
    made = client(Script(otherwise=problem(401, "unauthorized")))
    made._pipeline._set_aside("refused", b"{}")
    made.purchase(**BOUGHT)
    assert made.purge() == 3
    assert made.stats() == Stats(accepted=0, rejected=0, dropped=0, pending=0)
    assert made.flush(LONG)
    made.close(0)
    assert not [path for path in folder.iterdir() if path.suffix not in (".lock", ".once")]


def test_what_is_purged_while_it_cannot_be_delivered_is_not_sent_when_it_can(client: MakeClient) -> None:
    refused = threading.Event()

    def down(_: list[dict[str, Any]]) -> Reply:
        refused.set()
        return problem(503, "unavailable")

    script = Script(down)
    made = client(script)
    gone = made.purchase(**BOUGHT)
    assert refused.wait(LONG)
    assert made.purge() == 1
    kept = made.purchase(**BOUGHT)
    assert made.flush(LONG)
    assert script.ids == [gone, kept]
    assert made.stats() == Stats(accepted=1, rejected=0, dropped=0, pending=0)


def test_an_answer_to_what_was_purged_meanwhile_removes_nothing_else(client: MakeClient, gate: Gate) -> None:
    script = Script(gate)
    made = client(script)
    first = made.purchase(**BOUGHT)
    assert gate.reached.wait(LONG)
    assert made.purge() == 1
    second = made.purchase(**BOUGHT)
    gate.open.set()
    assert made.flush(LONG)
    assert script.ids == [first, second]


def test_a_purge_after_close_works_and_leaves_no_file_open(client: MakeClient, tmp_path: Path) -> None:
    made = client(Script(otherwise=DOWN))
    made.purchase(**BOUGHT)
    assert made.close(0) == 1
    assert _eventually(lambda: made._pipeline.over)
    assert made.purge() == 1
    assert made.stats().pending == 0
    assert OutboxFolder(tmp_path / "outbox", destination_of("http://api", "key")).adopt() is None


@OUTBOXES
def test_without_consent_nothing_is_stored_and_nothing_sent(
    client: MakeClient, outbox: str | None, tmp_path: Path
) -> None:
    script = Script()
    made = client(script, consent=False, **_options(outbox))
    made.purchase(**BOUGHT)
    made.track(purchase())
    made.for_player(CONTEXT).purchase(**BOUGHT)
    assert made.flush(LONG)
    assert made.close(LONG) == 0
    assert script.received == []
    assert not list(tmp_path.rglob("*.outbox"))


def test_what_an_earlier_run_left_waits_for_consent(client: MakeClient, tmp_path: Path) -> None:
    left = entries(2)
    _leave(tmp_path / "outbox", [entry.body for entry in left])
    script = Script()
    made = client(script, consent=False)
    assert _eventually(lambda: made.stats().pending == 2)
    assert not made.flush(LONG), "and flush does not wait for what is not sent"
    assert script.received == []
    made.consent = True
    assert made.flush(LONG)
    assert script.ids == [entry.event_id for entry in left]


def test_consent_that_ends_stops_also_what_is_tried_again(client: MakeClient) -> None:
    refused = threading.Event()

    def down(_: list[dict[str, Any]]) -> Reply:
        refused.set()
        return problem(503, "unavailable")

    script = Script(down)
    made = client(script)
    event_id = made.purchase(**BOUGHT)
    assert refused.wait(LONG)
    made.consent = False
    assert not made.flush(LONG)
    assert made.stats().pending == 1
    assert script.ids == [event_id]
    made.consent = True
    assert made.flush(LONG)
    assert script.ids == [event_id] * 2


def test_close_without_consent_leaves_all_and_is_quick(client: MakeClient) -> None:
    made = client(Script(otherwise=DOWN))
    made.purchase(**BOUGHT)
    assert made._pipeline.stored(LONG)
    made.consent = False
    began = time.monotonic()
    assert made.close(LONG) == 1
    assert time.monotonic() - began < LONG / 2


def test_consent_given_after_close_starts_nothing(client: MakeClient) -> None:
    script = Script()
    made = client(script, flush_interval=3600)
    made.purchase(**BOUGHT)
    made.consent = False
    made.close(LONG)
    assert _eventually(lambda: made._pipeline.over)
    made.consent = True
    assert script.received == []
    assert not made._pipeline._worker._background.is_there or made._pipeline._worker.over


@OUTBOXES
def test_all_reasons_why_events_are_given_up_are_told(
    client: MakeClient, gate: Gate, outbox: str | None
) -> None:
    told: list[Drop] = []
    wrong: Any = {}
    held: list[bool] = []

    def scrub(event: dict[str, Any]) -> dict[str, Any] | None:
        if not held:
            held.append(True)
            return gate.hold(event)
        return None if event["quantity"] == 1 else {}

    made = client(Script(), queue_events=3, before_send=scrub, on_dropped=told.append, **_options(outbox))
    for quantity in (1, 1, 2, 4):
        made.purchase(**{**BOUGHT, "quantity": quantity})
        assert gate.reached.wait(LONG)
    made.track(wrong)
    gate.open.set()
    assert made.close(LONG) == 0
    made.purchase(**BOUGHT)
    assert told == [
        Drop("the outbox is full", 1),
        Drop("track() takes events such as questlog.Purchase, not dict", 1),
        Drop("dropped by before_send", 1),
        Drop("before_send failed", 1),
        Drop("the client is closed", 1),
    ]
    assert made.stats() == Stats(accepted=1, rejected=0, dropped=5, pending=0)


def test_an_outbox_that_is_full_drops_what_comes_and_says_so(client: MakeClient) -> None:
    told: list[Drop] = []
    made = client(Script(otherwise=DOWN), outbox_bytes=1500, on_dropped=told.append)
    for _ in range(5):
        made.purchase(**BOUGHT)
    assert made._pipeline.stored(LONG)
    assert made.stats() == Stats(accepted=0, rejected=0, dropped=3, pending=2)
    assert {drop.reason for drop in told} == {"the outbox is full"}


def test_what_before_send_makes_of_an_event_is_stored_and_sent(client: MakeClient, tmp_path: Path) -> None:
    def scrub(event: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in event.items() if name != "player_id"}

    first = client(Script(otherwise=DOWN), before_send=scrub)
    first.purchase(**BOUGHT)
    assert first.close(0) == 1
    assert b"player-1" not in b"".join(path.read_bytes() for path in (tmp_path / "outbox").iterdir())
    script = Script()
    assert client(script).flush(LONG)
    assert _eventually(lambda: len(script.events) == 1)
    assert "player_id" not in script.events[0]


def test_an_event_on_which_before_send_fails_is_set_aside_and_the_next_one_sent(
    client: MakeClient, tmp_path: Path
) -> None:
    def scrub(event: dict[str, Any]) -> dict[str, Any]:
        return {**event, "store": event["store"].removeprefix("app_")} if event["quantity"] == 2 else event

    script = Script()
    made = client(script, before_send=scrub)
    bad = made.purchase(**{**BOUGHT, "quantity": 2})
    good = made.purchase(**BOUGHT)
    assert made.flush(LONG)
    assert script.ids == [good]
    [path] = (tmp_path / "outbox").glob("*.refused.jsonl")
    aside = json.loads(path.read_text())
    assert (aside["event"]["event_id"], aside["reason"]) == (bad, "before_send failed")


def test_a_poisoned_event_is_set_aside_and_blocks_no_other_one(client: MakeClient, tmp_path: Path) -> None:
    poison = purchase()
    refuse = refusing(str(poison.event_id), reply=problem(400, "not-json"))
    script = Script(otherwise=lambda events: refuse(events) if events else problem(422, "invalid-batch"))
    told: list[Rejection] = []
    made = client(script, flush_interval=60, on_rejected=told.append)
    for event in (purchase(), poison, purchase()):
        made.track(event)
    assert made.flush(LONG)
    assert made.stats() == Stats(accepted=2, rejected=1, dropped=0, pending=0)
    assert [rejection.event_id for rejection in told] == [str(poison.event_id)]
    [path] = (tmp_path / "outbox").glob("*.refused.jsonl")
    assert json.loads(path.read_text())["event"] == poison.to_json()


@OUTBOXES
def test_an_install_is_sent_once_however_often_it_is_said(client: MakeClient, outbox: str | None) -> None:
    script = Script()
    made = client(script, **_options(outbox))
    first, *_ = [made.install(**INSTALLED) for _ in range(3)]
    assert made.flush(LONG)
    made.install(**INSTALLED)
    other = made.install(**INSTALLED, context=replace(CONTEXT, install_id=uuid7()))
    assert made.flush(LONG)
    assert script.ids == [first, other]
    assert made.stats().dropped == 0


def test_an_install_is_sent_once_also_over_restarts(client: MakeClient) -> None:
    script = Script()
    for _ in range(2):
        with client(script) as made:
            made.install(**INSTALLED)
    assert len(script.ids) == 1


def test_an_install_that_was_dropped_may_be_said_again(client: MakeClient) -> None:
    script = Script()
    made = client(script, outbox_bytes=10)
    made.install(**INSTALLED)
    assert made.flush(LONG)
    assert made.stats().dropped == 1
    roomy = client(script)
    event_id = roomy.install(**INSTALLED)
    assert roomy.flush(LONG)
    assert script.ids == [event_id]


def test_an_install_that_before_send_gives_another_identity_is_still_sent_once(client: MakeClient) -> None:
    script = Script()
    made = client(script, before_send=lambda event: {**event, "install_id": str(uuid7())})
    for _ in range(2):
        made.install(**INSTALLED)
        assert made.flush(LONG)
    assert len(script.ids) == 1


@pytest.mark.parametrize("hook", ["before_send", "on_rejected"])
def test_a_hook_may_close_the_client_and_what_is_pending_is_still_delivered(
    client: MakeClient, gate: Gate, hook: str
) -> None:
    script = Script(
        rejecting() if hook == "before_send" else lambda events: rejecting(events[0]["event_id"])(events)
    )
    left: list[int] = []

    def close(event: Any) -> Any:
        if not left:
            assert gate.open.wait(LONG)
            left.append(made.close(LONG))
        return event

    made = client(script, **{hook: close})
    ids = [made.purchase(**BOUGHT) for _ in range(3)]
    gate.open.set()
    assert _eventually(lambda: made._pipeline.over)
    assert script.ids == ids
    assert made.stats().pending == 0


def test_a_hook_may_flush_and_make_events(client: MakeClient) -> None:
    script = Script(lambda events: rejecting(events[0]["event_id"])(events))
    said: list[object] = []

    def again(_: Rejection) -> None:
        said.extend([made.purchase(**BOUGHT), made.flush(0.01)])

    made = client(script, on_rejected=again)
    made.purchase(**BOUGHT)
    assert made.flush(LONG)
    assert made.flush(LONG)
    assert said == [script.ids[-1], False]
    assert made.stats() == Stats(accepted=1, rejected=1, dropped=0, pending=0)


@pytest.mark.usefixtures("raising_log_handler")
def test_a_log_handler_that_raises_costs_no_event(client: MakeClient) -> None:
    script = Script(DOWN)
    made = client(script, outbox_bytes=700)
    made.purchase(**BOUGHT)
    made.purchase(**BOUGHT)
    wrong: Any = None
    made.track(wrong)
    assert made.flush(LONG)
    assert made.stats() == Stats(accepted=1, rejected=0, dropped=2, pending=0)


def test_with_durability_sync_an_event_is_on_the_disk_when_the_call_returns(
    client: MakeClient, tmp_path: Path
) -> None:
    made = client(Script(otherwise=DOWN), durability="sync")
    for number in range(1, 4):
        event_id = made.purchase(**BOUGHT)
        written = b"".join(path.read_bytes() for path in (tmp_path / "outbox").iterdir())
        assert event_id.encode() in written
        assert made._pipeline._worker.stats().pending == number


def test_durability_sync_needs_a_folder() -> None:
    with pytest.raises(ValueError, match="outbox must not be None"):
        Client("http://api", "key", context=CONTEXT, outbox=None, durability="sync")


def test_two_clients_of_one_process_share_a_folder_and_lose_nothing(client: MakeClient) -> None:
    one, other = Script(), Script()
    first, second = client(one), client(other)
    ids = [maker.purchase(**BOUGHT) for _ in range(50) for maker in (first, second)]
    assert first.flush(LONG)
    assert second.flush(LONG)
    assert sorted(one.ids + other.ids) == sorted(ids)


def test_a_disk_that_fails_costs_nothing_while_the_client_lives(client: MakeClient, tmp_path: Path) -> None:
    (tmp_path / "outbox").touch()  # no folder can be made here
    script = Script()
    made = client(script)
    ids = [made.purchase(**BOUGHT) for _ in range(3)]
    assert made.flush(LONG)
    assert script.ids == ids


def test_many_threads_make_events_and_each_arrives_once(client: MakeClient) -> None:
    script = Script(otherwise=accept)
    made = client(script)
    ids: list[str] = []
    threads = [
        threading.Thread(target=lambda: ids.extend([made.purchase(**BOUGHT) for _ in range(300)]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made.flush(LONG)
    assert sorted(script.ids) == sorted(ids)
