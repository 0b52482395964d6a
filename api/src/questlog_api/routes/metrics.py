"""`GET /metrics`: what the service counts, for Prometheus. Not for the internet: let the proxy keep it in."""

from functools import partial

from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from questlog_api.telemetry.metrics import Metrics


def metrics_routes(metrics: Metrics) -> list[Route]:
    """Return the route, in the Prometheus text format or in OpenMetrics, whichever is asked for."""
    return [Route("/metrics", partial(_metrics, metrics=metrics))]


async def _metrics(request: Request, metrics: Metrics) -> Response:
    encoder, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encoder(metrics.registry), headers={"Content-Type": content_type})
