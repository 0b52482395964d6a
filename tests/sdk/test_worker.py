import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import httpx
import pytest

from questlog import Rejection, Stats
from questlog._clock import Clock
from questlog._entry import Entry
from questlog._queue import MemoryQueue
from questlog._transport import HttpTransport
from questlog._worker import Batching, Worker
from tests.sdk.clocks import InstantClock, TellingClock
from tests.sdk.samples import entries
from tests.sdk.script import Reply, Script, accept, problem, rejecting

LONG = 30.0
"""Seconds that no test takes: a bound on waiting for what happens at once."""


MakeWorker: TypeAlias = Callable[..., Worker]


@pytest.fixture
def worker() -> Iterator[MakeWorker]:
    made: list[Worker] = []

    def make(
        script: Script,
        *,
        queue: MemoryQueue | None = None,
        batching: Batching = Batching(500, 0.0),  # noqa: B008 - it is frozen
        on_rejected: Callable[[Rejection], object] | None = None,
        clock: Clock | None = None,
    ) -> Worker:
        queue = MemoryQueue(1000, 10**6) if queue is None else queue
        transport = HttpTransport("http://api", "key", 1.0, script.transport())
        made.append(Worker(queue, transport, batching, on_rejected, clock or InstantClock()))
        return made[-1]

    yield make
    for each in made:
        each.close(0)


