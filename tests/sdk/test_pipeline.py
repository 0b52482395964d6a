"""Both threads together, as clients use them: what is stored, sent and left at the end."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from questlog import Client, Drop, Stats
from questlog._outbox import OutboxError
from questlog._row_ages import RELEASED
from tests.sdk.samples import BOUGHT, CONTEXT, entries
from tests.sdk.script import Reply, Script, accept
from tests.sdk.workers import LONG, Gate, MakeClient, eventually, leave

DOWN = Reply(503)
ROOT = Path(__file__).parents[2]
OUTBOXES = pytest.mark.parametrize("outbox", ["disk", None])


def _options(outbox: str | None) -> dict[str, Any]:
    return {} if outbox else {"outbox": None}


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
    leave(tmp_path / "outbox", [entry.body for entry in entries(2)], written_at=RELEASED)
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
    leave(tmp_path / "outbox", [entry.body for entry in left])
    script = Script()
    client(script)
    assert eventually(lambda: script.ids == [entry.event_id for entry in left])


def test_what_close_leaves_is_delivered_by_the_next_run(client: MakeClient) -> None:
    first = client(Script(otherwise=DOWN))
    ids = [first.purchase(**BOUGHT) for _ in range(3)]
    assert first.close(0) == 3
    script = Script()
    second = client(script)
    assert eventually(lambda: script.ids == ids)
    assert second.close(LONG) == 0


def test_what_waits_under_another_key_is_sent_by_a_client_with_that_key_alone(client: MakeClient) -> None:
    before = client(Script(otherwise=DOWN), write_key="before")
    ids = [before.purchase(**BOUGHT) for _ in range(3)]
    assert before.close(0) == 3
    after = client(Script(), write_key="after")
    after.purchase(**BOUGHT)
    assert after.close(LONG) == 0
    assert after.stats().accepted == 1
    script = Script()
    client(script, write_key="before")
    assert eventually(lambda: script.ids == ids)


def test_close_does_not_lose_what_the_disk_had_no_time_for(client: MakeClient, gate: Gate) -> None:
    first = client(Script(otherwise=DOWN), before_send=gate.hold)
    event_id = first.purchase(**BOUGHT)
    assert first.close(0) == 1
    assert first.stats() == Stats(accepted=0, rejected=0, dropped=0, pending=1)
    gate.open.set()
    assert eventually(lambda: first._pipeline.over)
    script = Script()
    second = client(script)
    assert second.flush(LONG)
    assert eventually(lambda: script.ids == [event_id])


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
            made.consent = False
            made.consent = True
            for _ in range(10):
                made.purchase(**BOUGHT)
            made.stats()
            done.set()

        threading.Thread(target=play, daemon=True).start()
        assert done.wait(LONG)
    assert made.flush(LONG)
    assert made.stats() == Stats(accepted=5, rejected=0, dropped=5, pending=0)


def test_files_are_let_go_when_both_threads_have_ended(client: MakeClient, tmp_path: Path) -> None:
    made = client(Script())
    made.purchase(**BOUGHT)
    assert made.close(LONG) == 0
    assert eventually(lambda: made._pipeline.over)
    assert [path.suffix for path in (tmp_path / "outbox").iterdir()] in ([], [".lock"])


def test_after_close_the_outbox_is_free_at_once(client: MakeClient) -> None:
    for count in range(1, 21):
        made = client(Script(otherwise=DOWN), flush_interval=3600)
        made.purchase(**BOUGHT)
        assert eventually(lambda made=made, count=count: made.stats().pending == count)  # type: ignore[misc]
        assert made.close(0) == count


def test_an_outbox_that_is_full_drops_what_comes_and_says_so(client: MakeClient) -> None:
    told: list[Drop] = []
    made = client(Script(otherwise=DOWN), outbox_bytes=1500, on_dropped=told.append)
    for _ in range(5):
        made.purchase(**BOUGHT)
    assert made._pipeline.stored(LONG)
    assert made.stats() == Stats(accepted=0, rejected=0, dropped=3, pending=2)
    assert {drop.reason for drop in told} == {"the outbox is full"}


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


def test_with_durability_sync_a_call_waits_some_seconds_for_a_disk_that_hangs_and_the_next_one_does_not(
    client: MakeClient, gate: Gate, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("questlog._pipeline.DISK_SECONDS", 0.5)
    script = Script()
    made = client(script, durability="sync", before_send=gate.hold)
    took = []
    ids = []
    for _ in range(2):
        began = time.monotonic()
        ids.append(made.purchase(**BOUGHT))
        took.append(time.monotonic() - began)
    assert took[0] >= 0.5 > took[1]
    assert caplog.text.count("events wait in memory, which ends with the process: storing them takes") == 1
    assert made.stats().pending == 2
    gate.open.set()
    assert made.flush(LONG)
    assert script.ids == ids


def test_with_durability_sync_calls_wait_again_once_the_disk_has_caught_up(
    client: MakeClient, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = client(Script(otherwise=DOWN), durability="sync", before_send=gate.hold)
    monkeypatch.setattr("questlog._pipeline.DISK_SECONDS", 0.01)
    made.purchase(**BOUGHT)
    assert made._pipeline._late
    gate.open.set()
    assert made._pipeline.stored(LONG)
    monkeypatch.setattr("questlog._pipeline._MOMENT", LONG)
    made.purchase(**BOUGHT)
    assert not made._pipeline._late


def test_what_is_not_stored_when_the_program_ends_is_dropped_and_told(client: MakeClient, gate: Gate) -> None:
    told: list[Drop] = []
    made = client(Script(), before_send=gate.hold, on_dropped=told.append)
    made.purchase(**BOUGHT)
    assert gate.reached.wait(LONG)
    made.purchase(**BOUGHT)
    assert made.close(0) == 2
    assert told == []
    made._leave(1.5)
    assert told == [Drop("the program ended before they were stored", 2)]
    gate.open.set()
    assert eventually(lambda: made._pipeline.over)
    assert made.stats() == Stats(accepted=0, rejected=0, dropped=2, pending=0)


def test_all_that_was_stored_when_the_program_ends_is_no_drop(client: MakeClient) -> None:
    made = client(Script(otherwise=DOWN))
    made.purchase(**BOUGHT)
    made._leave(1.5)
    assert made.stats() == Stats(accepted=0, rejected=0, dropped=0, pending=1)


def test_a_program_says_at_its_end_what_before_send_has_not_had(tmp_path: Path) -> None:
    program = """
