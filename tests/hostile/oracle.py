"""What the service must do with a body, by a second opinion: Python's JSON and the reference validator.

Nothing here is shared with the service but the contracts and its documented limits.
"""

import hashlib
import json
import math
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from questlog_codegen.keywords import FORMATS
from questlog_codegen.reference import FORMAT_CHECKER, ReferenceValidator
from tests.repository import shipped_catalog

EVENT_BYTES = 64 * 1024
BATCH_BYTES = 5 * 1024 * 1024
BATCH_EVENTS = 500
PARSED_LEVELS = 1024  # of JSON at all
EVENT_LEVELS = 250

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACKET = re.compile(r"[\[\]{}]")
_BATCH_MEMBERS = {"sent_at", "events"}


@dataclass(frozen=True, slots=True)
class Expected:
    """The status and the problem of the answer, and digests of what must then be in each stream.

    `verdicts` has one entry an event of a well-formed batch, else it is None. `sent_at` is what lines say.
    """

    status: int
    problem: str | None = None
    accepted: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    verdicts: tuple[bool, ...] | None = None
    sent_at: str | None = None


class NotJsonError(Exception):
    """Raised for a text that is no JSON, or JSON whose numbers or levels nobody could hold."""


def expected(
    name: str | None, body: bytes, encoding: str | None = None, sent_at: str | None = None
) -> Expected:
    """Return what must come of `body`, sent as an event called `name`; as a batch, where that is None."""
    limit = BATCH_BYTES if name is None else EVENT_BYTES
    if len(body) > limit:
        return Expected(413, "too-large")
    try:
        plain = _inflated(body, limit) if encoding == "gzip" else body
        if len(plain) > limit:
            return Expected(413, "too-large")
        value = parsed(plain)
    except NotJsonError:
        return Expected(400, "not-json")
    told = sent_at and _in_utc(sent_at)
    return _batch(value) if name is None else replace(_single(name, value), sent_at=told)


def parsed(body: bytes) -> Any:
    """Return what `body` says by RFC 8259; of members with one name, the last counts."""
    try:
        text = body.decode("utf-8")
        if _SURROGATE.search(text):
            # Every string must be Unicode, those too that a later member with the same name replaces.
            json.dumps(json.loads(text, object_pairs_hook=list), ensure_ascii=False).encode("utf-8")
        value = json.loads(text, parse_constant=_no_number, parse_int=_number, parse_float=_number)
    except (ValueError, RecursionError) as error:
        raise NotJsonError from error
    if _levels(text) > PARSED_LEVELS:
        raise NotJsonError
    return value


def digest(value: Any) -> str:
    """Return a short name of `value`: the same for the same JSON, however it is written."""
    text = json.dumps(_plain(value), sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()


def is_valid(event: Any, name: str | None = None) -> bool:
    """Tell whether the reference validator accepts `event`, as one called `name` unless that is None."""
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        return False
    if name is not None and event["event"] != name:
        return False
    validator = _validators().get((event["event"], str(event.get("schema_version"))))
    return validator is not None and bool(validator.is_valid(event))


def is_date_time(value: object) -> bool:
    """Tell whether `value` is a time as contracts have it."""
    return isinstance(value, str) and FORMATS["date-time"].fullmatch(value) is not None


@cache
def known_events() -> frozenset[str]:
    """Return the names of all events there are."""
    return frozenset(contract.event for contract in shipped_catalog().contracts)


@cache
def _validators() -> Mapping[tuple[str, str], Any]:
    return {
        (version.event, version.number): ReferenceValidator(version.schema, format_checker=FORMAT_CHECKER)
        for version in shipped_catalog().versions
    }


def _single(name: str, event: Any) -> Expected:
    if is_valid(event, name):
        return Expected(202, accepted=(digest(event),))
    problem = _problem(name, event)
    return Expected(404 if problem == "unknown-event" else 422, problem, rejected=(digest(event),))


def _problem(name: str, event: Any) -> str:
    """Return the problem of an invalid `event`; what is nested too deep is not looked at any further."""
    if _levels(json.dumps(event)) > EVENT_LEVELS:
        return "invalid-event"
    if name not in known_events():
        return "unknown-event"
    version = event.get("schema_version") if isinstance(event, dict) else None
    is_other = isinstance(version, str) and (name, version) not in _validators()
    return "unknown-version" if is_other and event.get("event") == name else "invalid-event"


def _batch(body: Any) -> Expected:
    events = body.get("events") if isinstance(body, dict) else None
    if isinstance(events, list) and len(events) > BATCH_EVENTS:
        return Expected(413, "too-large")
    sent_at = body.get("sent_at") if isinstance(body, dict) else None
    told = _in_utc(str(sent_at)) if is_date_time(sent_at) else None
    if not _is_batch(body):
        pieces = events if isinstance(events, list) and events else [body]
        return Expected(422, "invalid-batch", rejected=tuple(map(digest, pieces)), sent_at=told)
    return replace(_judged(body["events"]), sent_at=told)


def _judged(events: Sequence[Any]) -> Expected:
    verdicts = tuple(map(is_valid, events))
    named = [(digest(event), verdict) for event, verdict in zip(events, verdicts, strict=True)]
    return Expected(
        202 if all(verdicts) else 207 if any(verdicts) else 422,
        None if any(verdicts) else "invalid-event",
        tuple(name for name, verdict in named if verdict),
        tuple(name for name, verdict in named if not verdict),
        verdicts,
    )


def _is_batch(body: Any) -> bool:
    if not isinstance(body, dict) or body.keys() != _BATCH_MEMBERS:
        return False
    return is_date_time(body["sent_at"]) and isinstance(body["events"], list) and bool(body["events"])


def _in_utc(date_time: str) -> str:
    """Return a valid `date_time` as lines have it: UTC, whole milliseconds, within the years 1 to 9999."""
    moment = datetime.fromisoformat(date_time)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return "0001-01-01T00:00:00.000Z" if moment.year == 1 else "9999-12-31T23:59:59.999Z"
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z".rjust(24, "0")


def _inflated(body: bytes, limit: int) -> bytes:
    """Return what the one gzip member in `body` holds, but no more than tells that it is too much."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise NotJsonError from error
    if len(plain) <= limit and (not unpacker.eof or unpacker.unused_data):
        raise NotJsonError
    return plain


def _no_number(name: str) -> None:
    raise NotJsonError(name)


def _number(text: str) -> int | float:
    value = float(text)
    if math.isinf(value):
        raise NotJsonError
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else value


def _levels(text: str) -> int:
    """Return how deep the JSON `text` is nested."""
    deepest = level = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        level += 1 if bracket in "[{" else -1
        deepest = max(deepest, level)
    return deepest


def _plain(value: Any) -> Any:
    """Return `value` with all numbers as floats: JSON has one kind of number."""
    if isinstance(value, dict):
        return {name: _plain(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_plain(child) for child in value]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
