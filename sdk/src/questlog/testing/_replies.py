"""Answers of the fake server, in the forms the API has."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from questlog._answers import PROBLEM


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """Ends a request with an answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def document(content: object, status: int = HTTPStatus.OK) -> Reply:
    """Return JSON."""
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json"})


def problem(
    status: int, slug: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Reply:
    """Return a problem document (RFC 9457); without a slug it is one that its status describes fully."""
    content = {
        "type": f"{PROBLEM}{slug}" if slug else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **more,
    }
    body = json.dumps(content).encode()
    return Reply(status, body, {"Content-Type": "application/problem+json", **(headers or {})})


def page(html: str) -> Reply:
    """Return a page with status 200, as a hotel's network answers to everything."""
    return Reply(HTTPStatus.OK, html.encode(), {"Content-Type": "text/html; charset=utf-8"})


def results(listed: Sequence[Mapping[str, Any]]) -> Reply:
    """Return the answer to a batch: 202 when all events are accepted, 207 when some are, 422 when none is."""
    accepted = sum(result["status"] == "accepted" for result in listed)
    members = {"accepted": accepted, "rejected": len(listed) - accepted, "events": listed}
    if accepted == 0:
        return problem(
            422, "invalid-event", "No event of the batch was accepted; `events` says why.", **members
        )
    status = HTTPStatus.ACCEPTED if accepted == len(listed) else HTTPStatus.MULTI_STATUS
    return document({"request_id": "fake", **members}, status)
