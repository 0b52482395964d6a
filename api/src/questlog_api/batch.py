"""What a batch must look like, and what is answered to it."""

from collections.abc import Sequence
from typing import Any, TypedDict

from starlette.responses import Response

from questlog_api import times
from questlog_api._generated.keywords import FORMATS, detail
from questlog_api.problems import Kind, ProblemError
from questlog_api.refusals import Refusal
from questlog_api.responses import json_response
from questlog_api.telemetry import request_id
from questlog_api.violations import FieldError


def expect_at_most(most: int, body: object) -> None:
    """Return unless `body` is a batch of more than `most` events.

    Raises:
        ProblemError: then (413): as with bytes, the client sends smaller batches, and nothing is kept.
    """
    events = body.get("events") if isinstance(body, dict) else None
    if isinstance(events, list) and len(events) > most:
        raise ProblemError(Kind.TOO_LARGE, f"A batch may have {most} events.")


def form_errors(body: object) -> list[FieldError]:
    """Return what is wrong with the form of a batch, whatever its events are; nothing when it is right."""
    if not isinstance(body, dict):
        return [_error("", "type", "object")]
    unknown = [] if body.keys() <= _MEMBERS.keys() else [_error("", "additionalProperties", expected=False)]
    found = (
        check(body[name]) if name in body else _error(f"/{name}", "required", expected=True)
        for name, check in _MEMBERS.items()
    )
    return unknown + [error for error in found if error is not None]


def sent_at(body: object) -> str | None:
    """Return when a batch of any form says it was sent; None when it does not."""
    if isinstance(body, dict) and "sent_at" in body and _sent_at_error(body["sent_at"]) is None:
        return str(body["sent_at"])
    return None


def pieces(body: object) -> Sequence[object]:
    """Return what to keep of a batch of the wrong form: its events where it has some, else all of it."""
    events = body.get("events") if isinstance(body, dict) else None
    return events if isinstance(events, list) and events else [body]


def _sent_at_error(value: object) -> FieldError | None:
    if not isinstance(value, str):
        return _error("/sent_at", "type", "string")
    return None if times.is_date_time(value) else _error("/sent_at", "format", "date-time")


def _events_error(value: object) -> FieldError | None:
    if not isinstance(value, list):
        return _error("/events", "type", "array")
    return None if value else _error("/events", "minItems", 1)


_MEMBERS = {"sent_at": _sent_at_error, "events": _events_error}


def _error(pointer: str, keyword: str, expected: object) -> FieldError:
    return FieldError(pointer, keyword, detail(keyword, expected))


class EventResult(TypedDict):
    """What became of the event at `index`; `event_id` is None when it has no valid one."""

    index: int
    event_id: str | None
    status: str
    errors: Sequence[FieldError]


def result(index: int, event: Any, refusal: Refusal | None) -> EventResult:
    """Return what to tell about `event`."""
    if refusal is None:
        return {"index": index, "event_id": event["event_id"], "status": "accepted", "errors": ()}
    return {"index": index, "event_id": _event_id(event), "status": "rejected", "errors": refusal.errors}


def answer(results: Sequence[EventResult]) -> Response:
    """Return 202 when all events were accepted, 207 when some were, and a problem (422) when none was."""
    accepted = sum(result["status"] == "accepted" for result in results)
    members = {"accepted": accepted, "rejected": len(results) - accepted, "events": results}
    if accepted == 0:
        text = "No event of the batch was accepted; `events` says why."
        return ProblemError(Kind.INVALID_EVENT, text, members=members).response()
    status = 202 if accepted == len(results) else 207
    return json_response({"request_id": request_id.current(), **members}, status=status)


def _event_id(event: object) -> str | None:
    event_id = event.get("event_id") if isinstance(event, dict) else None
    # Only what is surely an id is repeated to the client: anything else may be personal.
    return event_id if isinstance(event_id, str) and FORMATS["uuid"].fullmatch(event_id) else None
