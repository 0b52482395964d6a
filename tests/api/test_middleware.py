import logging

import httpx
import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from questlog_api.middleware import RequestMiddleware

pytestmark = pytest.mark.anyio

SECRET = "alice@example.com"


async def fail(_: Scope, __: Receive, ___: Send) -> None:
    raise ValueError(SECRET)


async def fail_late(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise ValueError(SECRET)


async def leave(_: Scope, __: Receive, ___: Send) -> None:
    raise ClientDisconnect


async def get(app: RequestMiddleware) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get("/")


async def test_a_bug_is_answered_as_a_problem_with_the_id_of_the_request() -> None:
    response = await get(RequestMiddleware(fail))
    assert response.status_code == 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Questlog-Request-Id"] == response.json()["request_id"]


async def test_a_bug_is_logged_with_its_place_and_without_its_values(
    caplog: pytest.LogCaptureFixture,
) -> None:
    response = await get(RequestMiddleware(fail))
    assert "ValueError" in caplog.text
    assert "in fail" in caplog.text
    assert SECRET not in caplog.text + response.text


async def test_a_bug_after_the_answer_began_is_left_to_the_server() -> None:
    with pytest.raises(ValueError, match=SECRET):
        await get(RequestMiddleware(fail_late))


async def test_a_client_that_leaves_is_no_bug(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(_: object) -> None:
        pytest.fail("nobody hears the answer")

    await RequestMiddleware(leave)({"type": "http"}, receive, send)
    assert [record.levelname for record in caplog.records] == ["INFO"]
