"""Workers to test with, and an answer that waits."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from questlog import Client
from questlog._entry import Entry
from questlog._outbox import OutboxFolder, destination_of
from questlog._worker import Worker
from tests.sdk.samples import entries
from tests.sdk.script import Reply, accept

LONG = 30.0
"""Seconds that no test takes: a bound on waiting for what happens at once."""

MakeWorker: TypeAlias = Callable[..., Worker]
"""What the fixture `worker` is."""
MakeClient: TypeAlias = Callable[..., Client]
"""What the fixture `client` is."""


class Gate:
    """A step of a script that answers only once `open` is set; `reached` tells that the request is there.

    `hold` is a `before_send` that keeps events from the outbox for as long.
    """

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    def hold(self, event: dict[str, Any]) -> dict[str, Any]:
        self.reached.set()
        assert self.open.wait(LONG)
        return event

    def __call__(self, events: list[dict[str, Any]]) -> Reply:
        self.reached.set()
        assert self.open.wait(LONG)
        return accept(events)


def eventually(holds: Callable[[], bool]) -> bool:
    """Wait until `holds()`, which another thread is about to bring about."""
    until = time.monotonic() + LONG
    while not holds() and time.monotonic() < until:
        threading.Event().wait(0.001)
    return holds()


def leave(folder: Path, bodies: list[bytes], written_at: int | None = None) -> None:
    """Leave events behind, as a client of `http://api` and `key` does that has ended."""
    file = OutboxFolder(folder, destination_of("http://api", "key")).open()
    file.append(bodies, written_at=written_at)
    file.close()


def put(worker: Worker, count: int) -> list[Entry]:
    batch = entries(count)
    for entry in batch:
        worker.put([entry.body])
    return batch
