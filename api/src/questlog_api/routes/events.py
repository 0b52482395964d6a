"""`POST /v1/events/{event}` and `POST /v1/events`: read, take in, deliver, answer.

Functions of headers and `receive`: FastAPI's parameter and dependency layers, and even Starlette's `Request`,
cost more than validating an event. `routes` lists them for the router, `fast` for the middleware around it.
"""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from time import monotonic
from typing import NamedTuple, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from questlog_api import times
from questlog_api.body import Incoming, RawHeaders, read_body
from questlog_api.delivery import Delivery
from questlog_api.gate.budget import Budget, Reservation
from questlog_api.gate.keys import Game, KeyRing
from questlog_api.gate.quotas import Quotas
from questlog_api.intake import Intake, Taken
from questlog_api.lines import Lines
from questlog_api.problems import Kind, ProblemError, not_acknowledged
from questlog_api.settings import Settings
from questlog_api.sinks import SinkUnavailable, Stream
from questlog_api.telemetry.logs import OncePerSecond
from questlog_api.telemetry.metrics import Metrics

BATCH = "/v1/events"
_SENT_AT = "Questlog-Sent-At"

Answer: TypeAlias = Callable[[Incoming], Awaitable[Response]]
"""Answers a request; raises `ProblemError` where it is refused as a whole."""

_log = logging.getLogger(__name__)
_log.addFilter(OncePerSecond())


def single_path(event: str) -> str:
    """Return the path for single events called `event`."""
    return f"{BATCH}/{event}"


class Gate(NamedTuple):
    """Who may send, and how much."""

    keys: KeyRing
    quotas: Quotas


class EventRoutes:
    """Takes events in. A success means that the sink has them, a refusal that it has the reject."""

    def __init__(
        self,
        settings: Settings,
        intake: Intake,
        gate: Gate,
        deliveries: Mapping[Stream, Delivery],
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._intake = intake
        self._gate = gate
        self._deliveries = deliveries
        self._metrics = metrics
        self._budget = Budget(settings.max_inflight_bytes, settings.retry_after_seconds)
        metrics.watch_budget(lambda: self._budget.held, settings.max_inflight_bytes)

    def fast(self, events: Iterable[str]) -> Mapping[str, Answer]:
        """Return what answers a POST to which path: batches, and each of `events`."""
        singles = {single_path(event): partial(self._single, event) for event in events}
        return {BATCH: self._batch, **singles}

    def routes(self, events: Iterable[str]) -> list[Route]:
        """Return the route for batches, one for each of `events`, and one for events nobody knows."""
        known = [Route(path, _App(answer), methods=["POST"]) for path, answer in self.fast(events).items()]
        return [*known, Route(single_path("{event}"), self._unknown, methods=["POST"])]

    async def _unknown(self, request: Request) -> Response:
        return await self._single(
            request.path_params["event"],
            Incoming(dict(request.scope["headers"]), request.receive, request.scope),
        )

    async def _single(self, event: str, request: Incoming) -> Response:
        game = self._gate.keys.authorize(request.headers.get(b"authorization", b""))
        await self._gate.quotas.take_events(game.key_id, 1)
        sent_at, limits = _sent_at(request.headers), self._settings
        with self._budget.reservation() as reservation:
            body = await read_body(request, limits.max_event_bytes, limits.body_seconds, reservation.hold)
            deadline = monotonic() + limits.delivery_seconds
            taken = self._intake.single(game.game_id, sent_at, event, body)
            # The sink may need seconds, and many requests may wait for it: hold no more than it gets.
            del body
            return await self._answer(game, taken, deadline, reservation)

    async def _batch(self, request: Incoming) -> Response:
        game = self._gate.keys.authorize(request.headers.get(b"authorization", b""))
        charge = partial(self._gate.quotas.take_events, game.key_id)
        limits = self._settings
        with self._budget.reservation() as reservation:
            body = await read_body(request, limits.max_body_bytes, limits.body_seconds, reservation.hold)
            deadline = monotonic() + limits.delivery_seconds
            taken = await self._intake.batch(game.game_id, charge, body)
            del body  # as in `_single`
            return await self._answer(game, taken, deadline, reservation)

    async def _answer(self, game: Game, taken: Taken, deadline: float, reservation: Reservation) -> Response:
        reservation.hold(taken.size)
        lines = taken.lines
        try:
            if lines.rejected:
                await self._gate.quotas.take_rejects(game.key_id, len(lines.rejected))
            # Events first: if the rejects fail, the client sends all again, and only events are deduplicated.
            if lines.accepted:
                await self._deliveries[Stream.EVENTS].put(lines.accepted, deadline)
                self._metrics.accepted(lines.contracts)
            if lines.rejected:
                await self._deliver_rejects(game, lines, deadline)
        except SinkUnavailable as error:
            _log.error("not delivered: %s", error)
            retry_after = self._settings.retry_after_seconds
            return not_acknowledged("The events could not be stored in time.", retry_after).response()
        return taken.answer

    async def _deliver_rejects(self, game: Game, lines: Lines, deadline: float) -> None:
        await self._deliveries[Stream.REJECTS].put(lines.rejected, deadline)
        for refusal in lines.refusals:
            self._metrics.rejected(refusal.event, refusal.version, refusal.keyword, refusal.reason)
        [(worst, _)] = Counter((r.reason, r.keyword) for r in lines.refusals).most_common(1)
        _log.info("%d rejects of %s, most of them: %s", len(lines.refusals), game.game_id, " ".join(worst))


class _App:
    """The ASGI application of an answer, for the router."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Incoming(dict(scope["headers"]), receive, scope))
        await response(scope, receive, send)


def _sent_at(headers: RawHeaders) -> str | None:
    value = headers.get(b"questlog-sent-at")
    if value is None:
        return None
    text = value.decode("latin-1")
    if not times.is_date_time(text):
        raise ProblemError(
            Kind.INVALID_HEADER, f"{_SENT_AT} must be a time with offset, e.g. 2026-11-02T18:04:05.123Z."
        )
    return text
