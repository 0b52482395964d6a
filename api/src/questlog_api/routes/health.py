"""`GET /healthz`: the process answers. `GET /readyz`: it can also store events."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from questlog_api.responses import json_response
from questlog_api.sinks import Sink


def health_routes(sink: Sink) -> list[Route]:
    """Return the routes for probes."""
    return [Route("/healthz", _healthz), Route("/readyz", partial(_readyz, sink=sink))]


async def _healthz(_: Request) -> Response:
    return json_response({"status": "ok"})


async def _readyz(_: Request, sink: Sink) -> Response:
    await sink.check()
    return json_response({"status": "ok"})
