"""What a batch must look like, and what is answered to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from questlog_api import request_id
from questlog_api._generated.keywords import FORMATS
from questlog_api.problems import Kind, ProblemError
from questlog_api.refusals import Refusal
from questlog_api.responses import json_response
from questlog_api.validation import Schema
from questlog_api.violations import FieldError


def batch_schema(max_events: int) -> Schema:
    """Return the schema of a batch of 1 to `max_events` events, whatever is in them."""
    return Schema(
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["sent_at", "events"],
            "properties": {
                "sent_at": {"type": "string", "format": "date-time"},
                "events": {"type": "array", "minItems": 1, "maxItems": max_events},
            },
        }
    )


@dataclass(frozen=True, slots=True)
class EventResult:
    """What became of the event at `index`; `event_id` is None when it has no valid one."""

    index: int
    event_id: str | None
    status: str
    errors: Sequence[FieldError]


def result(index: int, event: object, refusal: Refusal | None) -> EventResult:
    """Return what to tell about `event`."""
    if refusal is None:
        return EventResult(index, _event_id(event), "accepted", ())
    return EventResult(index, _event_id(event), "rejected", refusal.errors)


def answer(results: Sequence[EventResult]) -> Response:
    """Return 202 when all events were accepted and 207 when some were.

    Raises:
        ProblemError: when none was (422); it lists the events as well.
    """
    accepted = sum(result.status == "accepted" for result in results)
    members = {"accepted": accepted, "rejected": len(results) - accepted, "events": results}
    if accepted == 0:
        detail = "No event of the batch was accepted; `events` says why."
        raise ProblemError(Kind.INVALID_EVENT, detail, members=members)
    status = 202 if accepted == len(results) else 207
    return json_response({"request_id": request_id.current(), **members}, status=status)


def _event_id(event: object) -> str | None:
    event_id = event.get("event_id") if isinstance(event, dict) else None
    # Only what is surely an id is repeated to the client: anything else may be personal.
    return event_id if isinstance(event_id, str) and FORMATS["uuid"].fullmatch(event_id) else None
