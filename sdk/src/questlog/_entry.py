"""One event as it waits for delivery."""

import json
from typing import NamedTuple

from questlog._model import Event

_NAME, _ID = 3, 11
"""Which of the texts in quotes they are: {"event":"purchase","schema_version":"1.0","event_id":"0193…"."""


class Entry(NamedTuple):
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
        return cls.written(event.to_json())

    @classmethod
    def written(cls, form: dict[str, object]) -> "Entry":
        """Return the entry of an event's JSON form; what names it stands first.

        Raises:
            ValueError: for what JSON cannot hold, such as NaN.
        """
        form = {name: form[name] for name in ("event", "schema_version", "event_id")} | form
        body = json.dumps(form, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        return cls(str(form["event"]), str(form["event_id"]), body)

    @classmethod
    def read(cls, body: bytes) -> "Entry":
        """Return the entry of the JSON that the SDK wrote of an event."""
        texts = body.split(b'"', _ID + 1)
        return cls(texts[_NAME].decode(), texts[_ID].decode(), body)
