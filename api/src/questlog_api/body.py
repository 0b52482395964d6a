"""Reads the JSON body of a request, within bounds whatever is sent, and writes JSON again."""

import asyncio
import gc
import zlib
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.requests import Request

from questlog_api.problems import Kind, ProblemError

_GZIP_ONLY = zlib.MAX_WBITS | 16  # https://docs.python.org/3/library/zlib.html#zlib.decompress


async def read_body(request: Request, limit: int, seconds: float, hold: Callable[[int], None]) -> bytes:
    """Return the request's body, decompressed.

    `limit` is in bytes and holds for what is received and for what it decompresses to; no more than that
    is ever held, and nothing is read beyond it. All of it must arrive within `seconds`. `hold` is told how
    many bytes there are so far, and may end the request.

    Raises:
        ProblemError: when the body is late (408), too large (413), in another form (415) or not the gzip it
            claims to be (400).
    """
    _check_media_type(request.headers)
    gzip = _gzip(request.headers)
    if int(request.headers.get("Content-Length", 0)) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(seconds):
            return await _read(request, gzip, limit, hold)
    except TimeoutError:
        raise _too_late(seconds) from None


def from_json(body: bytes) -> Any:
    """Return what `body` says.

    Raises:
        ProblemError: when it is not JSON (400).
    """
    try:
        with _uncollected():
            return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # Its own message is about values; NaN, bad UTF-8 and lone surrogates end up here as well.
        raise ProblemError(
            Kind.NOT_JSON, f"The body stops being JSON (RFC 8259) at character {error.pos}."
        ) from None


def to_json(value: object) -> bytes | None:
    """Return `value`, which came from a body, as JSON again; None when it is nested too deep for that.

    orjson reads about 1000 levels and writes 254; no contract comes near.
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return None


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector away: JSON holds no cycle, and a million arrays cost it most of a second."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _check_media_type(headers: Headers) -> None:
    media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise ProblemError(Kind.UNSUPPORTED_MEDIA_TYPE, "Send Content-Type: application/json.")


def _gzip(headers: Headers) -> "zlib._Decompress | None":
    encoding = headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity":
        return None
    if encoding == "gzip":
        return zlib.decompressobj(_GZIP_ONLY)
    raise ProblemError(
        Kind.UNSUPPORTED_MEDIA_TYPE,
        "Send the body as it is, or with Content-Encoding: gzip.",
        headers={"Accept-Encoding": "gzip, identity"},
    )


async def _read(
    request: Request, gzip: "zlib._Decompress | None", limit: int, hold: Callable[[int], None]
) -> bytes:
    body, received = bytearray(), 0
    async with aclosing(request.stream()) as chunks:
        async for chunk in chunks:
            received += len(chunk)
            # One byte over the limit is enough to know, so that a gzip bomb never unfolds.
            body += chunk if gzip is None else _inflated(gzip, chunk, limit + 1 - len(body))
            if max(received, len(body)) > limit:
                raise _too_large(limit)
            hold(len(body))
    if gzip is not None and not gzip.eof:
        raise _not_gzip()
    return bytes(body)


def _inflated(gzip: "zlib._Decompress", chunk: bytes, at_most: int) -> bytes:
    try:
        inflated = gzip.decompress(chunk, at_most)
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
