"""Sends hostile requests over real sockets, and reads what is answered as a strict client would."""

import asyncio
import socket
import struct
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from tests.hostile.requests import Request, Sending

_ANSWER_SECONDS = 20
_SILENCE_SECONDS = 0.4  # after that, a probe leaves: what it sent may not be a whole request
_PIECES = 4
_HEAD_BYTES = 64 * 1024
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def request_id(self) -> str | None:
        return self.headers.get("questlog-request-id")


class UnreadableError(Exception):
    """Raised for bytes of the server that are no HTTP answer."""


class Silent(Exception):  # noqa: N818 - no defect by itself
    """Raised when no answer came: the connection ended, or nothing came in time."""


class Client:
    """A client of the server at `port`, with one connection that it keeps."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._kept: _Connection | None = None

    async def send(self, request: Request) -> list[Answer]:
        """Send `request` in the way it asks for; return what was answered to it, nothing if nothing was.

        Raises:
            UnreadableError: when what came is no HTTP.
        """
        if request.sending in {Sending.WHOLE, Sending.PIECES}:
            return await self._kept_send(request)
        connection = await _Connection.open(self._port)
        try:
            return await _probed(connection, request)
        finally:
            connection.close(reset=request.sending is Sending.RESET)

    def close(self) -> None:
        """Close the connection that is kept."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    async def _kept_send(self, request: Request) -> list[Answer]:
        is_new = self._kept is None
        connection = self._kept = self._kept or await _Connection.open(self._port)
        try:
            answer, is_all_sent = await connection.ask(request)
        except Silent:
            self.close()
            # A server may end an idle connection at any time; a new one must be answered.
            return [] if is_new else await self._kept_send(request)
        if not is_all_sent or answer.headers.get("connection", "").lower() == "close":
            self.close()
        return [answer]


async def _probed(connection: "_Connection", request: Request) -> list[Answer]:
    answers: list[Answer] = []
    with suppress(Silent, OSError):
        await connection.write(request.content)
        if request.sending is Sending.HALF:
            connection.write_eof()
        if request.sending in {Sending.LEAVE, Sending.RESET}:
            await asyncio.sleep(request.pause)
            return answers
        while len(answers) < request.answers:
            answers.append(await connection.read(_SILENCE_SECONDS, is_head=request.is_head))
    return answers


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Self:
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=_HEAD_BYTES))

    async def ask(self, request: Request) -> tuple[Answer, bool]:
        """Send and read at once: an answer may come before all is sent, which the second value tells."""
        writing = asyncio.ensure_future(self._send(request))
        try:
            answer = await self.read(_ANSWER_SECONDS)
            return answer, writing.done()
        finally:
            writing.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await writing

    async def write(self, content: bytes) -> None:
        self._writer.write(content)
        await self._writer.drain()

    def write_eof(self) -> None:
        self._writer.write_eof()

    async def read(self, seconds: float, *, is_head: bool = False) -> Answer:
        """Return the next answer that is not a passing one (1xx)."""
        try:
            async with asyncio.timeout(seconds):
                while (answer := await self._answer(is_head=is_head)).status < 200:
                    pass
        except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            raise Silent from error
        return answer

    def close(self, *, reset: bool = False) -> None:
        if reset:
            connection = self._writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._writer.transport.abort() if reset else self._writer.close()

    async def _send(self, request: Request) -> None:
        if request.sending is Sending.WHOLE:
            await self.write(request.content)
            return
        size = max(1, len(request.content) // _PIECES)
        for start in range(0, len(request.content), size):
            await self.write(request.content[start : start + size])
            await asyncio.sleep(0.001)

    async def _answer(self, *, is_head: bool) -> Answer:
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            raise UnreadableError("the head of the answer does not end") from None
        status, headers = _parsed(head)
        length = headers.get("content-length")
        if is_head or status < 200 or status in {204, 304}:
            return Answer(status, headers, b"")
        if length is None or not length.isdecimal():
            raise UnreadableError("the answer does not say how long it is")
        return Answer(status, headers, await self._reader.readexactly(int(length)))


def _parsed(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if words[0] != "HTTP/1.1" or len(words) < 2 or not words[1].isdecimal():
        raise UnreadableError(f"{first!r} is no status line")
    pairs = [line.partition(":") for line in lines]
    if not all(name and colon for name, colon, _ in pairs):
        raise UnreadableError("a header of the answer has no name")
    return int(words[1]), {name.lower(): value.strip() for name, _, value in pairs}
