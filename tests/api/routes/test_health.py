import httpx
import pytest

from questlog_api import Settings, create_app
from questlog_api.sinks import MemorySink
from tests.api.conftest import connect

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_a_service_that_can_store_events_is_alive_and_ready(
    client: httpx.AsyncClient, path: str
) -> None:
    response = await client.get(path)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_a_service_that_cannot_is_alive_but_not_ready(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect(create_app(settings, sink=MemorySink(capacity=0))) as client:
        assert (await client.get("/healthz")).status_code == 200
        response = await client.get("/readyz")
    assert response.status_code == 503
    assert "Retry-After" in response.headers
    assert response.json()["type"] == "urn:questlog:problem:unavailable"
    assert "again" not in response.json()["detail"]
    assert "not delivered" not in caplog.text
