import asyncio
import logging
from collections.abc import Mapping

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from questlog_api.body import Incoming
from questlog_api.middleware import RequestMiddleware
from questlog_api.problems import Kind, ProblemError
from questlog_api.responses import json_response
from questlog_api.routes.events import Answer
from questlog_api.server.whole_answer import SECURITY_HEADERS
from questlog_api.telemetry import request_id
from questlog_api.telemetry.metrics import Metrics
from tests.api.conftest import SECRET

pytestmark = pytest.mark.anyio


async def fail(_: Scope, __: Receive, ___: Send) -> None:
    raise ValueError(SECRET)


async def fail_late(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise ValueError(SECRET)


async def leave(_: Scope, __: Receive, ___: Send) -> None:
    raise ClientDisconnect


async def fail_fast(_: Incoming) -> Response:
    raise ValueError(SECRET)


async def leave_fast(_: Incoming) -> Response:
    raise ClientDisconnect


async def refuse_fast(_: Incoming) -> Response:
    raise ProblemError(Kind.RATE_LIMITED, "Later.", headers={"Retry-After": "7"})


async def answer_fast(request: Incoming) -> Response:
    body = (await request.receive())["body"]
    return json_response([request.headers[b"x-name"].decode(), body.decode()], status=202)


async def found(_: Request) -> Response:
    return json_response("found")


async def tell_id(_: Incoming) -> Response:
    return json_response(request_id.current())


def around(
    app: ASGIApp, fast: Mapping[str, Answer] | None = None, metrics: Metrics | None = None
) -> RequestMiddleware:
    return RequestMiddleware(app, fast or {}, {found: "/items/{name}"}, metrics or Metrics())


FAILING = {
    "framework": around(fail),
    "fast": around(leave, {"/": fail_fast}),
}


async def post(app: ASGIApp, path: str = "/", *, method: str = "POST") -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.request(method, path, content=b"body", headers={"X-Name": "value"})


def counted(metrics: Metrics) -> list[str]:
    """The lines of all answers that were counted."""
    text = metrics.exposition().decode()
    return [line for line in text.splitlines() if line.startswith("questlog_requests_total")]


@pytest.mark.parametrize("app", FAILING.values(), ids=FAILING)
async def test_a_bug_is_answered_as_a_problem_with_the_id_of_the_request(app: ASGIApp) -> None:
    response = await post(app)
    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Questlog-Request-Id"] == response.json()["request_id"]


@pytest.mark.parametrize(
    ("app", "place"), [(FAILING["framework"], "in fail\n"), (FAILING["fast"], "in fail_fast\n")]
)
async def test_a_bug_is_logged_with_its_place_and_without_its_values(
    caplog: pytest.LogCaptureFixture, app: ASGIApp, place: str
) -> None:
    response = await post(app)
    assert "ValueError" in caplog.text
    assert place in caplog.text
    assert SECRET not in caplog.text + response.text


async def test_a_bug_after_the_answer_began_is_logged_and_adds_no_second_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await around(fail_late)({"type": "http", "path": "/", "method": "GET"}, nothing, send)
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("app", [around(leave), around(fail, {"/": leave_fast})], ids=["framework", "fast"])
async def test_a_client_that_leaves_is_no_bug_and_no_answer(
    caplog: pytest.LogCaptureFixture, app: ASGIApp
) -> None:
    caplog.set_level(logging.INFO)

    async def send(_: object) -> None:
        pytest.fail("nobody hears the answer")

    await app({"type": "http", "path": "/", "method": "POST", "headers": []}, nothing, send)
    assert [record.levelname for record in caplog.records] == ["INFO"]


async def test_a_request_that_a_stopping_server_cancels_is_told_to_come_again() -> None:
    app = around(fail, {"/": wait_fast})
    waiting = asyncio.create_task(post(app))
    await asyncio.sleep(0)
    waiting.cancel()
    response = await waiting
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert request_id.current() == "-"


async def test_a_post_to_a_fast_path_goes_around_the_app() -> None:
    response = await post(around(fail, {"/fast": answer_fast}), "/fast?x=1")
    assert (response.status_code, response.json()) == (202, ["value", "body"])
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(("method", "path"), [("GET", "/fast"), ("POST", "/fast/"), ("POST", "/other")])
async def test_anything_else_goes_through_the_app(method: str, path: str) -> None:
    app = around(json_response("the app"), {"/fast": fail_fast})
    assert (await post(app, path, method=method)).json() == "the app"


@pytest.mark.parametrize("fast", [{}, {"/": tell_id}], ids=["framework", "fast"])
async def test_every_answer_has_the_security_headers_once(fast: Mapping[str, Answer]) -> None:
    response = await post(around(json_response("the app"), fast))
    for name, value in SECURITY_HEADERS:
        assert response.headers.get_list(name.decode()) == [value.decode()]


async def test_a_problem_on_a_fast_path_is_its_answer() -> None:
    response = await post(around(fail, {"/": refuse_fast}))
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert response.json()["type"] == "urn:questlog:problem:rate-limited"


@pytest.mark.parametrize("fast", [{}, {"/": tell_id}], ids=["framework", "fast"])
async def test_each_request_has_an_id_of_its_own_while_it_is_answered(fast: Mapping[str, Answer]) -> None:
    async def through_app(scope: Scope, receive: Receive, send: Send) -> None:
        await (await tell_id(Incoming({}, receive, {})))(scope, receive, send)

    app = around(through_app, fast)
    first, second = await asyncio.gather(post(app), post(app))
    assert first.json() != second.json()
    for response in (first, second):
        assert response.headers.get_list("Questlog-Request-Id") == [response.json()]
    assert request_id.current() == "-"


async def test_answers_are_counted_under_the_path_that_is_registered_for_them() -> None:
    metrics = Metrics()
    app = around(Starlette(routes=[Route("/items/{name}", found)]), {"/fast": answer_fast}, metrics)
    for path in (f"/items/{SECRET}", "/items/2", "/fast", f"/{SECRET}", f"/fast/{SECRET}"):
        await post(app, path, method="POST" if path == "/fast" else "GET")
    assert counted(metrics) == [
        'questlog_requests_total{route="/items/{name}",status="200"} 2.0',
        'questlog_requests_total{route="/fast",status="202"} 1.0',
        'questlog_requests_total{route="other",status="404"} 2.0',
    ]


async def test_bugs_and_problems_are_counted_as_what_is_answered() -> None:
    metrics = Metrics()
    app = around(fail, {"/bug": fail_fast, "/late": refuse_fast}, metrics)
    for path in ("/bug", "/late", "/app"):
        await post(app, path)
    assert counted(metrics) == [
        'questlog_requests_total{route="/bug",status="500"} 1.0',
        'questlog_requests_total{route="/late",status="429"} 1.0',
        'questlog_requests_total{route="other",status="500"} 1.0',
    ]


@pytest.mark.parametrize("app", [leave, None], ids=["framework", "fast"])
async def test_an_answer_that_nobody_took_is_not_counted(app: ASGIApp | None) -> None:
    metrics = Metrics()
    fast = {} if app else {"/": leave_fast}
    scope = {"type": "http", "path": "/", "method": "POST", "headers": []}
    await around(app or fail, fast, metrics)(scope, nothing, nowhere)
    assert counted(metrics) == []


async def test_what_is_no_request_is_left_to_the_app() -> None:
    seen = []

    async def app(scope: Scope, _: Receive, __: Send) -> None:
        seen.append((scope["type"], request_id.current()))

    await around(app)({"type": "lifespan"}, nothing, nowhere)
    assert seen == [("lifespan", "-")]


async def wait_fast(_: Incoming) -> Response:
    return await asyncio.Future()


async def nothing() -> Message:
    return {"type": "http.disconnect"}


async def nowhere(_: Message) -> None:
    pass
