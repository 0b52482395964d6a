"""Purges and consent, as clients use them: what is deleted, and what is neither stored nor sent."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from questlog import Drop, Stats, uuid7
from questlog._outbox import OutboxFolder, destination_of
from tests.sdk.samples import BOUGHT, CONTEXT, entries, purchase
from tests.sdk.script import Reply, Script, problem
from tests.sdk.workers import LONG, Gate, MakeClient, eventually, leave

DOWN = Reply(503)
INSTALLED: dict[str, Any] = {
    "install_kind": "first_open",
    "store": "steam",
    "attribution_status": "organic",
}
OUTBOXES = pytest.mark.parametrize("outbox", ["disk", None])


def _options(outbox: str | None) -> dict[str, Any]:
    return {} if outbox else {"outbox": None}


def test_a_purge_deletes_what_waits_and_what_was_left_and_set_aside(
    client: MakeClient, tmp_path: Path
) -> None:
    folder = tmp_path / "outbox"
    leave(folder, [entry.body for entry in entries(2)])
    made = client(Script(otherwise=problem(401, "unauthorized")))
    made._pipeline._aside.put("refused", b"{}")
    made.purchase(**BOUGHT)
    assert made.purge() == 3
    assert made.stats() == Stats(accepted=0, rejected=0, dropped=0, pending=0)
    assert made.flush(LONG)
    made.close(0)
    assert eventually(lambda: made._pipeline.over)
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
    assert eventually(lambda: made._pipeline.over)
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
    leave(tmp_path / "outbox", [entry.body for entry in left])
    script = Script()
    made = client(script, consent=False)
    assert eventually(lambda: made.stats().pending == 2)
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
    assert eventually(lambda: made._pipeline.over)
    made.consent = True
    assert script.received == []
    assert not made._pipeline._worker._background.is_there or made._pipeline._worker.over


@OUTBOXES
def test_consent_that_ends_drops_what_is_not_stored_yet(
    client: MakeClient, gate: Gate, outbox: str | None
) -> None:
    told: list[Drop] = []
    script = Script()
    made = client(script, before_send=gate.hold, on_dropped=told.append, **_options(outbox))
    made.purchase(**BOUGHT)
    assert gate.reached.wait(LONG)
    made.purchase(**BOUGHT)
    made.consent = False
    gate.open.set()
    assert made._pipeline.stored(LONG)
    made.consent = True
    kept = made.purchase(**BOUGHT)
    assert made.flush(LONG)
    assert told == [Drop("consent was taken back", 1)] * 2
    assert script.ids == [kept]
    assert made.stats() == Stats(accepted=1, rejected=0, dropped=2, pending=0)


def test_a_purge_forgets_what_is_not_stored_yet_and_waits_for_no_hook(
    client: MakeClient, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("questlog._pipeline.DISK_SECONDS", 0.1)
    script = Script()
    made = client(script, before_send=gate.hold)
    made.purchase(**BOUGHT)
    assert gate.reached.wait(LONG)
    made.purchase(**BOUGHT)
    assert made.purge() == 2
    gate.open.set()
    kept = made.purchase(**BOUGHT)
    assert made.flush(LONG)
    assert script.ids == [kept]
    assert made.stats() == Stats(accepted=1, rejected=0, dropped=0, pending=0)


def test_a_purge_takes_no_longer_than_some_seconds_and_says_so_though_the_disk_hangs(
    client: MakeClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("questlog._pipeline.DISK_SECONDS", 0.1)
    script = Script(otherwise=DOWN)
    made = client(script)
    made.purchase(**BOUGHT)
    assert made._pipeline.stored(LONG)
    purged: list[int] = []
    with made._pipeline._worker._queue._lock:  # which is held while the disk is waited for
        purge = threading.Thread(target=lambda: purged.append(made.purge()), daemon=True)
        purge.start()
        purge.join(LONG)
        assert purged == [0]
    assert "events are deleted as soon as the disk answers" in caplog.text
    assert eventually(lambda: made.stats().pending == 0)


def test_a_hook_may_purge_what_it_is_asked_about(client: MakeClient) -> None:
    script = Script()
    purged: list[int] = []

    def scrub(event: dict[str, Any]) -> dict[str, Any]:
        if not purged:
            purged.append(made.purge())
        return event

    made = client(script, before_send=scrub)
    made.purchase(**BOUGHT)
    assert made.flush(LONG)
    kept = made.purchase(**BOUGHT)
    assert made.flush(LONG)
    assert (purged, script.ids) == ([1], [kept])


@OUTBOXES
def test_an_install_that_was_purged_may_be_said_again(client: MakeClient, outbox: str | None) -> None:
    made = client(Script(otherwise=DOWN), **_options(outbox))
    made.install(**INSTALLED)
    assert made.purge() == 1
    made.install(**INSTALLED)
    assert made._pipeline.stored(LONG)
    assert made.stats().pending == 1


def test_an_install_that_an_earlier_run_left_and_that_is_purged_may_be_said_again(client: MakeClient) -> None:
    first = client(Script(otherwise=DOWN), before_send=lambda event: {**event, "install_id": str(uuid7())})
    first.install(**INSTALLED)
    assert first.close(0) == 1
    second = client(Script(otherwise=DOWN), consent=False)
    assert second.purge() == 1
    second.close(0)
    script = Script()
    third = client(script)
    event_id = third.install(**INSTALLED)
    assert third.flush(LONG)
    assert script.ids == [event_id]


def test_an_install_that_was_delivered_before_a_purge_is_not_sent_again(client: MakeClient) -> None:
    script = Script()
    made = client(script)
    event_id = made.install(**INSTALLED)
    assert made.flush(LONG)
    made.purge()
    made.install(**INSTALLED)
    assert made.flush(LONG)
    assert script.ids == [event_id]


def test_what_is_purged_can_be_read_in_no_file(client: MakeClient, tmp_path: Path) -> None:
    made = client(Script(otherwise=DOWN))
    ids = [made.install(**INSTALLED), *[made.purchase(**BOUGHT) for _ in range(30)]]
    assert made._pipeline.stored(LONG)
    assert made.purge() == 31
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not [each for each in [*ids, str(CONTEXT.install_id)] if each.encode() in content]
