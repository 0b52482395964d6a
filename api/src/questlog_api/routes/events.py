"""`POST /v1/events/{event}` and `POST /v1/events`: read, validate, deliver, answer.

Plain Starlette routes: FastAPI's parameter and dependency layers more than halve the rate.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from questlog_api import batch, request_id, times
from questlog_api.body import read_json, to_json
from questlog_api.keys import KeyRing
from questlog_api.lines import Arrival
from questlog_api.problems import Kind, ProblemError
from questlog_api.refusals import Judge, Reason, Refusal, too_large
from questlog_api.responses import json_response
from questlog_api.settings import Settings
from questlog_api.sinks import Sink, Stream

_SENT_AT = "Questlog-Sent-At"
_SINGLE_PROBLEMS = {
    Reason.INVALID_EVENT: (Kind.INVALID_EVENT, "The event breaks its contract; `errors` says where."),
    Reason.UNKNOWN_EVENT: (Kind.UNKNOWN_EVENT, "GET /v1/schemas lists the events there are."),
    Reason.UNKNOWN_VERSION: (Kind.UNKNOWN_VERSION, "GET /v1/schemas lists the versions of each event."),
}

_log = logging.getLogger(__name__)


class EventRoutes:
    """Takes events in. A success means that the sink has them, a refusal that it has the reject."""

    def __init__(self, settings: Settings, judge: Judge, keys: KeyRing, sink: Sink) -> None:
        self._settings = settings
        self._judge = judge
        self._keys = keys
        self._sink = sink
        self._batch_schema = batch.batch_schema(settings.max_batch_events)

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
        arrival = _arrival(game_id, _sent_at(request))
        body = await read_json(request, self._settings.max_event_bytes)
        text = to_json(body)
        refusal = self._judge.refusal_as(event, body)
        if refusal is not None:
            await self._keep_rejects(arrival, [(refusal, text)])
            kind, detail = _SINGLE_PROBLEMS[refusal.reason]
            raise ProblemError(kind, detail, errors=refusal.errors)
        await self._sink.put(Stream.EVENTS, [arrival.accepted(text)])
        accepted = {"request_id": arrival.request_id, "event_id": body["event_id"], "status": "accepted"}
        return json_response(accepted, status=202)

    async def _batch(self, request: Request) -> Response:
        game_id = self._keys.authorize(request)
        body = await read_json(request, self._settings.max_body_bytes)
        errors = self._batch_schema.errors(body)
        if errors:
            refusal = Refusal(Reason.MALFORMED_BATCH, errors)
            await self._keep_rejects(_arrival(game_id, None), [(refusal, to_json(body))])
            raise ProblemError(Kind.INVALID_BATCH, "Nothing was accepted; `errors` says why.", errors=errors)
        return await self._events(_arrival(game_id, body["sent_at"]), body["events"])

    async def _events(self, arrival: Arrival, events: Sequence[object]) -> Response:
        results: list[batch.EventResult] = []
        accepted: list[bytes] = []
        rejected: list[tuple[Refusal, bytes]] = []
        for index, event in enumerate(events):
            text = to_json(event)
            refusal = self._refusal(event, text)
            if refusal is None:
                accepted.append(arrival.accepted(text))
            else:
                rejected.append((refusal, text))
                # All reasons of one event cost as much as 30 valid events: let other requests go on.
                await asyncio.sleep(0)
            results.append(batch.result(index, event, refusal))
        await self._deliver(arrival, accepted, rejected)
        return batch.answer(results)

    async def _deliver(
        self, arrival: Arrival, accepted: Sequence[bytes], rejected: Sequence[tuple[Refusal, bytes]]
    ) -> None:
        # Events first: if the rejects fail, the client sends all again, and only events are deduplicated.
        if accepted:
            await self._sink.put(Stream.EVENTS, accepted)
        if rejected:
            await self._keep_rejects(arrival, rejected)

    def _refusal(self, event: object, text: bytes) -> Refusal | None:
        limit = self._settings.max_event_bytes
        return too_large(limit) if len(text) > limit else self._judge.refusal(event)

    async def _keep_rejects(self, arrival: Arrival, rejected: Sequence[tuple[Refusal, bytes]]) -> None:
        await self._sink.put(Stream.REJECTS, [arrival.rejected(refusal, text) for refusal, text in rejected])
        reasons = Counter(refusal.reason.value for refusal, _ in rejected)
        _log.info("rejects of %s: %s", arrival.game_id, dict(reasons))


def _arrival(game_id: str, sent_at: str | None) -> Arrival:
    in_utc = None if sent_at is None else times.in_utc(sent_at)
    return Arrival(times.now(), in_utc, game_id, request_id.current())


def _sent_at(request: Request) -> str | None:
    value = request.headers.get(_SENT_AT)
    if value is not None and not times.is_date_time(value):
        raise ProblemError(
            Kind.INVALID_HEADER, f"{_SENT_AT} must be a time with offset, e.g. 2026-11-02T18:04:05.123Z."
        )
    return value