import sys, threading
from pathlib import Path
from tests.sdk.samples import BOUGHT, CONTEXT
from questlog import Client
client = Client(
    "http://127.0.0.1:9", "key", context=CONTEXT, outbox=Path(sys.argv[1]),
    before_send=lambda event: threading.Event().wait(),
    on_dropped=lambda drop: print(drop.events, drop.reason),
)
for _ in range(50):
    client.purchase(**BOUGHT)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "50 the program ended before they were stored\n"
    assert "the program ended before they were stored: 50 event(s) dropped so far" in done.stderr


def test_events_of_a_file_that_failed_are_pending_until_they_are_answered(
    client: MakeClient, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    monkeypatch.setattr("questlog._disk_queue._RETRY_SECONDS", 0.0)
    script = Script(DOWN, otherwise=gate)
    made = client(script)
    ids = [made.purchase(**BOUGHT) for _ in range(3)]
    assert made._pipeline.stored(LONG)
    queue: Any = made._pipeline._worker._queue
    with queue._lock:
        queue._queue._failed(OutboxError(Path("file"), "fails"))
        queue._lent = False
    assert made.stats().pending == 3
    ids.append(made.purchase(**BOUGHT))
    assert not made.flush(0.05)
    gate.open.set()
    assert made.flush(LONG / 3), "earlier than it looks anyway"
    assert set(ids) == set(script.ids)
    assert made.stats() == Stats(accepted=4, rejected=0, dropped=0, pending=0)


def test_close_tells_also_those_of_a_file_that_failed(client: MakeClient) -> None:
    made = client(Script(otherwise=DOWN))
    made.purchase(**BOUGHT)
    assert made._pipeline.stored(LONG)
    queue: Any = made._pipeline._worker._queue
    with queue._lock:
        queue._queue._failed(OutboxError(Path("file"), "fails"))
    assert made.close(0) == 1
