import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as prometheus
from starlette.applications import Starlette

from questlog_api.routes.metrics import metrics_routes
from questlog_api.telemetry.metrics import Metrics

pytestmark = pytest.mark.anyio


async def get(metrics: Metrics, accept: str | None = None) -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=metrics_routes(metrics)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get("/metrics", headers={} if accept is None else {"Accept": accept})


async def test_what_was_counted_is_there_in_the_text_format() -> None:
    metrics = Metrics({"purchase": ["1.0"]})
    metrics.accepted([("purchase", "1.0")] * 3)
    response = await get(metrics)
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    [family] = [f for f in prometheus(response.text) if f.name == "questlog_events_accepted"]
    assert [sample.value for sample in family.samples] == [3]


async def test_whoever_asks_for_openmetrics_gets_it() -> None:
    response = await get(Metrics(), "application/openmetrics-text; version=1.0.0")
    assert response.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    families = open_metrics(response.text)  # type: ignore[no-untyped-call]  # it has no types
    assert "questlog_events_accepted" in {family.name for family in families}
