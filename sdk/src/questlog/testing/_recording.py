"""Clients that keep what they are given: for tests of a game."""

import json
import threading
from typing import Any, Self

from questlog._context import Context
from questlog._emitter import Emitter
from questlog._once import ONCE
from questlog._options import checked_consent, checked_seconds
from questlog._player_client import PlayerClient
from questlog._results import Stats
from questlog.testing._sample import CONTEXT

_CLOSED = "the client is closed"


class _Recorder(Emitter):
    """Takes events as a real client does, down to the check and the JSON, and keeps them in memory."""

    def __init__(self, context: Context = CONTEXT) -> None:
        super().__init__(context)
        self._consent = True
        self._closed = False
        self._lock = threading.RLock()  # a signal handler may record an event as well
        self.clear()

    @property
    def consent(self) -> bool:
        """As a client's: while it is False, nothing is recorded."""
        return self._consent

    @consent.setter
    def consent(self, consent: bool) -> None:
        self._consent = checked_consent(consent)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The JSON forms of the events so far, as the API would get them, oldest first."""
        with self._lock:
            return list(self._events)

    @property
    def dropped(self) -> list[str]:
        """Why something was not taken, once for each: no event at all, or after `close`."""
        with self._lock:
            return list(self._dropped)

    def of(self, event: str) -> list[dict[str, Any]]:
        """Return the events of that name, e.g. `purchase`, oldest first."""
        return [each for each in self.events if each["event"] == event]

    def clear(self) -> None:
        """Forget everything so far, as if nothing had happened yet."""
        with self._lock:
            self._events: list[dict[str, Any]] = []
            self._dropped: list[str] = []
            self._told_once: set[tuple[str, str]] = set()

    def stats(self) -> Stats:
        """Return how many events were recorded, which count as accepted, and dropped."""
        with self._lock:
            return Stats(accepted=len(self._events), rejected=0, dropped=len(self._dropped), pending=0)

    def for_player(self, context: Context) -> PlayerClient:
        """Return a client for one player of many; what it is given is recorded here."""
        return PlayerClient(self, context)

    def _put(self, body: bytes) -> None:
        with self._lock:
            if self._closed:
                self._dropped.append(_CLOSED)
            elif self._consent:
                self._record(body)

    def _record(self, body: bytes) -> None:
        form = json.loads(body)
        if body.startswith(ONCE):
            which = form["event"], form["install_id"]
            if which in self._told_once:
                return
            self._told_once.add(which)
        self._events.append(form)

    def _drop(self, reason: str) -> None:
        with self._lock:
            self._dropped.append(reason)


class RecordingClient(_Recorder):
    """Stands in for `Client`: no thread, no disk, no network. Events are checked like the real ones.

        def test_a_sale_is_reported():
            recorder = RecordingClient()
            Shop(recorder).buy("gems_1200")
            [sale] = recorder.of("purchase")
            assert sale["price"] == {"amount_micros": 4_990_000, "currency": "EUR"}

    Args:
        context: Who plays and where; None of the tests has to say so.

    Raises:
        InvalidEvent: from the method of an event, as a `Client` does, when a value breaks the contract.
    """

    def flush(self, timeout: float = 10.0) -> bool:
        """Return True at once: nothing is pending, ever."""
        checked_seconds(timeout)
        return True

    def close(self, timeout: float = 1.5) -> int:
        """Take no more: further events are dropped. Return 0, as nothing is left."""
        checked_seconds(timeout)
        self._closed = True
        return 0

    def purge(self) -> int:
        """Return 0: no event waits for delivery. What was recorded stays, see `clear`."""
        return 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncRecordingClient(_Recorder):
    """Stands in for `AsyncClient`, as `RecordingClient` does for `Client`.

        async def test_a_sale_is_reported():
            async with AsyncRecordingClient() as recorder:
                await Shop(recorder).buy("gems_1200")
            [sale] = recorder.of("purchase")
            assert sale["product_id"] == "gems_1200"

    Args:
        context: Who plays and where.
    """

    async def stored(self, timeout: float = 10.0) -> bool:  # noqa: ASYNC109 - as a client's
        """Return True at once."""
        checked_seconds(timeout)
        return True

    async def flush(self, timeout: float = 10.0) -> bool:  # noqa: ASYNC109 - as a client's
        """Return True at once: nothing is pending, ever."""
        checked_seconds(timeout)
        return True

    async def close(self, timeout: float = 1.5) -> int:  # noqa: ASYNC109 - as a client's
        """Take no more: further events are dropped. Return 0, as nothing is left."""
        checked_seconds(timeout)
        self._closed = True
        return 0

    async def purge(self) -> int:
        """Return 0: no event waits for delivery. What was recorded stays, see `clear`."""
        return 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
