"""What the fake server takes: read and judged as the API does, by the SDK's own generated checks.

Unlike the API it knows the newest version of each event only, and names the first violation only.
"""

import json
import zlib
from collections.abc import Mapping
from email.message import Message
from typing import Any

from questlog._generated.checks import CHECKS
from questlog._generated.events import EVENTS
from questlog._generated.keywords import FORMATS
from questlog._options import MAX_BATCH_EVENTS
from questlog.exceptions import InvalidEvent
from questlog.testing._replies import RefusedError, problem

MAX_EVENT_BYTES = 64 * 1024
MAX_BODY_BYTES = 5 * 1024 * 1024
"""Bytes of JSON, before and after decompression."""

_GZIP_ONLY = zlib.MAX_WBITS | 16  # https://docs.python.org/3/library/zlib.html#zlib.decompress


def versions() -> dict[str, str]:
    """Return event name -> version that the SDK sends."""
    fields = {name: kind.__dataclass_fields__["schema_version"] for name, kind in EVENTS.items()}
    return {name: str(field.default) for name, field in fields.items()}


def events_of(headers: Message, body: bytes, write_key: str) -> list[object]:
    """Return the events of a batch.

    Raises:
        RefusedError: when it is refused as a whole: 400, 401, 413, 415 or 422.
    """
    if headers.get("Authorization") != f"Bearer {write_key}":
        detail = "Send Authorization: Bearer and the write key."
        raise RefusedError(problem(401, "unauthorized", detail, {"WWW-Authenticate": "Bearer"}))
    if headers.get_content_type() != "application/json":
        raise RefusedError(problem(415, "unsupported-media-type", "Send Content-Type: application/json."))
    return _listed(_parsed(_unpacked(headers.get("Content-Encoding", "identity"), body)))


def violation_of(event: Any) -> InvalidEvent | None:
    """Return why an event is refused; None when it is accepted."""
    try:
        _expect_small(event)
        _expect_known(event)
        CHECKS[EVENTS[event["event"]].__name__](event)
    except InvalidEvent as violation:
        return violation
    return None


def result(index: int, event: Any, violation: InvalidEvent | None) -> Mapping[str, Any]:
    """Return what is told of the event at `index`."""
    if violation is None:
        return {"index": index, "event_id": event["event_id"], "status": "accepted", "errors": []}
    error = {"pointer": violation.pointer, "keyword": violation.keyword, "detail": violation.detail}
    return {"index": index, "event_id": _id_of(event), "status": "rejected", "errors": [error]}


def _id_of(event: object) -> str | None:
    event_id = event.get("event_id") if isinstance(event, dict) else None
    # Anything but an id may be personal.
    return event_id if isinstance(event_id, str) and FORMATS["uuid"].fullmatch(event_id) else None


def _expect_small(event: object) -> None:
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode(errors="surrogatepass")) > MAX_EVENT_BYTES:
        raise InvalidEvent("", "maxBytes", f"must have at most {MAX_EVENT_BYTES} bytes")


def _expect_known(event: object) -> None:
    if not isinstance(event, dict):
        raise InvalidEvent("", "type", "must be of type object")
    name = event.get("event")
    if "event" not in event:
        raise InvalidEvent("/event", "required", "is required")
    if not isinstance(name, str):
        raise InvalidEvent("/event", "type", "must be of type string")
    if name not in EVENTS:
        raise InvalidEvent("/event", "enum", "must be an event of GET /v1/schemas")
    version = event.get("schema_version")
    if isinstance(version, str) and version != versions()[name]:
        raise InvalidEvent("/schema_version", "enum", "must be a version of the event in GET /v1/schemas")


def _unpacked(encoding: str, body: bytes) -> bytes:
    if encoding not in ("identity", "gzip"):
        detail = "Send the body as it is, or with Content-Encoding: gzip."
        raise RefusedError(problem(415, "unsupported-media-type", detail))
    content = _inflated(body) if encoding == "gzip" else body
    if max(len(body), len(content)) > MAX_BODY_BYTES:
        raise RefusedError(problem(413, "too-large", f"The body may have {MAX_BODY_BYTES} bytes."))
    return content


def _inflated(body: bytes) -> bytes:
    gzip = zlib.decompressobj(_GZIP_ONLY)
    try:
        content = gzip.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error:
        content = b""
    if len(content) <= MAX_BODY_BYTES and (not gzip.eof or gzip.unused_data):
        raise RefusedError(problem(400, "not-json", "The body is not one complete gzip member."))
    return content


def _parsed(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise RefusedError(problem(400, "not-json", "The body is not JSON (RFC 8259).")) from None


def _listed(batch: object) -> list[object]:
    match batch:
        case {"events": list(events)} if len(events) > MAX_BATCH_EVENTS:
            raise RefusedError(problem(413, "too-large", f"A batch may have {MAX_BATCH_EVENTS} events."))
        case {"sent_at": str(sent_at), "events": [_, *_] as events, **more} if (
            FORMATS["date-time"].fullmatch(sent_at) and not more
        ):
            return list(events)
    detail = 'A batch is {"sent_at": <time with offset>, "events": [<1 to 500 events>]}.'
    raise RefusedError(problem(422, "invalid-batch", detail))
