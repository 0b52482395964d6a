"""An API that answers by a script, then accepts everything: behind a mock transport or a real socket."""

import gzip
import json
import threading
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, NamedTuple

import httpx


class Reply(NamedTuple):
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}


class Received(NamedTuple):
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def ids(self) -> list[str]:
        return [event["event_id"] for event in self.body["events"]]


Step = Reply | Callable[[list[dict[str, Any]]], Reply]


def results(events: Iterable[dict[str, Any]], rejected: Container[str] = ()) -> dict[str, Any]:
    """The API's answer to a batch in which the events with the ids `rejected` are invalid."""
    error = {"pointer": "/price/currency", "keyword": "enum", "detail": "must be one of EUR, USD"}
    listed = [
        {"index": index, "event_id": event["event_id"], "status": "rejected", "errors": [error]}
        if event["event_id"] in rejected
        else {"index": index, "event_id": event["event_id"], "status": "accepted", "errors": []}
        for index, event in enumerate(events)
    ]
    count = sum(result["status"] == "rejected" for result in listed)
    return {"request_id": "r", "accepted": len(listed) - count, "rejected": count, "events": listed}


def accept(events: list[dict[str, Any]]) -> Reply:
    return Reply(202, json.dumps(results(events)).encode())


def rejecting(*ids: str) -> Callable[[list[dict[str, Any]]], Reply]:
    """Reject the events with these ids, each with a reason."""

    def reply(events: list[dict[str, Any]]) -> Reply:
        body = results(events, ids)
        if body["accepted"]:
            return Reply(207 if body["rejected"] else 202, json.dumps(body).encode())
        return problem(422, "invalid-event", **body)

    return reply


def refusing(*ids: str, reply: Reply) -> Callable[[list[dict[str, Any]]], Reply]:
    """Refuse whole every batch that holds an event with one of these ids."""
    return lambda events: reply if any(event["event_id"] in ids for event in events) else accept(events)


def problem(status: int, slug: str, headers: Mapping[str, str] | None = None, **members: Any) -> Reply:
    """A problem document of the API."""
    document = {"type": f"urn:questlog:problem:{slug}", "title": slug, "status": status, **members}
    return Reply(status, json.dumps(document).encode(), headers or {})


class Script:
    """Gives the `steps` one after the other, then `otherwise` for ever; keeps what it received."""

    def __init__(self, *steps: Step, otherwise: Step = accept) -> None:
        self._steps = iter(steps)
        self._otherwise = otherwise
        self._lock = threading.Lock()
        self.received: list[Received] = []

    @property
    def events(self) -> list[dict[str, Any]]:
        """All events received, in their order."""
        with self._lock:
            return [event for received in self.received for event in received.body["events"]]

    @property
    def ids(self) -> list[str]:
        """Theirs."""
        return [event["event_id"] for event in self.events]

    def reply(self, headers: Mapping[str, str], body: bytes) -> Reply:
        content = json.loads(gzip.decompress(body))
        with self._lock:
            self.received.append(Received(headers, content))
            step = next(self._steps, self._otherwise)
        return step if isinstance(step, Reply) else step(content["events"])

    def transport(self) -> httpx.MockTransport:
        """Answer without a socket."""

        def handle(request: httpx.Request) -> httpx.Response:
            status, body, headers = self.reply(request.headers, request.read())
            return httpx.Response(status, headers=headers, content=body)

        return httpx.MockTransport(handle)