class Gate:
    """A step of a script that answers only once `open` is set; `reached` tells that the request is there."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self, events: list[dict[str, Any]]) -> Reply:
        self.reached.set()
        assert self.open.wait(LONG)
        return accept(events)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


def _put(worker: Worker, count: int) -> list[Entry]:
    batch = entries(count)
    for entry in batch:
        worker.put(entry)
    return batch


def test_every_event_is_delivered_once(worker: MakeWorker) -> None:
    script = Script()
    working = worker(script)
    batch = _put(working, 50)
    assert working.flush(LONG)
    assert [event_id for received in script.received for event_id in received.ids] == [
        entry.event_id for entry in batch
    ]
    assert working.stats() == Stats(accepted=50, rejected=0, dropped=0, pending=0)


def test_no_batch_is_larger_than_asked_for(worker: MakeWorker, gate: Gate) -> None:
    script = Script(gate)
    working = worker(script, batching=Batching(10, 0.0))
    _put(working, 1)
    assert gate.reached.wait(LONG)
    _put(working, 25)
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
    _put(working, 1)
    assert gate.reached.wait(LONG)
    _put(working, 5)
    gate.open.set()
    assert working.flush(LONG)
    assert [len(received.ids) for received in script.received] == [1, 2, 2, 1]


def test_an_event_waits_for_company_as_long_as_asked_for(worker: MakeWorker) -> None:
    clock = InstantClock()
    working = worker(Script(), batching=Batching(500, 1.5), clock=clock)
    _put(working, 1)
    assert working.close(LONG) == 0
    assert set(clock.waits) <= {1.5}


def test_a_full_batch_does_not_wait(worker: MakeWorker) -> None:
    gate = Gate()
    working = worker(Script(gate), batching=Batching(3, 3600.0), clock=Clock())
    _put(working, 3)
    assert gate.reached.wait(LONG)
    gate.open.set()
    assert working.flush(LONG)


def test_flush_sends_at_once(worker: MakeWorker) -> None:
    working = worker(Script(), batching=Batching(500, 3600.0), clock=Clock())
    _put(working, 1)
    assert working.flush(LONG)


def test_flush_gives_up_after_its_timeout_and_the_worker_goes_on(worker: MakeWorker, gate: Gate) -> None:
    working = worker(Script(gate))
    _put(working, 1)
    assert not working.flush(0.01)
    gate.open.set()
    assert working.flush(LONG)


def test_flush_does_not_wait_for_later_events(worker: MakeWorker, gate: Gate) -> None:
    working = worker(Script(accept, gate))
    _put(working, 1)
    assert working.flush(LONG)
    _put(working, 1)
    assert gate.reached.wait(LONG)
    assert working.stats().pending == 1


def test_flush_of_nothing_is_done_at_once(worker: MakeWorker) -> None:
    assert worker(Script()).flush(0)


@pytest.mark.parametrize("finish", [Worker.flush, Worker.close])
def test_flush_and_close_end_a_long_wait_between_attempts(
    worker: MakeWorker, finish: Callable[[Worker, float], object]
) -> None:
    clock = TellingClock()
    working = worker(Script(problem(401, "unauthorized")), clock=clock)
    _put(working, 1)
    assert clock.long_wait.wait(LONG)
    finish(working, LONG)
    assert working.stats().accepted == 1


def test_flush_does_not_end_what_the_api_asked_to_wait_for(worker: MakeWorker) -> None:
    clock = TellingClock()
    script = Script(problem(503, "unavailable", {"Retry-After": "3600"}))
    working = worker(script, clock=clock)
    _put(working, 1)
    assert clock.long_wait.wait(LONG)
    assert not working.flush(0.01)
    assert len(script.received) == 1


def test_close_ends_every_wait_when_its_time_is_over(worker: MakeWorker) -> None:
    clock = TellingClock()
    working = worker(Script(problem(503, "unavailable", {"Retry-After": "3600"})), clock=clock)
    _put(working, 2)
    assert clock.long_wait.wait(LONG)
    assert working.close(0) == 2
    assert working._thread is not None
    working._thread.join(LONG)
    assert not working._thread.is_alive()


def test_close_says_how_many_events_stay_undelivered(
    worker: MakeWorker, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    working = worker(Script(gate))
    _put(working, 3)
    assert gate.reached.wait(LONG)
    assert working.close(0.01) == 3
    assert "closed with 3 event(s) undelivered" in caplog.text


def test_close_delivers_what_is_pending(worker: MakeWorker) -> None:
    working = worker(Script(Reply(503), Reply(503)))
    _put(working, 3)
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
    working = Worker(MemoryQueue(9, 9999), transport, Batching(1, 0.0), clock=InstantClock())
    _put(working, events)
    assert working.close(0) == events
    assert closed.wait(LONG)


def test_an_event_after_close_is_dropped_and_counted(
    worker: MakeWorker, caplog: pytest.LogCaptureFixture
) -> None:
    working = worker(Script())
    working.close(LONG)
    _put(working, 2)
    assert working.stats() == Stats(accepted=0, rejected=0, dropped=2, pending=0)
    assert "the client is closed: 1 event(s) dropped so far" in caplog.text


def test_events_over_the_bound_are_dropped_counted_and_warned_of_now_and_then(
    worker: MakeWorker, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    working = worker(Script(gate), queue=MemoryQueue(2, 10**6))
    _put(working, 2)
    for entry in entries(1) * 1001:
        working.put(entry)
    assert working.stats() == Stats(accepted=0, rejected=0, dropped=1001, pending=2)
    assert [record.message for record in caplog.records] == [
        "the queue is full: 1 event(s) dropped so far",
        "the queue is full: 1001 event(s) dropped so far",
    ]
    gate.open.set()
    assert working.flush(LONG)


def test_a_rejected_event_is_reported_and_logged_without_its_values(
    worker: MakeWorker, caplog: pytest.LogCaptureFixture
) -> None:
    (bad,) = entries(1, player_id="alice")
    told: list[Rejection] = []
    working = worker(Script(rejecting(bad.event_id)), on_rejected=told.append)
    working.put(bad)
    assert working.flush(LONG)
    assert [rejection.event_id for rejection in told] == [bad.event_id]
    assert f"purchase {bad.event_id} was rejected: price.currency: must be one of EUR, USD" in caplog.text
    assert "alice" not in caplog.text
    assert working.stats() == Stats(accepted=0, rejected=1, dropped=0, pending=0)


def test_a_callback_that_raises_is_logged_and_stops_nothing(
    worker: MakeWorker, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Rejection) -> None:
        raise ZeroDivisionError

    bad = entries(2)
    working = worker(Script(rejecting(*[entry.event_id for entry in bad])), on_rejected=fail)
    for entry in bad:
        working.put(entry)
    assert working.flush(LONG)
    _put(working, 1)
    assert working.flush(LONG)
    assert working.stats().accepted + working.stats().rejected == 3
    assert "on_rejected raised" in caplog.text


def test_a_callback_may_flush_and_close_without_waiting_for_itself(worker: MakeWorker) -> None:
    (bad,) = entries(1)
    said: list[object] = []

    def finish(_: Rejection) -> None:
        said.extend([working.flush(LONG), working.close(LONG)])

    working = worker(Script(rejecting(bad.event_id)), on_rejected=finish)
    working.put(bad)
    assert working.close(LONG) == 0
    assert said == [False, 1]


def test_a_log_handler_may_track_events_itself(worker: MakeWorker) -> None:
    working = worker(Script(), queue=MemoryQueue(10, 1))

    class Tracking(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            del record
            outside = threading.Thread(target=lambda: working.put(entries(1)[0]))
            outside.start()
            outside.join(LONG)
            assert not outside.is_alive()

    handler = Tracking()
    logging.getLogger("questlog").addHandler(handler)
    try:
        _put(working, 1)
    finally:
        logging.getLogger("questlog").removeHandler(handler)
    assert working.stats().dropped == 2


def test_no_thread_runs_before_the_first_event_and_then_a_daemon(worker: MakeWorker, gate: Gate) -> None:
    before = set(threading.enumerate())
    working = worker(Script(gate))
    assert set(threading.enumerate()) == before
    _put(working, 2)
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
        _put(working, 1)
        assert not working.flush(LONG)
    assert "no thread can be started" in caplog.text
    _put(working, 1)
    assert working.flush(LONG)
    assert working.stats().accepted == 2
