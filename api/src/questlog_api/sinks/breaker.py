"""Leaves a stream alone for a while that fails again and again (circuit breaker)."""

import logging
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic

from questlog_api.sinks.base import Cause, Health, Sink, SinkUnavailable, Stored, Stream, ignore
from questlog_api.telemetry.metrics import Metrics

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
        with self._circuits[stream].attempt() as attempt:
            await self._sink.put(stream, lines, deadline, attempt.noticing(stored))

    async def start(self) -> None:
        """Start the sink."""
        await self._sink.start()

    async def check(self) -> Health:
        """Return how the sink takes lines; raise `SinkUnavailable` while events are left alone."""
        self._circuits[Stream.EVENTS].expect_closed()
        return await self._sink.check()

    async def close(self) -> None:
        """Close the sink."""
        await self._sink.close()


class _Circuit:
    """Whether one stream is left alone: it is after `most` failures in a row, until a trial succeeds."""

    def __init__(self, stream: Stream, most: int, seconds: float) -> None:
        self._stream = stream
        self._most = most
        self._seconds = seconds
        self._failures = 0
        self._trial: _Attempt | None = None
        self._retry_at = 0.0

    def is_open(self) -> bool:
        return self._failures >= self._most

    def expect_closed(self) -> None:
        """Raise `SinkUnavailable` while not even a trial is due."""
        if self.is_open() and monotonic() < self._retry_at:
            raise SinkUnavailable(f"{self._stream} is left alone: it failed {self._most} times in a row")

    @contextmanager
    def attempt(self) -> Iterator["_Attempt"]:
        """Let one put try; raises `SinkUnavailable` at once while it should not."""
        self.expect_closed()
        if self._trial is not None:
            raise SinkUnavailable(f"{self._stream} is left alone: one put tries whether it takes lines again")
        attempt = _Attempt()
        if self.is_open():
            self._trial = attempt
        try:
            yield attempt
        except SinkUnavailable as error:
            if attempt.stored_any:
                self._succeeded()
            elif error.cause is Cause.SINK_DOWN:
                self._failed()
            raise
        else:
            self._succeeded()
        finally:
            if self._trial is attempt:
                self._trial = None

    def _failed(self) -> None:
        self._failures += 1
        if self.is_open():
            # Jitter, so that the processes of a service do not come back all at once.
            self._retry_at = monotonic() + self._seconds * random.uniform(0.75, 1.25)
        if self._failures == self._most:
            _log.error("%s fails and is left alone, to be tried every %g s", self._stream, self._seconds)

    def _succeeded(self) -> None:
        if self.is_open():
            _log.info("%s takes lines again", self._stream)
        self._failures = 0


class _Attempt:
    """One put. It is no failure when anything was stored: a stream near its quota takes part of it."""

    def __init__(self) -> None:
        self.stored_any = False

    def noticing(self, stored: Stored) -> Stored:
        def noticed(start: int, stop: int) -> None:
            self.stored_any = True
            stored(start, stop)

        return noticed
