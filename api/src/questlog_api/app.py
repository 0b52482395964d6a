"""Puts the service together."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from questlog_api.contracts import load_catalog, refuse_drafts
from questlog_api.keys import KeyRing
from questlog_api.middleware import RequestMiddleware
from questlog_api.problems import Kind, ProblemError, not_acknowledged, without_type
from questlog_api.refusals import Judge
from questlog_api.routes.docs import docs_routes
from questlog_api.routes.events import EventRoutes
from questlog_api.routes.health import health_routes
from questlog_api.routes.schemas import schema_routes
from questlog_api.settings import Settings
from questlog_api.sinks import Sink, SinkUnavailable, open_sink

_log = logging.getLogger(__name__)


def create_app(settings: Settings, *, sink: Sink | None = None) -> FastAPI:
    """Return the service. It delivers to `sink`, or to the one the settings choose, and closes it in the end.

    Raises:
        ValueError: when there are drafts and the settings do not allow them, or do not say where the
            streams are.
    """
    catalog = load_catalog()
    if not settings.allow_drafts:
        refuse_drafts(catalog)
    if sink is None:
        sink = open_sink(settings)
    events = EventRoutes(settings, Judge(catalog), KeyRing(settings.write_keys), sink)
    return FastAPI(
        # The document is generated and served as it is; FastAPI's own would change numbers in the contracts.
        openapi_url=None,
        redirect_slashes=False,
        lifespan=partial(_lifespan, sink=sink),
        middleware=[Middleware(RequestMiddleware)],
        exception_handlers={
            ProblemError: _problem,
            HTTPException: _http_problem,
            SinkUnavailable: partial(_unavailable, retry_after=settings.retry_after_seconds),
        },
        routes=[
            *events.routes(catalog),
            *schema_routes(catalog),
            *health_routes(sink, settings.retry_after_seconds),
            *docs_routes(),
        ],
    )


@asynccontextmanager
async def _lifespan(_: FastAPI, sink: Sink) -> AsyncIterator[None]:
    yield
    await sink.close()


async def _problem(_: Request, error: ProblemError) -> Response:
    return error.response()


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


async def _unavailable(_: Request, error: SinkUnavailable, retry_after: int) -> Response:
    _log.error("not delivered: %s", error)
    return not_acknowledged("The sink did not take it.", retry_after).response()
