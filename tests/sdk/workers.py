"""Workers to test with, and an answer that waits."""

import threading
from collections.abc import Callable
from typing import Any, TypeAlias

from questlog import Client
from questlog._entry import Entry
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


def put(worker: Worker, count: int) -> list[Entry]:
    batch = entries(count)
    for entry in batch:
        worker.put([entry.body])
    return batch
