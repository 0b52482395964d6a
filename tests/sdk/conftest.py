import logging
from collections.abc import Callable, Iterator

import pytest

from questlog import Rejection
from questlog._clock import Clock
from questlog._queue import MemoryQueue
from questlog._transport import HttpTransport
from questlog._worker import Batching, Worker
from tests.sdk.clocks import InstantClock
from tests.sdk.script import Script
from tests.sdk.workers import Gate, MakeWorker


@pytest.fixture
def worker() -> Iterator[MakeWorker]:
    """Makes workers of a scripted API, and closes them."""
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


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


@pytest.fixture
def raising_log_handler() -> Iterator[None]:
    """A handler of the game's that raises at every record of the SDK."""

    class Raising(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise ValueError(record.levelname)

    handler = Raising()
    logging.getLogger("questlog").addHandler(handler)
    yield
    logging.getLogger("questlog").removeHandler(handler)
