"""Takes what was sent in: judges it, and makes of it the lines to deliver and the answer to give."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from starlette.responses import Response

from questlog_api import batch, times
from questlog_api.body import from_json, to_json
from questlog_api.lines import Arrival, Lines
from questlog_api.payload import Payload
from questlog_api.problems import Kind, ProblemError
from questlog_api.refusals import TOO_DEEP, Judge, Reason, Refusal, too_large
from questlog_api.responses import json_response
from questlog_api.telemetry import request_id

_SINGLE_PROBLEMS = {
    Reason.INVALID_EVENT: (Kind.INVALID_EVENT, "The event breaks its contract; `errors` says where."),
    Reason.UNKNOWN_EVENT: (Kind.UNKNOWN_EVENT, "GET /v1/schemas lists the events there are."),
    Reason.UNKNOWN_VERSION: (Kind.UNKNOWN_VERSION, "GET /v1/schemas lists the versions of each event."),
    # Its body was not: numbers may grow when they are written anew. It is kept, as no 413 is.
    Reason.TOO_LARGE: (Kind.INVALID_EVENT, "The event is too large; `errors` says how large it may be."),
}
Charge: TypeAlias = Callable[[int], Awaitable[None]]
"""Told how many events there are, before they are validated; raises `ProblemError` when they are too many."""

# Parsed JSON takes up to 25 times its size; parsing more at once would be no faster on one processor.
_BATCHES_AT_ONCE = 2


class Taken(NamedTuple):
    """The lines of a request, and its answer once they are durable. Nothing else of the request is needed."""

    lines: Lines
    answer: Response

    @property
    def size(self) -> int:
        """Bytes in lines and answer."""
        return self.lines.size + len(self.answer.body)


class Intake:
    """Takes events of at most `max_event_bytes` of JSON, and batches of at most `max_batch_events`."""

    def __init__(self, judge: Judge, max_event_bytes: int, max_batch_events: int) -> None:
        self._judge = judge
        self._max_event_bytes = max_event_bytes
        self._max_batch_events = max_batch_events
        self._turns = asyncio.Semaphore(_BATCHES_AT_ONCE)

    def single(self, game_id: str, sent_at: str | None, name: str, body: bytes | bytearray) -> Taken:
        """Take the event called `name` that `body` is.

        Raises:
            ProblemError: when it is not JSON (400).
        """
        event = from_json(body)
        lines = Lines(_arrival(game_id, sent_at))
        refusal = self._take(lines, event, name)
        if refusal is not None:
            kind, detail = _SINGLE_PROBLEMS[refusal.reason]
            return Taken(lines, ProblemError(kind, detail, errors=refusal.errors).response())
        accepted = {"request_id": request_id.current(), "event_id": event["event_id"], "status": "accepted"}
        return Taken(lines, json_response(accepted, status=202))

    async def batch(self, game_id: str, charge: Charge, body: bytes | bytearray) -> Taken:
        """Take the batch that `body` is, once its events are charged to the quota of its key.

        Raises:
            ProblemError: when it is not JSON (400), has too many events (413) or is over the quota (429).
        """
        async with self._turns:
            try:
                content = from_json(body)
                batch.expect_at_most(self._max_batch_events, content)
            except ProblemError:
                await charge(1)  # reading it was work, too
                raise
            await charge(len(batch.pieces(content)))
            return await self._batch(game_id, content)

    async def _batch(self, game_id: str, body: object) -> Taken:
        lines = Lines(_arrival(game_id, batch.sent_at(body)))
        errors = batch.form_errors(body)
        if not errors:
            return await self._events(lines, batch.pieces(body))
        malformed = Refusal(Reason.MALFORMED_BATCH, errors)
        for piece in batch.pieces(body):
            lines.reject(piece, malformed, Payload.of(piece, to_json(piece)))
            await asyncio.sleep(0)
        problem = ProblemError(Kind.INVALID_BATCH, "Nothing was accepted; `errors` says why.", errors=errors)
        return Taken(lines, problem.response())

    async def _events(self, lines: Lines, events: Sequence[object]) -> Taken:
        results = []
        for index, event in enumerate(events):
            refusal = self._take(lines, event)
            results.append(batch.result(index, event, refusal))
            if refusal is not None:
                # All reasons of one event cost as much as 30 valid events: let other requests go on.
                await asyncio.sleep(0)
        return Taken(lines, batch.answer(results))

    def _take(self, lines: Lines, event: Any, name: str | None = None) -> Refusal | None:
        """Add the line of `event` and return why it was refused, None when it was accepted."""
        text = to_json(event)
        refusal = self._refusal(event, text, name)
        if text is not None and refusal is None:
            lines.accept(event, text)
        elif refusal is not None:
            lines.reject(event, refusal, Payload.of(event, text))
        return refusal

    def _refusal(self, event: object, text: bytes | None, name: str | None) -> Refusal | None:
        if text is None:
            return TOO_DEEP
        if len(text) > self._max_event_bytes:
            return too_large(self._max_event_bytes)
        return self._judge.refusal(event) if name is None else self._judge.refusal_as(name, event)


def _arrival(game_id: str, sent_at: str | None) -> Arrival:
    in_utc = None if sent_at is None else times.in_utc(sent_at)
    return Arrival(times.now(), in_utc, game_id, request_id.current())
