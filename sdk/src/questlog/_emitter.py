"""The generated methods, made complete by a context, a clock and a place to put events."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from typing import Any
from uuid import UUID

from questlog._clock import EventClock
from questlog._context import Context
from questlog._entry import Entry
from questlog._generated.client import EventMethods
from questlog._model import Event
from questlog._uuid7 import uuid7_text


class Emitter(EventMethods):
    """What takes events: any client, also one player's and those of `questlog.testing`.

    Code that only makes events asks for this type: `def buy(self, client: questlog.Emitter)`.
    """

    def __init__(self, context: Context) -> None:
        self._clock = EventClock()
        self._context = checked_context(context)

    @property
    def context(self) -> Context:
        """Who plays and where: of the events made from now on. A new session also sets the clock anew."""
        return self._context

    @context.setter
    def context(self, context: Context) -> None:
        before, self._context = self._context, checked_context(context)
        if before.session_id != context.session_id:
            self._clock.restart()

    def track(self, event: Event) -> str | None:
        """Accept an event for delivery; never blocks and never raises.

        What is no event is logged, and counted as dropped.

        Returns:
            The event's id; None for what is no event.
        """
        try:
            entry = Entry.of(event)
        except Exception:  # noqa: BLE001 - whatever was given here, the game goes on
            self._drop(f"track() takes events such as questlog.Purchase, not {type(event).__name__}")
            return None
        self._put(entry.body)
        return entry.event_id

    @abstractmethod
    def _put(self, body: bytes) -> None:
        """Take the JSON of an event."""

    @abstractmethod
    def _drop(self, reason: str) -> None:
        """Count what is not taken."""

    def _written(self, head: str, members: str, context: Context | None) -> str:
        who = self._context if context is None else checked_context(context)
        event_id = uuid7_text()
        self._put(f'{head}{event_id}","occurred_at":"{self._clock.now()}",{who.members}{members}}}'.encode())
        return event_id

    def _made(
        self,
        kind: type[Event],
        context: Context | None,
        event_id: UUID | None,
        occurred_at: datetime | None,
        **members: Any,
    ) -> str:
        who = self._context if context is None else checked_context(context)
        make: Any = kind  # an event's class takes what the generated method gives
        event = make(
            event_id=UUID(uuid7_text()) if event_id is None else event_id,
            occurred_at=datetime.fromisoformat(self._clock.now()) if occurred_at is None else occurred_at,
            **who.as_arguments(),
            **members,
        )
        entry = Entry.of(event)
        self._put(entry.body)
        return entry.event_id


def checked_context(context: Context) -> Context:
    """Return `context`.

    Raises:
        TypeError: when it is none.
    """
    if not isinstance(context, Context):
        raise TypeError(f"context must be a questlog.Context, not {type(context).__name__}")
    return context
