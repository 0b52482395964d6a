"""Group commit: requests that arrive while a put is under way share the next one, without a timer.

A put costs nearly the same for one line as for hundreds. What is alone starts at once; what arrives in
company waits for the put before it, or until it is worth a further one.
"""

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from contextvars import Context
from time import monotonic

from questlog_api.sinks import Sink, Stream
from questlog_api.telemetry.tracing import NO_TRACES, Tracer

GROUP_LINES = 5000
GROUP_BYTES = 3 * 1024 * 1024
"""Most that one put is given, unless a single request has more: about one full call to Firehose."""

# A further put starts when so many lines wait, or when the last one started so long ago. A put costs about
# what validating a hundred events does: fewer lines are not worth another, unless the last one is slow.
_WORTH_LINES = 256
_WORTH_SECONDS = 0.025


class _Parcel:
    """The lines of one request, and how many of them are not durable yet."""

    __slots__ = ("deadline", "done", "left", "lines", "size", "span")

    def __init__(
        self, lines: Sequence[bytes], deadline: float, done: "asyncio.Future[None]", span: object
    ) -> None:
        self.lines = lines
        self.left = len(lines)
        self.size = sum(map(len, lines))
        self.deadline = deadline
        self.done = done
        self.span = span


class Delivery:
    """Delivers lines to one stream of `sink`, with at most `puts_at_once` puts under way."""

    def __init__(self, sink: Sink, stream: Stream, puts_at_once: int, tracer: Tracer = NO_TRACES) -> None:
        self._sink = sink
        self._stream = stream
        self._puts_at_once = puts_at_once
        self._tracer = tracer
        self._waiting: deque[_Parcel] = deque()
        self._waiting_lines = 0
        self._puts: set[asyncio.Task[None]] = set()
        self._last_start = 0.0
        self._will_start = False
        self._look: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.waiting_bytes = 0
        """Bytes of lines that no put has taken yet."""

    async def put(self, lines: Sequence[bytes], deadline: float) -> None:
        """Return when all of `lines` are durable.

        No try begins after `deadline`, a reading of `time.monotonic`.

        Raises:
            SinkUnavailable: when that failed. Some lines may have been stored all the same.
        """
        if not lines:
            return
        if self._loop is None:
            self._loop = asyncio.get_running_loop()  # each call of it asks the kernel, until Python 3.12
        parcel = _Parcel(lines, deadline, self._loop.create_future(), self._tracer.current())
        self._waiting.append(parcel)
        self._waiting_lines += parcel.left
        self.waiting_bytes += parcel.size
        self._start_soon(self._loop)
        try:
            await parcel.done
        finally:
            del parcel  # its error leads back to this frame, and the lines would wait for the collector

    def _start_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        # After all that is ready to run: requests that came in at the same time share a put.
        if not self._will_start:
            self._will_start = True
            loop.call_soon(loop.call_soon, self._start_puts)

    def _start_puts(self) -> None:
        self._will_start = False
        while self._waiting and self._is_worth_a_put():
            self._last_start = monotonic()
            # In a context of its own: it is of many requests, and its log lines are of none.
            put = asyncio.create_task(self._put(self._next_group()), context=Context())
            self._puts.add(put)
            put.add_done_callback(self._ended)
        if self._waiting and len(self._puts) < self._puts_at_once:
            # Few wait, and perhaps nobody else comes: a put that hangs must not hold them up.
            self._look_again(asyncio.get_running_loop())

    def _look_again(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._look is None:
            self._look = loop.call_later(_WORTH_SECONDS, self._looked)

    def _looked(self) -> None:
        self._look = None
        self._start_puts()

    def _is_worth_a_put(self) -> bool:
        if not self._puts:
            return True
        if len(self._puts) == self._puts_at_once:
            return False
        return self._waiting_lines >= _WORTH_LINES or monotonic() - self._last_start >= _WORTH_SECONDS

    def _next_group(self) -> list[_Parcel]:
        """Take as many waiting parcels as share a put."""
        group: list[_Parcel] = []
        lines = size = 0
        while self._waiting:
            parcel = self._waiting[0]
            if group and (lines + parcel.left > GROUP_LINES or size + parcel.size > GROUP_BYTES):
                break
            self._waiting.popleft()
            self._waiting_lines -= parcel.left
            self.waiting_bytes -= parcel.size
            group.append(parcel)
            lines += parcel.left
            size += parcel.size
        return group

    async def _put(self, group: list[_Parcel]) -> None:
        lines = [line for parcel in group for line in parcel.lines]
        receipt = _Receipt(group)
        # Of requests that came within moments of each other; one may try a little longer for the others.
        deadline = max(parcel.deadline for parcel in group)
        try:
            with self._tracer.put(self._stream, len(lines), [parcel.span for parcel in group]):
                await self._sink.put(self._stream, lines, deadline, receipt.stored)
        except Exception as error:  # noqa: BLE001 - whatever it is, each request that shares the put must hear it
            for parcel in group:
                _fail(parcel, error.with_traceback(None))
        finally:
            del group, lines, receipt  # as in `put`

    def _ended(self, put: "asyncio.Task[None]") -> None:
        self._puts.discard(put)
        self._start_soon(put.get_loop())


class _Receipt:
    """Tells each parcel of a group once all of its own lines are durable."""

    def __init__(self, group: Sequence[_Parcel]) -> None:
        self._group = group
        self._starts: list[int] = []
        start = 0
        for parcel in group:
            self._starts.append(start)
            start += len(parcel.lines)

    def stored(self, start: int, stop: int) -> None:
        """Take note that the lines `[start:stop]` of the group are durable."""
        index = bisect_right(self._starts, start) - 1
        while start < stop:
            parcel = self._group[index]
            end = min(self._starts[index] + len(parcel.lines), stop)
            parcel.left -= end - start
            if parcel.left == 0 and not parcel.done.done():
                parcel.done.set_result(None)
            start, index = end, index + 1


def _fail(parcel: _Parcel, error: Exception) -> None:
    if not parcel.done.done():
        parcel.done.set_exception(error)
