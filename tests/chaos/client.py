"""A client that sends batches of purchases and remembers which events were acknowledged."""

from collections.abc import Set as AbstractSet
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

import httpx

from tests.chaos.audit import kept
from tests.chaos.victim import EVENTS, HEADERS, REJECTS, Victim
from tests.load.requests import purchase

_SENT_AT = "2026-11-02T18:04:06.000Z"
_ARRIVAL_SECONDS = 30
_TRY_SECONDS = 0.05


class Client:
    """Sends to `victim`, which delivers to a stand-in that keeps its streams in `streams`."""

    def __init__(self, victim: Victim, streams: Path) -> None:
        self.acknowledged: set[str] = set()
        self._victim = victim
        self._streams = streams
        self._event = purchase()

    def send(self, events: int = 100) -> httpx.Response:
        """Send one batch and return the answer."""
        ids = [str(uuid4()) for _ in range(events)]
        batch = {"sent_at": _SENT_AT, "events": [{**self._event, "event_id": one} for one in ids]}
        answer = httpx.post(f"{self._victim.url}/v1/events", json=batch, headers=HEADERS, timeout=30)
        if answer.status_code == httpx.codes.ACCEPTED:
            self.acknowledged.update(ids)
        return answer

    def send_until(self, status: int, seconds: float = 30) -> httpx.Response:
        """Send batches until one is answered with `status`, and return that answer."""
        give_up = monotonic() + seconds
        while (answer := self.send()).status_code != status:
            assert monotonic() < give_up, f"still {answer.status_code}; the log:\n{self._victim.log}"
        return answer

    def readiness(self) -> dict[str, str]:
        """Return what `/readyz` says."""
        said: dict[str, str] = httpx.get(f"{self._victim.url}/readyz", timeout=30).json()
        return said

    def cause_of_not_being_ready(self, seconds: float = 5) -> str:
        """Return what `/readyz` says the cause is, once it does: each try of Firehose is a moment of hope."""
        give_up = monotonic() + seconds
        while (said := self.readiness()).get("cause") is None:
            assert monotonic() < give_up, f"still {said}; the log:\n{self._victim.log}"
            sleep(_TRY_SECONDS)
        return said["cause"]

    def missing(self) -> set[str]:
        """Return the acknowledged events that are not in the stream now."""
        found = kept(self._streams / f"{EVENTS}.ndjson", self._streams / f"{REJECTS}.ndjson")
        return self.acknowledged - found.events.keys()

    def missing_in_the_end(
        self, *, besides: AbstractSet[str] = frozenset(), seconds: float = _ARRIVAL_SECONDS
    ) -> AbstractSet[str]:
        """Return those that are still missing after some time, `besides` some that may be."""
        give_up = monotonic() + seconds
        while (missing := self.missing() - besides) and monotonic() < give_up:
            sleep(_TRY_SECONDS)
        return missing
