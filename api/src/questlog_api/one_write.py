"""Sends the head of an answer together with its body: uvicorn writes twice, and the kernel is slow to ask."""

from asyncio import Transport
from typing import Any

# What every answer has besides its own headers. As bytes, since uvicorn takes a microsecond for each header.
# https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers
SECURITY_HEADERS = (
    b"x-content-type-options: nosniff\r\nx-frame-options: DENY\r\nreferrer-policy: no-referrer\r\n"
)

_HEAD = b"HTTP/1.1 "
_PASSING = b"HTTP/1.1 1"  # 100 Continue is no answer
_END = b"\r\n\r\n"


class OneWrite:
    """A transport that holds a head back until `write` of what follows, `flush` or `close`."""

    __slots__ = ("_head", "_transport")

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, content: bytes) -> None:
        """Write `content` after what is held, unless it is a head itself."""
        if content.startswith(_HEAD) and not content.startswith(_PASSING):
            head, _, body = content.partition(_END)
            self._head += b"%b\r\n%b\r\n%b" % (head, SECURITY_HEADERS, body)
            if not body:
                return
            content = b""
        self._transport.write(self._head + content)
        self._head = b""

    def flush(self) -> None:
        """Write the head of an answer that has no body."""
        if self._head:
            self._transport.write(self._head)
            self._head = b""

    def close(self) -> None:
        """Write what is held and close."""
        self.flush()
        self._transport.close()
