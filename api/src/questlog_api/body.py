"""Reads the JSON body of a request, within bounds whatever is sent."""

import zlib
from contextlib import aclosing
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.requests import Request

from questlog_api.problems import Kind, ProblemError

_GZIP_ONLY = zlib.MAX_WBITS | 16  # https://docs.python.org/3/library/zlib.html#zlib.decompress


async def read_json(request: Request, limit: int) -> Any:
    """Return the request's JSON body.

    `limit` is in bytes and holds for what is received and for what it decompresses to; no more than that
    is ever held, and nothing is read beyond it.

    Raises:
        ProblemError: when the body is not JSON (400), too large (413) or in another form (415).
    """
    _check_media_type(request.headers)
    gzip = _gzip(request.headers)
    if int(request.headers.get("Content-Length", 0)) > limit:
        raise _too_large(limit)
    return _parsed(await _read(request, gzip, limit))


def to_json(value: object) -> bytes:
    """Return `value`, which came from a body, as JSON again.

    Raises:
        ProblemError: when it is nested deeper than the service can write (400).
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        # RFC 8259 section 9 allows limits. orjson reads deeper than it writes; no contract comes near.
        raise ProblemError(Kind.NOT_JSON, "The body is nested deeper than 250 levels.") from None


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


async def _read(request: Request, gzip: "zlib._Decompress | None", limit: int) -> bytes:
    body, received = bytearray(), 0
    async with aclosing(request.stream()) as chunks:
        async for chunk in chunks:
            received += len(chunk)
            # One byte over the limit is enough to know, so that a gzip bomb never unfolds.
            body += chunk if gzip is None else _inflated(gzip, chunk, limit + 1 - len(body))
            if max(received, len(body)) > limit:
                raise _too_large(limit)
    if gzip is not None and (not gzip.eof or gzip.unused_data):
        raise _not_gzip()
    return bytes(body)


def _inflated(gzip: "zlib._Decompress", chunk: bytes, at_most: int) -> bytes:
    try:
        return gzip.decompress(chunk, at_most)
    except zlib.error:
        raise _not_gzip() from None


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # Its own message is about values; NaN, bad UTF-8 and lone surrogates end up here as well.
        raise ProblemError(
            Kind.NOT_JSON, f"The body stops being JSON (RFC 8259) at character {error.pos}."
        ) from None


def _not_gzip() -> ProblemError:
    return ProblemError(
        Kind.NOT_JSON, "The body is not one complete gzip member, as Content-Encoding says it is."
    )


def _too_large(limit: int) -> ProblemError:
    return ProblemError(Kind.TOO_LARGE, f"The body may have {limit} bytes, before and after decompression.")
