import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from questlog import Rejection, Stats
from questlog._clock import Clock
from questlog._drops import Drops
from questlog._queue import MemoryQueue
from questlog._transport import HttpTransport
from questlog._worker import Batching, Worker
from tests.sdk.clocks import InstantClock, TellingClock
from tests.sdk.samples import entries
from tests.sdk.script import Reply, Script, accept, problem, rejecting
from tests.sdk.workers import LONG, Gate, MakeWorker, put


def test_every_event_is_delivered_once(worker: MakeWorker) -> None:
    script = Script()
    working = worker(script)
    batch = put(working, 50)
    assert working.flush(LONG)
    assert [event_id for received in script.received for event_id in received.ids] == [
        entry.event_id for entry in batch
    ]
    assert working.stats() == Stats(accepted=50, rejected=0, dropped=0, pending=0)


def test_no_batch_is_larger_than_asked_for(worker: MakeWorker, gate: Gate) -> None:
    script = Script(gate)
    working = worker(script, batching=Batching(10, 0.0))
    put(working, 1)
    assert gate.reached.wait(LONG)
    put(working, 25)
    gate.open.set()
    assert working.flush(LONG)
    assert [len(received.ids) for received in script.received] == [1, 10, 10, 5]


def test_no_batch_has_more_bytes_than_its_bound(
    worker: MakeWorker, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(entries(1)[0].body)
    monkeypatch.setattr("questlog._worker.BATCH_BYTES", 2 * size)
    script = Script(gate)
    working = worker(script)
    put(working, 1)
    assert gate.reached.wait(LONG)
    put(working, 5)
    gate.open.set()
    assert working.flush(LONG)
    assert [len(received.ids) for received in script.received] == [1, 2, 2, 1]


def test_an_event_waits_for_company_as_long_as_asked_for(worker: MakeWorker) -> None:
    clock = InstantClock()
    working = worker(Script(), batching=Batching(500, 1.5), clock=clock)
    put(working, 1)
    assert working.close(LONG) == 0
    assert set(clock.waits) <= {1.5}


def test_a_full_batch_does_not_wait(worker: MakeWorker, gate: Gate) -> None:
    working = worker(Script(gate), batching=Batching(3, 3600.0), clock=Clock())
    put(working, 3)
    assert gate.reached.wait(LONG)
    gate.open.set()
    assert working.flush(LONG)


def test_flush_sends_at_once(worker: MakeWorker) -> None:
    working = worker(Script(), batching=Batching(500, 3600.0), clock=Clock())
    put(working, 1)
    assert working.flush(LONG)


def test_flush_gives_up_after_its_timeout_and_the_worker_goes_on(worker: MakeWorker, gate: Gate) -> None:
    working = worker(Script(gate))
    put(working, 1)
    assert not working.flush(0.01)
    gate.open.set()
    assert working.flush(LONG)


def test_flush_does_not_wait_for_later_events(worker: MakeWorker, gate: Gate) -> None:
    working = worker(Script(accept, gate))
    put(working, 1)
    assert working.flush(LONG)
    put(working, 1)
    assert gate.reached.wait(LONG)
    assert working.stats().pending == 1


@pytest.mark.parametrize("seconds", [math.inf, 1e300, 10**400])
def test_there_is_no_limit_to_how_long_one_may_wait(worker: MakeWorker, seconds: float) -> None:
    working = worker(Script(), batching=Batching(500, seconds), clock=Clock())
    put(working, 1)
    assert working.flush(seconds)
    put(working, 1)
    assert working.close(seconds) == 0


def test_a_timeout_that_is_no_number_is_no_wait(worker: MakeWorker, gate: Gate) -> None:
    working = worker(Script(gate))
    put(working, 1)
    assert not working.flush(math.nan)
    assert working.close(math.nan) == 1


def test_flush_of_nothing_is_done_at_once(worker: MakeWorker) -> None:
    assert worker(Script()).flush(0)


@pytest.mark.parametrize("finish", [Worker.flush, Worker.close])
def test_flush_and_close_end_a_long_wait_between_attempts(
    worker: MakeWorker, finish: Callable[[Worker, float], object]
) -> None:
    clock = TellingClock()
    working = worker(Script(problem(401, "unauthorized")), clock=clock)
    put(working, 1)
    assert clock.long_wait.wait(LONG)
    finish(working, LONG)
    assert working.stats().accepted == 1


def test_flush_does_not_end_what_the_api_asked_to_wait_for(worker: MakeWorker) -> None:
    clock = TellingClock()
    script = Script(problem(503, "unavailable", {"Retry-After": "3600"}))
    working = worker(script, clock=clock)
    put(working, 1)
    assert clock.long_wait.wait(LONG)
    assert not working.flush(0.01)
    assert len(script.received) == 1


def test_close_ends_every_wait_when_its_time_is_over(worker: MakeWorker) -> None:
    clock = TellingClock()
    working = worker(Script(problem(503, "unavailable", {"Retry-After": "3600"})), clock=clock)
    put(working, 2)
    assert clock.long_wait.wait(LONG)
    assert working.close(0) == 2
    assert working._background.thread is not None
    working._background.thread.join(LONG)
    assert not working._background.thread.is_alive()


def test_close_says_how_many_events_stay_undelivered(
    worker: MakeWorker, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    working = worker(Script(gate))
    put(working, 3)
    assert gate.reached.wait(LONG)
    assert working.close(0.01) == 3
    assert "closed with 3 event(s) undelivered" in caplog.text


def test_close_delivers_what_is_pending(worker: MakeWorker) -> None:
    working = worker(Script(Reply(503), Reply(503)))
    put(working, 3)
    assert working.close(LONG) == 0
    assert working.stats().accepted == 3


def test_close_twice_is_close(worker: MakeWorker) -> None:
    working = worker(Script())
    assert working.close(LONG) == 0
    assert working.close(LONG) == 0


@pytest.mark.parametrize("events", [0, 1])
def test_close_lets_go_of_the_network_used_or_not(events: int) -> None:
    closed = threading.Event()

    class Network(httpx.MockTransport):
        def close(self) -> None:
            closed.set()

    transport = HttpTransport("http://api", "key", 1.0, Network(lambda _: httpx.Response(503)))
    working = Worker(MemoryQueue(9, 9999), transport, Batching(1, 0.0), Drops(), clock=InstantClock())
    put(working, events)
    assert working.close(0) == events
    assert closed.wait(LONG)


def test_what_is_stored_after_close_is_kept_and_no_thread_is_started_for_it(worker: MakeWorker) -> None:
    script = Script()
    working = worker(script)
    working.close(LONG)
    put(working, 2)
    assert working.stats() == Stats(accepted=0, rejected=0, dropped=0, pending=2)
    assert not working._background.is_there
    assert script.received == []


def test_events_over_the_bound_are_dropped_counted_and_warned_of_now_and_then(
    worker: MakeWorker, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    working = worker(Script(gate), queue=MemoryQueue(2, 10**6))
    put(working, 2)
    for entry in entries(1) * 1001:
        working.put([entry.body])
    assert working.stats() == Stats(accepted=0, rejected=0, dropped=1001, pending=2)
    assert [record.message for record in caplog.records] == [
        "the outbox is full: 1 event(s) dropped so far",
        "the outbox is full: 1000 event(s) dropped so far",
    ]
    gate.open.set()
    assert working.flush(LONG)


def test_a_rejected_event_is_reported_and_logged_without_its_values(
    worker: MakeWorker, caplog: pytest.LogCaptureFixture
) -> None:
    (bad,) = entries(1, player_id="alice")
    told: list[Rejection] = []
    working = worker(Script(rejecting(bad.event_id)), on_rejected=told.append)
    working.put([bad.body])
    assert working.flush(LONG)
    assert [rejection.event_id for rejection in told] == [bad.event_id]
    assert f"purchase {bad.event_id} was rejected: price.currency: must be one of EUR, USD" in caplog.text
    assert "alice" not in caplog.text
    assert working.stats() == Stats(accepted=0, rejected=1, dropped=0, pending=0)


@pytest.mark.parametrize("error", [ZeroDivisionError, SystemExit, KeyboardInterrupt])
def test_a_callback_that_raises_is_logged_and_stops_nothing(
    worker: MakeWorker, caplog: pytest.LogCaptureFixture, error: type[BaseException]
) -> None:
    def fail(_: Rejection) -> None:
        raise error

    bad = entries(2)
    working = worker(Script(rejecting(*[entry.event_id for entry in bad])), on_rejected=fail)
    for entry in bad:
        working.put([entry.body])
    assert working.flush(LONG)
    put(working, 1)
    assert working.flush(LONG)
    assert working.stats().accepted + working.stats().rejected == 3
    assert "on_rejected raised" in caplog.text


def test_a_callback_may_flush_and_close_without_waiting_for_itself(worker: MakeWorker) -> None:
    (bad,) = entries(1)
    said: list[object] = []

    def finish(_: Rejection) -> None:
        said.extend([working.flush(LONG), working.close(LONG)])

    working = worker(Script(rejecting(bad.event_id)), on_rejected=finish)
    working.put([bad.body])
    assert working.close(LONG) == 0
    assert said == [False, 0]


def test_a_callback_may_close_and_what_is_pending_is_still_delivered(
    worker: MakeWorker, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    bad, *rest = entries(3)
    left: list[int] = []
    script = Script(gate, rejecting(bad.event_id))

    def close(_: Rejection) -> None:
        left.append(working.close(LONG))

    working = worker(script, batching=Batching(1, 0.0), on_rejected=close)
    put(working, 1)
    assert gate.reached.wait(LONG)
    thread = working._background.thread
    assert thread is not None
    for entry in (bad, *rest):
        working.put([entry.body])
    gate.open.set()
    thread.join(LONG)
    assert left == [2]
    assert working.stats() == Stats(accepted=3, rejected=1, dropped=0, pending=0)
    assert "undelivered" not in caplog.text


def test_a_log_handler_may_track_events_itself(worker: MakeWorker) -> None:
    working = worker(Script(), queue=MemoryQueue(10, 1))

    class Tracking(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            del record
            outside = threading.Thread(target=lambda: put(working, 1))
            outside.start()
            outside.join(LONG)
            assert not outside.is_alive()

    handler = Tracking()
    logging.getLogger("questlog").addHandler(handler)
    try:
        put(working, 1)
    finally:
        logging.getLogger("questlog").removeHandler(handler)
    assert working.stats().dropped == 2


def test_no_thread_runs_before_the_first_event_and_then_a_daemon(worker: MakeWorker, gate: Gate) -> None:
    before = set(threading.enumerate())
    working = worker(Script(gate))
    assert set(threading.enumerate()) == before
    put(working, 2)
    (started,) = set(threading.enumerate()) - before
    assert started.daemon
    assert started.name == "questlog"


def test_events_wait_when_no_thread_can_be_started(
    worker: MakeWorker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    working = worker(Script())
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", fail)
        put(working, 1)
        assert not working.flush(LONG)
    assert "no thread can be started" in caplog.text
    put(working, 1)
    assert working.flush(LONG)
    assert working.stats().accepted == 2


def test_what_is_cleared_while_it_cannot_be_delivered_is_not_tried_again(worker: MakeWorker) -> None:
    """With a clock that lets no time pass, the next attempt would follow at once."""
    cleared = threading.Event()

    def down(_: list[dict[str, Any]]) -> Reply:
        working.clear()
        cleared.set()
        return Reply(503)

    script = Script(down)
    working = worker(script)
    (first,) = put(working, 1)
    assert cleared.wait(LONG)
    (second,) = put(working, 1)
    assert working.flush(LONG)
    assert script.ids == [first.event_id, second.event_id]


def test_a_pause_ends_what_is_tried_again_until_it_is_over(worker: MakeWorker) -> None:
    def down(_: list[dict[str, Any]]) -> Reply:
        working.pause()
        return Reply(503)

    script = Script(down)
    working = worker(script)
    put(working, 1)
    condition: Any = working._changed
    until = time.monotonic() + LONG
    while not (working._paused and condition._waiters) and time.monotonic() < until:
        threading.Event().wait(0.001)  # until the thread waits: for events that it may send
    assert not working.flush(LONG), "and does not wait"
    assert len(script.received) == 1
    working.resume()
    assert working.flush(LONG)
    assert len(script.received) == 2
