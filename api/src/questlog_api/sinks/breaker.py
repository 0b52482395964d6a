"""Leaves a stream alone for a while that fails again and again (circuit breaker)."""

import logging
import random
from collections.abc import Sequence
from time import monotonic

from questlog_api.metrics import Metrics
from questlog_api.sinks.base import Health, Sink, SinkUnavailable, Stored, Stream, ignore

_log = logging.getLogger(__name__)


class BreakerSink:
    """Puts into `sink`; after `failures` in a row it refuses at once, and one put tries after `seconds`."""

    def __init__(self, sink: Sink, failures: int, seconds: float, metrics: Metrics) -> None:
        self._sink = sink
        self._circuits = {stream: _Circuit(stream, failures, seconds) for stream in Stream}
        for stream, circuit in self._circuits.items():
            metrics.watch_breaker(stream, circuit.is_open)

    async def put(
        self, stream: Stream, lines: Sequence[bytes], deadline: float, stored: Stored = ignore
    ) -> None:
        """Store `lines` in the sink, or fail at once while the stream is left alone."""
        circuit = self._circuits[stream]
        circuit.enter()
        try:
            await self._sink.put(stream, lines, deadline, stored)
        except SinkUnavailable:
            circuit.failed()
            raise
        except BaseException:
            circuit.left()
            raise
        circuit.succeeded()

    async def start(self) -> None:
        """Start the sink."""
        await self._sink.start()

    async def check(self) -> Health:
        """Return how the sink takes lines."""
        return await self._sink.check()

    async def close(self) -> None:
        """Close the sink."""
        await self._sink.close()


class _Circuit:
    def __init__(self, stream: Stream, failures: int, seconds: float) -> None:
        self._stream = stream
        self._most = failures
        self._seconds = seconds
        self._failures = 0
        self._trial = False
        self._retry_at = 0.0

    def is_open(self) -> bool:
        return self._failures >= self._most

    def enter(self) -> None:
        if not self.is_open():
            return
        if self._trial or monotonic() < self._retry_at:
            raise SinkUnavailable(f"{self._stream} is left alone: it failed {self._most} times in a row")
        self._trial = True

    def failed(self) -> None:
        self._trial = False
        self._failures += 1
        if self.is_open():
            # Jitter, so that the processes of a service do not come back all at once.
            self._retry_at = monotonic() + self._seconds * random.uniform(0.75, 1.25)
        if self._failures == self._most:
            _log.error("%s fails and is left alone, to be tried every %g s", self._stream, self._seconds)

    def succeeded(self) -> None:
        if self.is_open():
            _log.info("%s takes lines again", self._stream)
        self.left()
        self._failures = 0

    def left(self) -> None:
        self._trial = False
