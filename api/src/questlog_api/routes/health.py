"""`GET /healthz`: the process answers. `GET /readyz`: it can also store events, and how."""

from collections.abc import Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from questlog_api.problems import Kind, ProblemError
from questlog_api.responses import json_response
from questlog_api.sinks import Sink, SinkUnavailable
from questlog_api.sinks.base import Health

DRAINING = "draining"
"""The cause that a service tells which is about to stop."""

_READY = {
    Health.OK: {"status": "ok"},
    Health.SPOOLING: {"status": "ok", "sink": "down", "spool": "taking"},
    Health.WITHOUT_SPOOL: {"status": "ok", "sink": "ok", "spool": "down"},
}


def health_routes(
    sink: Sink, retry_after: int, is_draining: Callable[[], bool] = lambda: False
) -> list[Route]:
    """Return the routes for probes; one that fails is to be repeated after `retry_after` seconds."""
    ready = partial(_readyz, sink=sink, retry_after=retry_after, is_draining=is_draining)
    return [Route("/healthz", _healthz), Route("/readyz", ready)]


async def _healthz(_: Request) -> Response:
    return json_response({"status": "ok"})


async def _readyz(_: Request, sink: Sink, retry_after: int, is_draining: Callable[[], bool]) -> Response:
    if is_draining():
        raise _not_ready(DRAINING, retry_after)
    try:
        health = await sink.check()
    except SinkUnavailable as error:
        raise _not_ready(error.cause, retry_after) from None
    return json_response(_READY[health])


def _not_ready(cause: str, retry_after: int) -> ProblemError:
    return ProblemError(
        Kind.UNAVAILABLE,
        "The service cannot store events now; `cause` and its log say why.",
        headers={"Retry-After": str(retry_after)},
        members={"cause": cause},
    )
