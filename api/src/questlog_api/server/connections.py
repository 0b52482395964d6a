"""One connection of a client: uvicorn's protocol, with the bounds that it does not have itself.

- A request's first line and headers have at most `max_header_bytes`, whether they end or not: 431.
- They arrive within `header_seconds`, or a second later: 408 when some arrived, nothing when none did.
- There are at most `max_connections`: further ones get a 503 and are closed.
- An answer is read within `READ_SECONDS`, or the connection is cut: what is not read is held in memory.
- At most `PIPELINED` requests wait behind the one that is answered. Trailers are refused: uvicorn would add
  them to the headers, without bounds.

The body is bounded in size and time where it is read, in `body`. All of this costs a request less than a
microsecond: no timer is set for it; the server calls `check` on each connection once a second instead.
"""

import asyncio
from asyncio import BaseTransport
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

import httptools
import orjson
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from questlog_api.problems import MEDIA_TYPE, Kind
from questlog_api.server import whole_answer
from questlog_api.settings import Settings

READ_SECONDS = 60
"""Seconds a client has to take what was written to it: 25 KB a second for the largest page there is."""
PIPELINED = 8
"""Requests that may wait for the answer to an earlier one; no client of the service has any."""


@dataclass(frozen=True, slots=True)
class _Close:
    """An answer to which the connection ends, and as what it is counted."""

    reason: str
    answer: bytes


class _NotTakenError(Exception):
    """Leaves the parser from within a callback."""

    def __init__(self, close: _Close) -> None:
        super().__init__(close.reason)
        self.close = close


class _NoTrailers(list[tuple[bytes, bytes]]):
    """Stands where uvicorn puts headers, once they are complete."""

    def append(self, _: tuple[bytes, bytes]) -> None:
        raise _NotTakenError(_MALFORMED)


class _Wait(Enum):
    NEXT = auto()
    HEAD = auto()
    READER = auto()


def _close(reason: str, status: int, detail: str, *, type_: str = "about:blank", headers: str = "") -> _Close:
    phrase = HTTPStatus(status).phrase
    body = orjson.dumps({"type": type_, "title": phrase, "status": status, "detail": detail})
    head = (
        f"HTTP/1.1 {status} {phrase}\r\ncontent-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n"
        f"connection: close\r\n{headers}"
    )
    return _Close(reason, head.encode() + whole_answer.SECURITY_LINES + body)


_NO_TRAILERS = _NoTrailers()
_MALFORMED = _close("malformed", 400, "This is not an HTTP/1.1 request that the service takes.")
_UPGRADE = _close("malformed", 400, "Send the request without Upgrade: the service speaks HTTP/1.1 only.")
_PIPELINED = _close("malformed", 400, "Wait for the answers to earlier requests.")


