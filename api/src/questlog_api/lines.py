"""The lines delivered: JSON, one event each, with what the service knows about its arrival."""

from dataclasses import dataclass

import orjson

from questlog_api.refusals import Refusal

MAX_PAYLOAD_BYTES = 64 * 1024
"""How much of a refused event's text a line keeps, in bytes of UTF-8."""


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

    def rejected(self, refusal: Refusal, payload: bytes) -> bytes:
        """Return the line of what was refused, given as JSON; cut to `MAX_PAYLOAD_BYTES`."""
        # Cutting may split the last character; what is left of it is dropped.
        text = payload[:MAX_PAYLOAD_BYTES].decode(errors="ignore")
        return self._line({"reason": refusal.reason, "errors": refusal.errors, "payload": text})

    def _line(self, members: dict[str, object]) -> bytes:
        arrival = {
            "received_at": self.received_at,
            "sent_at": self.sent_at,
            "game_id": self.game_id,
            "request_id": self.request_id,
        }
        return orjson.dumps({**arrival, **members}, option=orjson.OPT_APPEND_NEWLINE)
