"""A bare HTTP/1.1 server for stand-ins: no framework, so that it takes little of the processor."""

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeAlias

import httptools

_LINGER_NOT = struct.pack("ii", 1, 0)  # closing sends RST instead of FIN: socket(7), SO_LINGER


@dataclass(slots=True)
class Request:
    """What was asked; names of headers are in lower case."""

    method: bytes
    path: bytes
    headers: dict[bytes, bytes]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What to do about a request: send `content` after `delay` seconds, or cut the connection.

    `content` is the whole response as `response` makes it; None leaves the client waiting for ever.
    """

    content: bytes | None
    delay: float = 0
    reset: bool = False


Answer: TypeAlias = Callable[[Request], Reply]


def response(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """Return a response with a body of JSON, unless `headers` say otherwise, as bytes to send."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    all_headers = {"Content-Type": "application/json", "Content-Length": len(body), **(headers or {})}
    lines += [f"{name}: {value}" for name, value in all_headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def listen(answer: Answer, port: int) -> asyncio.Server:
    """Serve at a port of the loopback, a free one for 0."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: _Connection(answer, loop), "127.0.0.1", port, backlog=4096)


@dataclass(slots=True)
class _Parts:
    """A request as the parser finds it."""

    url: bytes = b""
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: list[bytes] = field(default_factory=list)


class _Connection(asyncio.Protocol):
    """One client, whose next request comes after the answer to the last."""

    def __init__(self, answer: Answer, loop: asyncio.AbstractEventLoop) -> None:
        self._answer = answer
        self._loop = loop
        self._parser = httptools.HttpRequestParser(self)
        self._parts = _Parts()
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        # uvloop's transports are no asyncio.Transport, they only act like one.
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.abort()

    def on_url(self, url: bytes) -> None:
        self._parts.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._parts.headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        self._parts.body.append(body)

    def on_message_complete(self) -> None:
        parts, self._parts = self._parts, _Parts()
        request = Request(self._parser.get_method(), parts.url, parts.headers, b"".join(parts.body))
        reply = self._answer(request)
        if reply.delay:
            self._loop.call_later(reply.delay, self._send, reply)
        else:
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        if self._transport.is_closing():
            return
        if reply.reset:
            self._reset()
        elif reply.content is not None:
            self._transport.write(reply.content)

    def _reset(self) -> None:
        connection = self._transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self._transport.abort()
