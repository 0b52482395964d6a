"""A whole answer in one step, where the server is ours (an ASGI extension): far cheaper than uvicorn's two.

uvicorn checks each header by two patterns and asks the kernel twice, once for the head and once for the body.
"""

from collections.abc import Sequence
from functools import partial
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

_NAME = "questlog.whole_answer"
_CLOSE = (b"connection", b"close")


def offer(scope: HTTPScope, cycle: RequestResponseCycle) -> None:
    """Let the application send its answer to the request of `cycle` by `send_whole`."""
    scope["extensions"] = {_NAME: partial(_send, cycle)}  # type: ignore[dict-item]  # uvicorn expects none


def send_whole(scope: Scope, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bool:
    """Send an answer, if the server offers to; return whether it did. Headers must be known to be valid."""
    extensions: dict[str, Any] = scope.get("extensions") or {}
    # Taken out, as it leads back to the scope: the garbage collector would have to find each request.
    send = extensions.pop(_NAME, None)
    return send is not None and bool(send(status, headers, body))


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
    lines = [b"%b: %b\r\n" % header for header in (*cycle.default_headers, *headers)]
    cycle.transport.write(b"".join((STATUS_LINE[status], *lines, SECURITY_LINES, body)))
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()
    return True
