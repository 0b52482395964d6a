"""Answers in JSON, and fixed documents with an ETag."""

import hashlib
from collections.abc import Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response


class JsonResponse(Response):
    """Bytes of JSON. Its headers are made as they go out: Starlette's way takes as long as a validation."""

    def __init__(self, body: bytes, status: int, media_type: str, headers: Mapping[str, str] | None) -> None:
        self.status_code = status
        self.body = body
        self.background = None
        length = (b"content-length", b"%d" % len(body))
        self.raw_headers = [length, (b"content-type", media_type.encode("latin-1"))]
        if headers:
            raw = {name.lower(): value for name, value in headers.items()}
            self.raw_headers += ((name.encode("latin-1"), raw[name].encode("latin-1")) for name in raw)


def json_response(
    content: object,
    *,
    status: int = 200,
    media_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return `content` as a JSON answer."""
    return JsonResponse(orjson.dumps(content), status, media_type, headers)


class Document:
    """Bytes that only a new release of the service changes, so that clients may keep them."""

    def __init__(self, body: bytes, media_type: str = "application/json") -> None:
        self._body = body
        self._media_type = media_type
        self._etag = f'"{hashlib.sha256(body).hexdigest()}"'

    def answer(self, request: Request) -> Response:
        """Return the document, or 304 without a body when the client names its ETag."""
        headers = {"ETag": self._etag, "Cache-Control": "no-cache"}
        if self._is_named_by(request.headers.get("If-None-Match", "")):
            return Response(status_code=304, headers=headers)
        return Response(self._body, headers=headers, media_type=self._media_type)

    def _is_named_by(self, if_none_match: str) -> bool:
        # Weak comparison, https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
        tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return not tags.isdisjoint({self._etag, "*"})
