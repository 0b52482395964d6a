"""One event as it waits for delivery."""

import json
from dataclasses import dataclass

from questlog._model import Event


@dataclass(frozen=True, slots=True)
class Entry:
    """An event's name, id and JSON; the JSON is what is sent, byte for byte, however often."""

    event: str
    event_id: str
    body: bytes

    @classmethod
    def of(cls, event: Event) -> "Entry":
        """Return the entry of an event.

        Raises:
            TypeError: for what is no event.
        """
        if not isinstance(event, Event):
            raise TypeError(f"must be an event, not {type(event).__name__}")
        form = event.to_json()
        body = json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(form["event"], form["event_id"], body)
