"""Puts the service together."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from questlog_api.contracts import load_catalog, refuse_drafts
from questlog_api.delivery import Delivery
from questlog_api.gate.keys import KeyRing
from questlog_api.gate.quotas import Quotas
from questlog_api.intake import Intake
from questlog_api.middleware import RequestMiddleware
from questlog_api.problems import Kind, ProblemError, a_bug, without_type
from questlog_api.refusals import Judge
from questlog_api.routes.docs import docs_routes
from questlog_api.routes.events import BATCH, EventRoutes, Gate, single_path
from questlog_api.routes.health import health_routes
from questlog_api.routes.metrics import metrics_routes
from questlog_api.routes.schemas import schema_routes
from questlog_api.settings import Settings
from questlog_api.sinks import Sink, Stream, open_sink
from questlog_api.telemetry.metrics import Metrics
from questlog_api.telemetry.tracing import Tracer, open_tracer


class _Service(FastAPI):
    """FastAPI, which the hot paths go around: its layers cost more than all that is done with an event."""

    outermost: RequestMiddleware

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.outermost(scope, receive, send)

    async def inner(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as FastAPI does."""
        await super().__call__(scope, receive, send)


def create_app(settings: Settings, *, sink: Sink | None = None, tracer: Tracer | None = None) -> FastAPI:
    """Return the service. It delivers to `sink`, or to the one the settings choose, and closes it in the end.

    Its `state` has `metrics`, and `drain()`, which makes it tell probes that it is about to stop.

    Raises:
        ValueError: when there are drafts and the settings do not allow them, when the settings do not say
            where the streams are, when the file of write keys cannot be read, or an extra is missing.
    """
    catalog = load_catalog()
    if not settings.allow_drafts:
        refuse_drafts(catalog)
    metrics = Metrics(catalog, [BATCH, *map(single_path, catalog)])
    tracer = tracer or open_tracer(settings)
    sink = sink or open_sink(settings, metrics)
    gate = _gate(settings, metrics)
    intake = Intake(Judge(catalog), settings.max_event_bytes, settings.max_batch_events)
    events = EventRoutes(settings, intake, gate, _deliveries(settings, sink, metrics, tracer), metrics)
    draining = asyncio.Event()
    app = _Service(
        # The document is generated and served as it is; FastAPI's own would change numbers in the contracts.
        openapi_url=None,
        redirect_slashes=False,
        lifespan=partial(_lifespan, sink=sink, quotas=gate.quotas, tracer=tracer),
        middleware=_cors(settings),
        exception_handlers={ProblemError: _problem, HTTPException: _http_problem, Exception: _bug},
        routes=[
            *events.routes(catalog),
            *schema_routes(catalog),
            *health_routes(sink, settings.retry_after_seconds, draining.is_set),
            *metrics_routes(metrics),
            *docs_routes(),
        ],
    )
    # What browsers are to be told about origins, only the layers of the framework know.
    fast = {} if settings.cors_origins else events.fast(catalog)
    paths: dict[object, str] = {
        route.endpoint: route.path for route in app.routes if isinstance(route, Route)
    }
    app.outermost = RequestMiddleware(app.inner, fast, paths, metrics, tracer)
    app.state.metrics, app.state.drain = metrics, draining.set
    return app


def _gate(settings: Settings, metrics: Metrics) -> Gate:
    gate = Gate(KeyRing.from_settings(settings), Quotas.from_settings(settings, metrics.limited))
    metrics.watch_keys(lambda: gate.keys.is_stale)
    metrics.watch_quotas(lambda: gate.quotas.is_away)
    return gate


def _deliveries(
    settings: Settings, sink: Sink, metrics: Metrics, tracer: Tracer
) -> Mapping[Stream, Delivery]:
    deliveries = {stream: Delivery(sink, stream, settings.firehose_connections, tracer) for stream in Stream}
    for stream, delivery in deliveries.items():
        metrics.watch_waiting(stream, partial(getattr, delivery, "waiting_bytes"))
    return deliveries


def _cors(settings: Settings) -> list[Middleware]:
    if not settings.cors_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Content-Encoding", "Questlog-Sent-At"],
            expose_headers=["Questlog-Request-Id", "Retry-After"],
        )
    ]


@asynccontextmanager
async def _lifespan(_: FastAPI, sink: Sink, quotas: Quotas, tracer: Tracer) -> AsyncIterator[None]:
    async with AsyncExitStack() as closing:
        # In reverse, and each even if another fails.
        closing.push_async_callback(asyncio.to_thread, tracer.close)
        closing.push_async_callback(quotas.close)
        closing.push_async_callback(sink.close)
        await sink.start()
        yield


async def _problem(_: Request, error: ProblemError) -> Response:
    return error.response()


async def _bug(_: Request, __: Exception) -> Response:
    return a_bug()


async def _http_problem(_: Request, error: HTTPException) -> Response:
    """Answer for what Starlette refuses on its own: addresses and methods."""
    if error.status_code == Kind.NOT_FOUND.status:
        return ProblemError(Kind.NOT_FOUND, "GET /openapi.json lists the addresses there are.").response()
    if error.status_code == Kind.METHOD_NOT_ALLOWED.status:
        detail = "The header Allow lists the methods this address takes."
        # RFC 9110 section 15.5.6 wants Allow; Starlette's static files leave it out.
        headers = error.headers or {"Allow": "GET, HEAD"}
        return ProblemError(Kind.METHOD_NOT_ALLOWED, detail, headers=headers).response()
    return without_type(error.status_code, error.detail, error.headers)
