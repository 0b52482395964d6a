"""The connections of a load generator, and the pace at which they send."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httptools

from tests.load.outcome import Books
from tests.load.requests import Message, Requests

_RECONNECT_SECONDS = 0.05
_CLOSED_LOOP_SECONDS = 0.05  # between two looks at whether it is over; answers drive it
_TICK_SECONDS = 0.001  # an event loop waits no shorter; requests may be late by it, which their latency shows
_NEVER = float("inf")


class Pace:
    """When requests are due, in readings of `time.perf_counter`.

    With a `rate` in requests a second, each is due at its own time, whether or not earlier ones were
    answered: a server that stalls is charged for all that had to wait. Without, the next is due when a
    connection is free.
    """

    def __init__(self, rate: float | None, seconds: float, count: int | None) -> None:
        self._interval = None if rate is None else 1 / rate
        self._started = time.perf_counter()
        self._end = self._started + seconds
        self._left = _NEVER if count is None else count
        self._sent = 0

    @property
    def over(self) -> bool:
        """Whether nothing more is due, ever."""
        return self._sent >= self._left or self.next_due >= self._end

    @property
    def next_due(self) -> float:
        """When the next request is due; now for a closed loop."""
        if self._interval is None:
            return time.perf_counter()
        return self._started + self._sent * self._interval

    @property
    def pause(self) -> float:
        """Seconds until it is worth looking at what is due."""
        if self._interval is None:
            return _CLOSED_LOOP_SECONDS
        return max(_TICK_SECONDS, self.next_due - time.perf_counter())

    def take(self) -> float | None:
        """Return when the request that is due was due, and go on to the next; None when none is yet."""
        due = self.next_due
        if self._sent >= self._left or due >= self._end or due > time.perf_counter():
            return None
        self._sent += 1
        return due


class Connections:
    """Keeps `count` connections to a server, sends what is due on those that are free, and reconnects."""

    def __init__(self, address: tuple[str, int], requests: Requests, books: Books, pace: Pace) -> None:
        self._address = address
        self._requests = requests
        self._books = books
        self._pace = pace
        self._all: set[_Connection] = set()
        self._free: list[_Connection] = []
        self._busy = 0
        self._settled = asyncio.Event()
        self._connecting: set[asyncio.Task[None]] = set()

    async def run(self, count: int, grace_seconds: float) -> None:
        """Send until the pace is over, then wait for missing answers, at most `grace_seconds`."""
        for _ in range(count):
            self._connect()
        while not self._pace.over:
            self._send_due()
            await asyncio.sleep(self._pace.pause)
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds):
                await self._all_answered()
        self._books.unanswered += self._busy
        self._close()

    def joined(self, connection: "_Connection") -> None:
        """Send on a new connection."""
        self._all.add(connection)
        self._use(connection)

    def answered(self, connection: "_Connection", answer: "_Answer") -> None:
        """Enter an answer, and send the next request."""
        self._settle()
        self._books.answered(answer.message, answer.due, answer.status, answer.body)
        self._use(connection)

    def lost(self, connection: "_Connection", *, waiting: bool) -> None:
        """Connect anew. The request whose answer `connection` was `waiting` for is not sent again."""
        if connection not in self._all:
            return  # closed by us
        self._all.remove(connection)
        if waiting:
            self._settle()
            self._books.unanswered += 1
        else:
            self._free.remove(connection)
        self._connect()

    def _use(self, connection: "_Connection") -> None:
        due = self._pace.take()
        if due is None:
            self._free.append(connection)
        else:
            self._send(connection, due)

    def _send_due(self) -> None:
        while self._free and (due := self._pace.take()) is not None:
            self._send(self._free.pop(), due)

    def _send(self, connection: "_Connection", due: float) -> None:
        self._busy += 1
        connection.send(self._requests.make(), due)

    def _settle(self) -> None:
        self._busy -= 1
        self._settled.set()

    async def _all_answered(self) -> None:
        while self._busy:
            self._settled.clear()
            await self._settled.wait()

    def _connect(self) -> None:
        task = asyncio.create_task(self._try_to_connect())
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _try_to_connect(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._pace.over:
            try:
                await loop.create_connection(lambda: _Connection(self), *self._address)
            except OSError:
                self._books.refused_connections += 1
            else:
                return
            await asyncio.sleep(_RECONNECT_SECONDS)

    def _close(self) -> None:
        for task in self._connecting:
            task.cancel()
        connections, self._all = self._all, set()
        for connection in connections:
            connection.close()


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was answered to a message that was due at a reading of `time.perf_counter`."""

    message: Message
    due: float
    status: int
    body: bytes


class _Connection(asyncio.Protocol):
    """One connection that sends a request when the answer to the last has come."""

    def __init__(self, owner: Connections) -> None:
        self._owner = owner
        self._parser = httptools.HttpResponseParser(self)
        self._sent: tuple[Message, float] | None = None
        self._body: list[bytes] = []
        self._transport: Any = None

    def send(self, message: Message, due: float) -> None:
        """Send a request."""
        self._sent = message, due
        self._transport.write(message.content)

    def close(self) -> None:
        """Close, whether or not an answer is missing."""
        self._transport.abort()

    def connection_made(self, transport: Any) -> None:
        # uvloop's transports are no asyncio.Transport, they only act like one.
        self._transport = transport
        self._owner.joined(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.abort()

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self._sent is None:
            self._transport.abort()  # an answer nobody asked for, as uvicorn's to a slow request
            return
        message, due = self._sent
        answer = _Answer(message, due, self._parser.get_status_code(), b"".join(self._body))
        self._sent, self._body = None, []
        if not self._parser.should_keep_alive():
            self._transport.close()
        self._owner.answered(self, answer)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._owner.lost(self, waiting=self._sent is not None)
