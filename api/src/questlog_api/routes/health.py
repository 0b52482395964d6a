"""`GET /healthz`: the process answers. `GET /readyz`: it can also store events."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from questlog_api.problems import not_ready
from questlog_api.responses import json_response
from questlog_api.sinks import Sink, SinkUnavailable


def health_routes(sink: Sink, retry_after: int) -> list[Route]:
    """Return the routes for probes; one that fails is to be repeated after `retry_after` seconds."""
    ready = partial(_readyz, sink=sink, retry_after=retry_after)
    return [Route("/healthz", _healthz), Route("/readyz", ready)]


async def _healthz(_: Request) -> Response:
    return json_response({"status": "ok"})


async def _readyz(_: Request, sink: Sink, retry_after: int) -> Response:
    try:
        await sink.check()
    except SinkUnavailable:
        raise not_ready(retry_after) from None
    return json_response({"status": "ok"})
