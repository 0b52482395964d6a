"""Whatever the game's own code raises and whatever ends the thread, delivery goes on and so does the game."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from questlog import Stats
from questlog._queue import MemoryQueue
from questlog._worker import Worker
from tests.sdk.samples import entries
from tests.sdk.script import Reply, Script, problem, rejecting
from tests.sdk.workers import LONG, Gate, MakeWorker, put


def die(_: list[dict[str, Any]]) -> Reply:
    """A step of a script that ends the thread."""
    raise SystemExit


def wait_for_the_end(thread: threading.Thread | None) -> None:
    if thread is not None:  # it can have ended before the test looked
        thread.join(LONG)
        assert not thread.is_alive()


@pytest.mark.usefixtures("raising_log_handler")
def test_a_log_handler_that_raises_does_not_end_delivery(worker: MakeWorker) -> None:
    (bad,) = entries(1)
    working = worker(Script(Reply(503), problem(401, "unauthorized"), rejecting(bad.event_id)))
    working.put([bad.body])
    assert working.flush(LONG)
    put(working, 1)
    assert working.flush(LONG)
    assert working.stats() == Stats(accepted=1, rejected=1, dropped=0, pending=0)


@pytest.mark.usefixtures("raising_log_handler")
def test_a_log_handler_that_raises_does_not_reach_the_game(worker: MakeWorker, gate: Gate) -> None:
    working = worker(Script(gate), queue=MemoryQueue(1, 10**6))
    put(working, 2)
    assert working.stats().dropped == 1
    assert working.close(0) == 1


def test_the_logger_tells_who_logged(worker: MakeWorker, caplog: pytest.LogCaptureFixture) -> None:
    working = worker(Script(Reply(503)), queue=MemoryQueue(1, 1))
    put(working, 1)
    assert [(record.name, record.module) for record in caplog.records] == [("questlog", "_drops")]


@pytest.mark.parametrize(
    "wake",
    [
        lambda working: put(working, 1),
        lambda working: working.flush(LONG),
        lambda working: working.close(LONG),
    ],
    ids=["put", "flush", "close"],
)
def test_a_thread_that_ended_is_started_again(
    worker: MakeWorker, caplog: pytest.LogCaptureFixture, wake: Callable[[Worker], object]
) -> None:
    working = worker(Script(die))
    put(working, 1)
    wait_for_the_end(working._background.thread)
    assert working.stats().pending == 1
    assert "delivery ended in an unexpected way" in caplog.text
    wake(working)
    assert working.flush(LONG)
    assert working.stats().pending == 0


def test_flush_does_not_wait_for_a_thread_that_ended(worker: MakeWorker) -> None:
    working = worker(Script(otherwise=die))
    put(working, 1)
    began = time.monotonic()
    assert not working.flush(LONG)
    assert time.monotonic() - began < LONG


def test_close_counts_what_a_thread_that_ended_left_behind(worker: MakeWorker) -> None:
    working = worker(Script(otherwise=die))
    put(working, 3)
    assert working.close(LONG) == 3
    wait_for_the_end(working._background.thread)
    assert working.stats() == Stats(accepted=0, rejected=0, dropped=0, pending=3)