class Connection(HttpToolsProtocol):
    """A connection within the bounds of `settings`; `refused` is told why one is closed."""

    # Not in the instance's dict: with more than 30 entries, Python reads all of it more slowly.
    __slots__ = (
        "_answered",
        "_begun",
        "_deaf",
        "_idle",
        "_most",
        "_refused",
        "_rests",
        "_settings",
        "_size",
        "_waits",
        "_waits_behind",
        "_waits_since",
    )

    def __init__(self, *args: Any, settings: Settings, refused: Callable[[str], None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._settings = settings
        self._refused = refused
        self._most = settings.max_header_bytes
        self._deaf = False  # nothing more is read
        self._answered: RequestResponseCycle | None = None  # not the newest, if requests are pipelined
        self._rests = False  # all is answered, and nothing has arrived since
        # Bytes of the present data; of that in which the request began; of what came since and was of no use.
        self._size = self._begun = self._idle = 0
        self._waits: _Wait | None = None
        self._waits_behind: object = None
        self._waits_since = 0.0

    def connection_made(self, transport: BaseTransport) -> None:
        """Take the connection, unless there are too many."""
        if len(self.connections) < self._settings.max_connections:
            # Not by `super()`: Python 3.11 reads the attributes of an object more slowly for good after that.
            HttpToolsProtocol.connection_made(self, transport)  # type: ignore[arg-type]  # the base's is wider
            return
        self.transport = transport  # type: ignore[assignment]  # likewise
        retry_after = f"retry-after: {self._settings.retry_after_seconds}\r\n"
        detail = "The service has too many connections. Try again, not before Retry-After."
        self._end(_close("too-many", 503, detail, type_=Kind.UNAVAILABLE.type, headers=retry_after))

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the request that is being answered know that nobody listens: uvicorn tells the newest one."""
        if self._answered is not None and not self._answered.response_complete:
            self._answered.disconnected = True
            self._answered.message_event.set()
        self.pipeline.clear()
        HttpToolsProtocol.connection_lost(self, exc)

    def data_received(self, data: bytes) -> None:
        """Parse what arrived, unless nothing more is read."""
        if self._deaf:
            return
        self._rests = False
        scope, cycle, self._size = self.scope, self.cycle, len(data)
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as stop:
            self._stopped(stop, data)
        if self.scope is not scope:
            self._begun, self._idle = self._size, 0
        else:
            self._continued(cycle)

    def on_headers_complete(self) -> None:
        """Begin to answer, unless the headers are too large."""
        # Mostly all that arrived is less; only then are they counted one by one.
        if self._begun + self._idle + self._size > self._most and self._head_bytes() > self._most:
            raise _NotTakenError(self._too_large())
        if len(self.pipeline) >= PIPELINED:
            raise _NotTakenError(_PIPELINED)
        # The parser would take what follows the headers for another protocol, or for the next request.
        if self.parser.should_upgrade() and self._has_body():
            raise _NotTakenError(_UPGRADE)
        HttpToolsProtocol.on_headers_complete(self)
        whole_answer.offer(self.scope, self.cycle)
        self.headers = _NO_TRAILERS

    def on_response_complete(self) -> None:
        """Go on with what waits behind the answer: as uvicorn does, but without a timer for each."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self._rests = True

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        # uvicorn's own has the loop call back when the task is done: one more turn for each request.
        itself: list[asyncio.Task[None]] = []
        itself.append(self.loop.create_task(self._run(cycle, app, itself)))
        self.tasks.add(itself[0])

    async def _run(
        self, cycle: RequestResponseCycle, app: ASGI3Application, itself: "list[asyncio.Task[None]]"
    ) -> None:
        try:
            await cycle.run_asgi(app)
        finally:
            self.tasks.discard(itself[0])

    def check(self, now: float) -> None:
        """Close the connection if it has kept the server waiting; `now` is a reading of `time.monotonic`."""
        waits = self._waits_for()
        behind = self.cycle if waits in {_Wait.HEAD, _Wait.NEXT} else None
        if waits is not self._waits or behind is not self._waits_behind:
            self._waits, self._waits_behind, self._waits_since = waits, behind, now
        elif waits is _Wait.READER and now - self._waits_since > READ_SECONDS:
            self._refused("stalled")
            self.transport.abort()
        elif waits is _Wait.NEXT and now - self._waits_since > self._settings.keep_alive_seconds:
            self.transport.close()
        elif waits is _Wait.HEAD and now - self._waits_since > self._settings.header_seconds:
            self._late()

    def _stopped(self, stop: Exception, data: bytes) -> None:
        """Go on after what stopped the parser in `data`, or refuse it."""
        if not isinstance(stop, httptools.HttpParserUpgrade):
            cause = stop.__context__
            self._refuse(cause.close if isinstance(cause, _NotTakenError) else _MALFORMED)
        # An upgrade is ignored (RFC 9110 section 7.8); the parser has stopped where the next request begins.
        elif rest := data[stop.args[0] :]:
            self.data_received(rest)

    def _continued(self, before: RequestResponseCycle | None) -> None:
        """Count what arrived for a request that had begun, unless it was of use."""
        cycle = self._last_cycle()
        of_body = cycle is not None and (cycle.body or (cycle.response_complete and cycle.more_body))
        if cycle is not before or (of_body and not self._in_head()):
            self._idle = 0
            return
        self._idle += self._size
        if self._idle > self._most:
            self._refuse(self._too_large())

    def _head_bytes(self) -> int:
        first_line = len(f"{self.parser.get_method().decode()}  HTTP/1.1\r\n") + len(self.url)
        return first_line + sum(len(name) + len(value) + len(": \r\n") for name, value in self.headers)

    def _has_body(self) -> bool:
        return any(
            name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"0")
            for name, value in self.headers
        )

    def _in_head(self) -> bool:
        """Tell whether a request has begun whose headers are not complete."""
        # uvicorn makes the scope when a request begins, and its cycle when the headers are complete.
        cycle = self._last_cycle()
        scope: object = self.scope  # None before the first request, which its type does not say
        return scope is not None and (cycle is None or cycle.scope is not scope)

    def _last_cycle(self) -> RequestResponseCycle | None:
        """Return what answers the last request whose headers are complete, None before the first."""
        return self.cycle

    def _waits_for(self) -> _Wait | None:
        if self.transport.get_write_buffer_size():
            return _Wait.READER
        cycle = self._last_cycle()
        if self._rests:
            return _Wait.NEXT
        answered = cycle is None or cycle.response_complete
        return _Wait.HEAD if answered or self._in_head() else None

    def _late(self) -> None:
        if self._in_head():
            detail = f"The headers must arrive within {self._settings.header_seconds:g} seconds."
            self._refuse(_close("headers-late", 408, detail))
        else:
            # Nothing was asked: a client that only opened the connection takes no answer for one.
            self._refused("headers-late")
            self.transport.close()

    def _too_large(self) -> _Close:
        detail = f"The request's first line and headers may have {self._most} bytes."
        return _close("headers-large", 431, detail)

    def _refuse(self, close: _Close) -> None:
        """Answer with `close`, but what was taken before is answered first, and nothing twice."""
        cycle = self._last_cycle()
        if self._deaf:
            return
        if cycle is None or (cycle.response_complete and not cycle.more_body):
            self._end(close)
        elif not cycle.more_body:
            self._refused(close.reason)
            cycle.keep_alive = False
            self._deaf = True
        elif cycle.response_started or self.pipeline:
            self._refused(close.reason)
            self._deaf = True
            self.transport.close()
        else:
            self._end(close)

    def _end(self, close: _Close) -> None:
        self._refused(close.reason)
        self._deaf = True
        self.transport.write(close.answer)
        self.transport.close()
