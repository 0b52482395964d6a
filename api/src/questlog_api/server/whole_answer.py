"""A whole body and a whole answer in one step each, where the server is ours (an ASGI extension).

uvicorn copies a body twice on the way to the application. Of an answer it checks each header by two patterns,
and asks the kernel twice, once for the head and once for the body.
"""

from collections.abc import Sequence
from typing import Any

from starlette.types import Scope
from uvicorn._types import HTTPScope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

# https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)

SECURITY_LINES = b"".join(b"%b: %b\r\n" % header for header in SECURITY_HEADERS) + b"\r\n"
"""They end the head of an answer."""

_NAME = "questlog.whole"
_CLOSE = (b"connection", b"close")


def offer(scope: HTTPScope, cycle: RequestResponseCycle) -> None:
    """Let the application take the body of `cycle` by `take_whole` and send its answer by `send_whole`."""
    scope["extensions"] = {_NAME: cycle}  # type: ignore[dict-item]  # uvicorn expects none


def take_whole(scope: Scope) -> bytearray | None:
    """Return the body if all of it has arrived at our server, otherwise None: then it is to be received."""
    extensions: dict[str, RequestResponseCycle] = scope.get("extensions") or {}
    cycle = extensions.get(_NAME)
    if cycle is None or cycle.more_body or cycle.disconnected:
        return None
    cycle.flow.resume_reading()
    body, cycle.body = cycle.body, bytearray()
    return body


def send_whole(scope: Scope, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bool:
    """Send an answer, if the server offers to; return whether it did. Headers must be known to be valid."""
    extensions: dict[str, Any] = scope.get("extensions") or {}
    # Taken out, as it leads back to the scope: the garbage collector would have to find each request.
    cycle: RequestResponseCycle | None = extensions.pop(_NAME, None)
    return cycle is not None and _send(cycle, status, headers, body)


def _send(
    cycle: RequestResponseCycle, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes
) -> bool:
    if cycle.flow.write_paused or cycle.disconnected:
        return False  # uvicorn waits for the reader, or does nothing
    cycle.response_started = cycle.response_complete = True
    if _CLOSE in headers:
        cycle.keep_alive = False
    elif not cycle.keep_alive:
        headers = (*headers, _CLOSE)
    lines = [b"%b: %b\r\n" % header for header in headers]
    head = STATUS_LINE[status], _default_lines(cycle.default_headers)
    cycle.transport.write(b"".join((*head, *lines, SECURITY_LINES, body)))
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True


class _DefaultLines:
    """The lines of the headers uvicorn adds to all answers; it makes a new list of them once a second."""

    def __init__(self) -> None:
        self._headers: Sequence[tuple[bytes, bytes]] = ()
        self._lines = b""

    def __call__(self, headers: Sequence[tuple[bytes, bytes]]) -> bytes:
        if headers is not self._headers:
            self._headers = headers
            self._lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        return self._lines


_default_lines = _DefaultLines()
