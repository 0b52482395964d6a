"""The lines delivered: JSON, one event each, with what the service knows about its arrival."""

from dataclasses import dataclass
from typing import NamedTuple

import orjson

from questlog_api.payload import Payload
from questlog_api.refusals import Refusal


class Arrival(NamedTuple):
    """How a request came in; part of each of its lines. Times are UTC; `sent_at` is None when not told."""

    received_at: str
    sent_at: str | None
    game_id: str
    request_id: str

    def accepted(self, event: bytes) -> bytes:
        """Return the line of an accepted event, given as JSON."""
        return _accepted(self.start(), event)

    def rejected(self, refusal: Refusal, payload: Payload) -> bytes:
        """Return the line of what was refused. `payload_bytes` tells whether `payload` is the whole of it."""
        return _rejected(self.start(), refusal, payload)

    def start(self) -> bytes:
        """Return the beginning of each line, up to the members that differ."""
        members = {
            "received_at": self.received_at,
            "sent_at": self.sent_at,
            "game_id": self.game_id,
            "request_id": self.request_id,
        }
        return orjson.dumps(members)[:-1] + b","


def _accepted(start: bytes, event: bytes) -> bytes:
    return b'%b"event":%b}\n' % (start, event)


def _rejected(start: bytes, refusal: Refusal, payload: Payload) -> bytes:
    members = {
        "reason": refusal.reason,
        "errors": refusal.errors,
        "payload": payload.text,
        "payload_bytes": payload.size,
    }
    return b"%b%b\n" % (start, orjson.dumps(members)[1:])


@dataclass(frozen=True, slots=True)
class Counted:
    """What to count of a refused event; `event` and `version` are as submitted, or None."""

    event: object
    version: object
    keyword: str
    reason: str


class Lines:
    """All lines of one request, and what to count of them once they are durable."""

    def __init__(self, arrival: Arrival) -> None:
        self.arrival = arrival
        self.accepted: list[bytes] = []
        self.rejected: list[bytes] = []
        self.contracts: list[tuple[str, str]] = []
        """Event and version of each that is accepted."""
        self.refusals: list[Counted] = []
        self.size = 0
        """Bytes in all lines."""
        self._start = arrival.start()

    def accept(self, event: dict[str, str], text: bytes) -> None:
        """Add the line of an accepted `event`, whose JSON is `text`."""
        self.contracts.append((event["event"], event["schema_version"]))
        line = _accepted(self._start, text)
        self.accepted.append(line)
        self.size += len(line)

    def reject(self, event: object, refusal: Refusal, payload: Payload) -> None:
        """Add the line of what was refused."""
        members = event if isinstance(event, dict) else {}
        keyword = refusal.errors[0].keyword
        name, version = members.get("event"), members.get("schema_version")
        self.refusals.append(Counted(name, version, keyword, refusal.reason))
        line = _rejected(self._start, refusal, payload)
        self.rejected.append(line)
        self.size += len(line)
