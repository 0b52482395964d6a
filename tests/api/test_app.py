from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.routing import Route

from questlog_api import Settings, create_app
from questlog_api.sinks import FirehoseSink, MemorySink, Stream
from questlog_api.telemetry.metrics import Metrics
from tests.api.conftest import ORIGIN

pytestmark = pytest.mark.anyio


class WatchedSink(MemorySink):
    """Tells whether it was started and closed."""

    started = closed = False

    async def start(self) -> None:
        self.started = True

    async def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    "path", ["/", "/v2/events", "/v1/events/", "/v1/events/purchase/", "/v1/schemas/purchase"]
)
async def test_an_address_that_is_not_there_is_a_problem(client: httpx.AsyncClient, path: str) -> None:
    response = await client.post(path, json={})
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "urn:questlog:problem:not-found"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/events"),
        ("PUT", "/v1/events/purchase"),
        ("DELETE", "/v1/events/no_such_event"),
        ("POST", "/v1/schemas"),
        ("PATCH", "/v1/schemas/purchase/1.0"),
        ("OPTIONS", "/healthz"),
        ("POST", "/openapi.json"),
        ("POST", "/docs"),
        ("POST", "/docs/assets/swagger-ui.css"),
    ],
)
async def test_a_method_an_address_does_not_take_is_a_problem(
    client: httpx.AsyncClient, method: str, path: str
) -> None:
    response = await client.request(method, path)
    assert response.status_code == 405
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "urn:questlog:problem:method-not-allowed"


async def test_the_answer_says_which_methods_an_address_takes(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/events/purchase")).headers["Allow"] == "POST"
    assert (await client.post("/docs/assets/swagger-ui.css")).headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/openapi.json", "/nothing", "/v1/events"])
async def test_every_answer_has_a_request_id(client: httpx.AsyncClient, path: str) -> None:
    first = (await client.get(path)).headers["Questlog-Request-Id"]
    second = (await client.get(path)).headers["Questlog-Request-Id"]
    assert first != second


async def test_a_bug_in_a_route_is_a_problem_too(app: FastAPI, client: httpx.AsyncClient) -> None:
    async def broken(_: object) -> None:
        raise KeyError("alice@example.com")

    app.routes.append(Route("/broken", broken))
    response = await client.get("/broken")
    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Questlog-Request-Id"] == response.json()["request_id"]
    assert "alice" not in response.text


async def test_what_the_framework_refuses_is_a_problem_too(app: FastAPI, client: httpx.AsyncClient) -> None:
    async def refused(_: object) -> None:
        raise HTTPException(403, "Not for you.")

    app.routes.append(Route("/refused", refused))
    response = await client.get("/refused")
    assert response.status_code == 403
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.json()["type"], response.json()["title"]) == ("about:blank", "Forbidden")


PREFLIGHT = {
    "Origin": ORIGIN,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type, content-encoding, questlog-sent-at",
}
FOR_BROWSERS = pytest.mark.parametrize("settings", [{"cors_origins": (ORIGIN,)}], indirect=True)


def names_origins(response: httpx.Response) -> bool:
    return any(name.startswith("access-control-") for name in response.headers)


async def test_browsers_are_told_nothing_by_default(
    client: httpx.AsyncClient, purchase: dict[str, Any]
) -> None:
    asked = await client.options("/v1/events", headers=PREFLIGHT)
    sent = await client.post("/v1/events/purchase", json=purchase, headers={"Origin": ORIGIN})
    assert (asked.status_code, sent.status_code) == (405, 202)
    assert not names_origins(asked)
    assert not names_origins(sent)


@FOR_BROWSERS
@pytest.mark.parametrize("path", ["/v1/events", "/v1/events/purchase", "/v1/events/no_such_event"])
async def test_a_browser_game_of_an_origin_that_is_set_may_ask_to_send(
    client: httpx.AsyncClient, path: str
) -> None:
    del client.headers["Authorization"]
    response = await client.options(path, headers=PREFLIGHT)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    allowed = {name.strip().lower() for name in response.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"authorization", "content-type", "content-encoding", "questlog-sent-at"} <= allowed
    assert "Access-Control-Allow-Credentials" not in response.headers


@FOR_BROWSERS
async def test_a_browser_game_may_read_its_answers_whatever_they_are(
    client: httpx.AsyncClient, purchase: dict[str, Any]
) -> None:
    for body, status in ((purchase, 202), ({}, 422)):
        response = await client.post("/v1/events/purchase", json=body, headers={"Origin": ORIGIN})
        assert response.status_code == status
        assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "Questlog-Request-Id" in response.headers["Access-Control-Expose-Headers"]
        assert "Origin" in response.headers["Vary"]


@FOR_BROWSERS
async def test_another_origin_is_not_allowed(client: httpx.AsyncClient, purchase: dict[str, Any]) -> None:
    stranger = {"Origin": "https://evil.example.com"}
    asked = await client.options("/v1/events", headers=PREFLIGHT | stranger)
    sent = await client.post("/v1/events/purchase", json=purchase, headers=stranger)
    assert asked.status_code == 400
    assert "Access-Control-Allow-Origin" not in asked.headers
    assert "Access-Control-Allow-Origin" not in sent.headers


async def test_the_sink_is_started_with_the_service_and_closed_when_it_ends(settings: Settings) -> None:
    sink = WatchedSink()
    app = create_app(settings, sink=sink)
    async with app.router.lifespan_context(app):
        assert (sink.started, sink.closed) == (True, False)
    assert sink.closed


async def test_the_settings_choose_the_sink(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    opened = []

    def from_settings(given: Settings, _: Metrics) -> MemorySink:
        opened.append(given)
        return MemorySink()

    monkeypatch.setattr(FirehoseSink, "from_settings", from_settings)
    create_app(settings.model_copy(update={"sink": "memory"}))
    assert opened == []
    assert "gone when this process ends" in caplog.text
    create_app(settings)
    assert opened == [settings]


def test_streams_have_the_names_of_their_prefixes() -> None:
    assert [str(stream) for stream in Stream] == ["events", "rejects"]
