"""The lines delivered: JSON, one event each, with what the service knows about its arrival."""

from collections import Counter
from dataclasses import dataclass

import orjson

from questlog_api.payload import Payload
from questlog_api.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a request came in; part of each of its lines. Times are UTC; `sent_at` is None when not told."""

    received_at: str
    sent_at: str | None
    game_id: str
    request_id: str

    def accepted(self, event: bytes) -> bytes:
        """Return the line of an accepted event, given as JSON."""
        return self._line({"event": orjson.Fragment(event)})

    def rejected(self, refusal: Refusal, payload: Payload) -> bytes:
        """Return the line of what was refused. `payload_bytes` tells whether `payload` is the whole of it."""
        return self._line(
            {
                "reason": refusal.reason,
                "errors": refusal.errors,
                "payload": payload.text,
                "payload_bytes": payload.size,
            }
        )

    def _line(self, members: dict[str, object]) -> bytes:
        arrival = {
            "received_at": self.received_at,
            "sent_at": self.sent_at,
            "game_id": self.game_id,
            "request_id": self.request_id,
        }
        return orjson.dumps({**arrival, **members}, option=orjson.OPT_APPEND_NEWLINE)


class Lines:
    """All lines of one request, and how many were refused for which reason."""

    def __init__(self, arrival: Arrival) -> None:
        self.arrival = arrival
        self.accepted: list[bytes] = []
        self.rejected: list[bytes] = []
        self.reasons: Counter[str] = Counter()

    @property
    def size(self) -> int:
        """Bytes in all lines."""
        return sum(map(len, self.accepted)) + sum(map(len, self.rejected))

    def accept(self, event: bytes) -> None:
        """Add the line of an accepted event, given as JSON."""
        self.accepted.append(self.arrival.accepted(event))

    def reject(self, refusal: Refusal, payload: Payload) -> None:
        """Add the line of what was refused."""
        self.rejected.append(self.arrival.rejected(refusal, payload))
        self.reasons[refusal.reason.value] += 1
