"""What an HTTP answer means for the batch that was sent.

Only Questlog's own words settle an event. Anything else that answers on the way, a hotel's login page, a
proxy, another service under the same name, leaves the events queued.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeAlias

from questlog._entry import Entry
from questlog._results import BatchResult, Violation

PROBLEM = "urn:questlog:problem:"
"""What the `type` of every problem of the API starts with (RFC 9457)."""

_REFUSING = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_ADVICE = {
    # What the SDK sends is JSON. The API keeps nothing of a request it cannot read, so the events must stay,
    # unless one of them is the cause: see `Sender`.
    400: "the request was damaged on the way: check what stands between the game and the API, e.g. a "
    "proxy that unpacks gzip and leaves the header Content-Encoding",
    401: "the write key is not accepted: check write_key",
    403: "access is refused: check write_key, and what stands between the game and the API",
    404: "no Questlog API is there: check url, which is the part before /v1/events",
    413: "a single event is too large for what stands between the game and the API: raise the limit there, "
    "the API takes 64 KiB an event",
}
_OTHER_ADVICE = "the API takes no such request: check url, and what stands between the game and the API"


@dataclass(frozen=True, slots=True)
class Refused:
    """The request was refused whole, because of what is in the batch; `reason` is for a batch of one.

    `advice` is what to do if it was not because of that: it may have been damaged on the way. Empty when that
    is out of the question.
    """

    reason: Violation
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Nobody took the batch now; later somebody may. `retry_after` is in seconds, 0 when not asked for."""

    reason: str
    retry_after: float = 0.0


@dataclass(frozen=True, slots=True)
class Misconfigured:
    """Nobody will take any batch before a person changes something: `advice` says what."""

    advice: str


Answer: TypeAlias = BatchResult | Refused | Unavailable | Misconfigured


def read_answer(
    status: int, retry_after: str | None, content: bytes, batch: Sequence[Entry], now: datetime
) -> Answer:
    """Return what an answer with HTTP status `status` and body `content` means for `batch`.

    Args:
        status: HTTP status code.
        retry_after: Value of the Retry-After header; None when there is none.
        content: Body, decompressed.
        batch: What was sent.
        now: The time of day, for a Retry-After that is a date.
    """
    body = _json(content)
    if status in range(200, 300) or status == HTTPStatus.UNPROCESSABLE_ENTITY:
        result = BatchResult.read(body, batch)
        if result:
            return result
    problem = _problem(body)
    # Whoever says that a batch is too large, it can become smaller; only the API may condemn a single event.
    shrinks = status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and len(batch) > 1
    if shrinks or (problem and status in _REFUSING):
        return Refused(_violation(status, problem))
    if problem and status == HTTPStatus.BAD_REQUEST:
        return Refused(_violation(status, problem), _advice(status))
    if status in range(400, 500) and status not in _PASSING | {HTTPStatus.UNPROCESSABLE_ENTITY}:
        return Misconfigured(_advice(status))
    return Unavailable(_reason(status), _seconds(retry_after, now))


def _advice(status: int) -> str:
    return f"HTTP {status}: {_ADVICE.get(status, _OTHER_ADVICE)}"


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _problem(body: object) -> str:
    """Return which of the API's problems `body` is, "" when it is none."""
    match body:
        case {"type": str(name)} if name.startswith(PROBLEM):
            return name.removeprefix(PROBLEM)
    return ""


def _violation(status: int, problem: str) -> Violation:
    detail = f"is refused by the API even when sent alone (HTTP {status})"
    return Violation("", problem or "too-large", detail)


def _reason(status: int) -> str:
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"HTTP {status}"
    return f"HTTP {status}, and not from a Questlog API"


def _seconds(retry_after: str | None, now: datetime) -> float:
    """Return a Retry-After in seconds: a number or a date (RFC 9110, section 10.2.3); 0 when unreadable."""
    if retry_after is None:
        return 0.0
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - 30 modules that hardly any game needs

    try:
        date = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):  # also a year of a hundred digits
        return 0.0
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds())
