import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from questlog import Client
from questlog._clock import Clock
from questlog._drops import Drops
from questlog._queue import MemoryQueue, Queue
from questlog._transport import HttpTransport
from questlog._worker import Batching, Worker
from tests.sdk.clocks import InstantClock
from tests.sdk.samples import CONTEXT
from tests.sdk.script import Script
from tests.sdk.workers import Gate, MakeClient, MakeWorker


@pytest.fixture
def worker() -> Iterator[MakeWorker]:
    """Makes workers of a scripted API, and closes them."""
    made: list[Worker] = []

    def make(
        script: Script,
        *,
        queue: Queue | None = None,
        batching: Batching = Batching(500, 0.0),  # noqa: B008 - it is frozen
        clock: Clock | None = None,
        **hooks: Any,
    ) -> Worker:
        queue = MemoryQueue(1000, 10**6) if queue is None else queue
        transport = HttpTransport("http://api", "key", 1.0, script.transport())
        made.append(Worker(queue, transport, batching, Drops(), clock=clock or InstantClock(), **hooks))
        return made[-1]

    yield make
    for each in made:
        each.close(0)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[MakeClient]:
    """Makes clients of a scripted API with an outbox of their own, and closes them."""
    made: list[Client] = []

    def make(script: Script, write_key: str = "key", **options: Any) -> Client:
        options = {"outbox": tmp_path / "outbox", "flush_interval": 0, **options}
        made.append(Client("http://api", write_key, context=CONTEXT, transport=script.transport(), **options))
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
