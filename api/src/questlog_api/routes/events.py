"""`POST /v1/events/{event}` and `POST /v1/events`: read, take in, deliver, answer.

Plain Starlette routes: FastAPI's parameter and dependency layers more than halve the rate.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from time import monotonic

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from questlog_api import times
from questlog_api.body import read_body
from questlog_api.budget import Budget
from questlog_api.intake import Intake, Taken
from questlog_api.keys import KeyRing
from questlog_api.lines import Lines
from questlog_api.problems import Kind, ProblemError
from questlog_api.refusals import Judge
from questlog_api.settings import Settings
from questlog_api.sinks import Sink, Stream

_SENT_AT = "Questlog-Sent-At"

_log = logging.getLogger(__name__)


class EventRoutes:
    """Takes events in. A success means that the sink has them, a refusal that it has the reject."""

    def __init__(self, settings: Settings, judge: Judge, keys: KeyRing, sink: Sink) -> None:
        self._settings = settings
        self._keys = keys
        self._sink = sink
        self._intake = Intake(judge, settings.max_event_bytes, settings.max_batch_events)
        self._budget = Budget(settings.max_inflight_bytes, settings.retry_after_seconds)

    def routes(self, events: Iterable[str]) -> list[Route]:
        """Return the route for batches, one for each of `events`, and one for events nobody knows."""
        known = [Route(f"/v1/events/{e}", partial(self._single, event=e), methods=["POST"]) for e in events]
        return [
            Route("/v1/events", self._batch, methods=["POST"]),
            *known,
            Route("/v1/events/{event}", self._unknown, methods=["POST"]),
        ]

    async def _unknown(self, request: Request) -> Response:
        return await self._single(request, request.path_params["event"])

    async def _single(self, request: Request, event: str) -> Response:
        game_id = self._keys.authorize(request)
        take = partial(self._intake.single, game_id, _sent_at(request), event)
        return await self._answer(request, self._settings.max_event_bytes, take)

    async def _batch(self, request: Request) -> Response:
        take = partial(self._intake.batch, self._keys.authorize(request))
        return await self._answer(request, self._settings.max_body_bytes, take)

    async def _answer(
        self, request: Request, limit: int, take: Callable[[bytes], Awaitable[Taken]]
    ) -> Response:
        with self._budget.reservation() as reservation:
            body = await read_body(request, limit, self._settings.body_seconds, reservation.hold)
            deadline = monotonic() + self._settings.delivery_seconds
            taken = await take(body)
            # The sink may need seconds, and many requests may wait for it: hold no more than it gets.
            del body
            reservation.hold(taken.size)
            await self._deliver(taken.lines, deadline)
            return taken.answer

    async def _deliver(self, lines: Lines, deadline: float) -> None:
        # Events first: if the rejects fail, the client sends all again, and only events are deduplicated.
        if lines.accepted:
            await self._sink.put(Stream.EVENTS, lines.accepted, deadline)
        if lines.rejected:
            await self._sink.put(Stream.REJECTS, lines.rejected, deadline)
            _log.info("rejects of %s: %s", lines.arrival.game_id, dict(lines.reasons))


def _sent_at(request: Request) -> str | None:
    value = request.headers.get(_SENT_AT)
    if value is not None and not times.is_date_time(value):
        raise ProblemError(
            Kind.INVALID_HEADER, f"{_SENT_AT} must be a time with offset, e.g. 2026-11-02T18:04:05.123Z."
        )
    return value
