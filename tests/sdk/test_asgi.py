from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.sdk.asgi import AsgiTransport


async def _echo(request: Request) -> Response:
    return Response(await request.body(), status_code=202, headers={"X-Path": request.url.path})


async def _break(_: Request) -> Response:
    raise ZeroDivisionError


def _app(seen: list[str], startup_error: Exception | None = None) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if startup_error:
            raise startup_error
        seen.append("started")
        yield
        seen.append("stopped")

    routes = [Route("/echo", _echo, methods=["POST"]), Route("/break", _break, methods=["POST"])]
    return Starlette(lifespan=lifespan, routes=routes)


def test_a_synchronous_client_reaches_the_app() -> None:
    with httpx.Client(transport=AsgiTransport(_app([])), base_url="http://app") as client:
        answer = client.post("/echo", content=b"body")
    assert (answer.status_code, answer.content, answer.headers["X-Path"]) == (202, b"body", "/echo")


def test_the_lifespan_runs_from_construction_to_close_once() -> None:
    seen: list[str] = []
    transport = AsgiTransport(_app(seen))
    assert seen == ["started"]
    transport.close()
    transport.close()
    assert seen == ["started", "stopped"]


def test_an_error_in_a_request_is_a_500() -> None:
    with httpx.Client(transport=AsgiTransport(_app([])), base_url="http://app") as client:
        assert client.post("/break").status_code == 500


def test_an_error_at_startup_is_raised() -> None:
    with pytest.raises(ConnectionError, match="no sink"):
        AsgiTransport(_app([], ConnectionError("no sink")))
