"""Reads the JSON body of a request, within bounds whatever is sent, and writes JSON again."""

import asyncio
import gc
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias, cast

import orjson
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from questlog_api.problems import Kind, ProblemError
from questlog_api.server.whole_answer import take_whole

RawHeaders: TypeAlias = Mapping[bytes, bytes]
"""Headers of a request as ASGI has them: names in lower case; of a repeated one, the last."""

_LARGE_BYTES = 64 * 1024
_JSON = b"application/json"
_GZIP_MAGIC = b"\x1f\x8b"  # https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1
_GZIP_ONLY = zlib.MAX_WBITS | 16  # https://docs.python.org/3/library/zlib.html#zlib.decompress


class Incoming(NamedTuple):
    """A request that comes in: its body is taken whole where `scope` offers that, or else by `receive`."""

    headers: RawHeaders
    receive: Receive
    scope: Scope


async def read_body(request: Incoming, limit: int, seconds: float, hold: Callable[[int], None]) -> bytearray:
    """Return the body of a request, decompressed.

    `limit` is in bytes and holds for what is received and for what it decompresses to; no more than that
    is ever held, and nothing is read beyond it. All of it must arrive within `seconds`. `hold` is told how
    many bytes there are so far, and may end the request.

    Raises:
        ProblemError: when the body is late (408), too large (413), in another form (415) or not the gzip it
            claims to be (400).
        ClientDisconnect: when the client leaves before it is complete.
    """
    headers = request.headers
    _check_media_type(headers.get(b"content-type", b""))
    gzip = _gzip(headers[b"content-encoding"]) if b"content-encoding" in headers else None
    if int(headers.get(b"content-length", 0)) > limit:
        raise _too_large(limit)
    whole = take_whole(request.scope)
    if whole is not None:
        return _whole(whole, gzip, limit, hold)
    reading = _read(request.receive, gzip, limit, hold).__await__()
    try:
        waits_for = next(reading)
    except StopIteration as end:
        # All of it was here after all: a timer would cost as much as parsing it.
        return cast(bytearray, end.value)
    try:
        async with asyncio.timeout(seconds):
            return await _Rest(waits_for, reading)
    except TimeoutError:
        raise _too_late(seconds) from None


class _Rest:
    """What is left of `reading`, which was advanced once and then asked for the future `waits_for`."""

    def __init__(self, waits_for: object, reading: Generator[Any, Any, bytearray]) -> None:
        self._waits_for = waits_for
        self._reading = reading

    def __await__(self) -> Generator[Any, Any, bytearray]:
        try:
            yield self._waits_for
        except asyncio.CancelledError as error:  # it may not go on waiting
            self._reading.throw(error)
        return (yield from self._reading)


def from_json(body: bytes | bytearray) -> Any:
    """Return what `body` says.

    Raises:
        ProblemError: when it is not JSON (400).
    """
    try:
        if len(body) < _LARGE_BYTES:
            return orjson.loads(body)
        with _uncollected():
            return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ProblemError(Kind.NOT_JSON, _not_json(body, error.pos)) from None


def to_json(value: object) -> bytes | None:
    """Return `value`, which came from a body, as JSON again; None when it is nested too deep for that.

    orjson reads about 1000 levels and writes 254; no contract comes near.
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return None


def _not_json(body: bytes | bytearray, position: int) -> str:
    if not body:
        return "The body is empty. Send JSON."
    if body.startswith(_GZIP_MAGIC):
        return "The body is gzip. Say so: Content-Encoding: gzip."
    # orjson's own message is about values; NaN, bad UTF-8 and lone surrogates end up here as well.
    return f"The body stops being JSON (RFC 8259) at character {position}."


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector away: JSON holds no cycle, and a million arrays cost it most of a second."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _check_media_type(content_type: bytes) -> None:
    if content_type == _JSON or content_type.partition(b";")[0].strip().lower() == _JSON:
        return
    raise ProblemError(Kind.UNSUPPORTED_MEDIA_TYPE, "Send Content-Type: application/json.")


def _gzip(content_encoding: bytes) -> "zlib._Decompress | None":
    encoding = content_encoding.strip().lower()
    if encoding == b"identity":
        return None
    if encoding == b"gzip":
        return zlib.decompressobj(_GZIP_ONLY)
    raise ProblemError(
        Kind.UNSUPPORTED_MEDIA_TYPE,
        "Send the body as it is, or with Content-Encoding: gzip.",
        headers={"Accept-Encoding": "gzip, identity"},
    )


async def _read(
    receive: Receive, gzip: "zlib._Decompress | None", limit: int, hold: Callable[[int], None]
) -> bytearray:
    body, received, more = bytearray(), 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        received += len(chunk)
        body += chunk if gzip is None else _inflated(gzip, chunk, limit - len(body))
        if max(received, len(body)) > limit:
            raise _too_large(limit)
        hold(len(body))
        more = message.get("more_body", False)
    _expect_end(gzip)
    return body


def _whole(
    sent: bytearray, gzip: "zlib._Decompress | None", limit: int, hold: Callable[[int], None]
) -> bytearray:
    body = sent if gzip is None else bytearray(_inflated(gzip, sent, limit))
    if max(len(sent), len(body)) > limit:
        raise _too_large(limit)
    hold(len(body))
    _expect_end(gzip)
    return body


def _expect_end(gzip: "zlib._Decompress | None") -> None:
    if gzip is not None and not gzip.eof:
        raise _not_gzip()


def _inflated(gzip: "zlib._Decompress", chunk: bytes | bytearray, at_most: int) -> bytes:
    try:
        # One byte more is enough to know, so that a gzip bomb never unfolds.
        inflated = gzip.decompress(chunk, at_most + 1)
    except zlib.error:
        raise _not_gzip() from None
    if gzip.unused_data:
        # At once: zlib would copy all of what follows the member again with every chunk.
        raise _not_gzip()
    return inflated


def _not_gzip() -> ProblemError:
    return ProblemError(
        Kind.NOT_JSON, "The body is not one complete gzip member, as Content-Encoding says it is."
    )


def _too_late(seconds: float) -> ProblemError:
    # Closing is the only way not to wait for the rest.
    headers = {"Connection": "close"}
    return ProblemError(Kind.TIMEOUT, f"The body must arrive within {seconds:g} seconds.", headers=headers)


def _too_large(limit: int) -> ProblemError:
    return ProblemError(Kind.TOO_LARGE, f"The body may have {limit} bytes, before and after decompression.")
