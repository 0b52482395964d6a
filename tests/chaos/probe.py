"""Looks at a service that is under load: its memory, its health, and what it answers to a good request."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from types import TracebackType
from typing import Self
from uuid import uuid4

import httpx

from tests.chaos.victim import HEADERS, Victim
from tests.load.requests import purchase

_TURN_SECONDS = 0.2
_PATIENCE_SECONDS = 30
_TRY_LATER = (429, 503)


@dataclass
class Seen:
    """What was seen.

    Attributes:
        most_memory: Bytes the process held at most.
        health: Answers of `/healthz` by status, 0 for none.
        slowest_health: Seconds of the slowest of them.
        answers: Answers to single events by status, 0 for none.
        without_retry_after: Answers of 429 and 503 that did not say when to try again.
    """

    most_memory: int = 0
    health: Counter[int] = field(default_factory=Counter)
    slowest_health: float = 0
    answers: Counter[int] = field(default_factory=Counter)
    without_retry_after: int = 0


class Probe:
    """Looks several times a second while in the `with`; each look waits for its answer before the next."""

    def __init__(self, victim: Victim, headers: dict[str, str] | None = None) -> None:
        self.seen = Seen()
        self._victim = victim
        self._headers = headers or HEADERS
        self._event = purchase()
        self._over = threading.Event()
        looks = (self._look_at_memory, self._look_at_health, self._send)
        self._threads = [threading.Thread(target=self._repeat, args=(look,), daemon=True) for look in looks]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, look: Callable[[], None]) -> None:
        while not self._over.wait(_TURN_SECONDS):
            look()

    def _look_at_memory(self) -> None:
        self.seen.most_memory = max(self.seen.most_memory, self._victim.memory())

    def _look_at_health(self) -> None:
        begin = perf_counter()
        try:
            status = httpx.get(f"{self._victim.url}/healthz", timeout=_PATIENCE_SECONDS).status_code
        except httpx.HTTPError:
            status = 0
        self.seen.health[status] += 1
        self.seen.slowest_health = max(self.seen.slowest_health, perf_counter() - begin)

    def _send(self) -> None:
        event = {**self._event, "event_id": str(uuid4())}
        url = f"{self._victim.url}/v1/events/purchase"
        try:
            answer = httpx.post(url, json=event, headers=self._headers, timeout=_PATIENCE_SECONDS)
        except httpx.HTTPError:
            self.seen.answers[0] += 1
            return
        self.seen.answers[answer.status_code] += 1
        self.seen.without_retry_after += (
            answer.status_code in _TRY_LATER and "Retry-After" not in answer.headers
        )
