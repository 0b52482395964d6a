import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from questlog_api import Settings, create_app
from questlog_api.problems import ProblemError
from questlog_api.routes.health import health_routes
from questlog_api.sinks import MemorySink, SinkUnavailable
from questlog_api.sinks.base import Cause, Health
from tests.api.conftest import connect

pytestmark = pytest.mark.anyio


class Asked(MemorySink):
    """A sink that is as it is told to be."""

    def __init__(self, health: Health | Cause) -> None:
        super().__init__()
        self._health = health

    async def check(self) -> Health:
        if isinstance(self._health, Cause):
            raise SinkUnavailable("it is not", self._health)
        return self._health


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return error.response()


async def readyz(health: Health | Cause, *, draining: bool = False) -> httpx.Response:
    app = Starlette(
        routes=health_routes(Asked(health), 5, lambda: draining), exception_handlers={ProblemError: _problem}
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        return await client.get("/readyz")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_a_service_that_can_store_events_is_alive_and_ready(
    client: httpx.AsyncClient, path: str
) -> None:
    response = await client.get(path)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("health", "answer"),
    [
        (Health.OK, {"status": "ok"}),
        (Health.SPOOLING, {"status": "ok", "sink": "down", "spool": "taking"}),
        (Health.WITHOUT_SPOOL, {"status": "ok", "sink": "ok", "spool": "down"}),
    ],
)
async def test_a_service_that_takes_events_is_ready_and_says_how(
    health: Health, answer: dict[str, str]
) -> None:
    response = await readyz(health)
    assert (response.status_code, response.json()) == (200, answer)


@pytest.mark.parametrize("cause", list(Cause))
async def test_a_service_that_takes_none_is_not_ready_and_says_why(cause: Cause) -> None:
    response = await readyz(cause)
    assert response.status_code == 503
    assert response.json()["cause"] == cause.value
    assert response.headers["Retry-After"] == "5"


async def test_a_service_that_stops_is_not_ready_though_its_sink_is() -> None:
    response = await readyz(Health.OK, draining=True)
    assert (response.status_code, response.json()["cause"]) == (503, "draining")


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
