import httpx
import pytest
from starlette.requests import Request

from questlog_api.responses import Document, json_response

pytestmark = pytest.mark.anyio

DOCUMENT = Document(b'{"a":1}')


def request(if_none_match: str | None = None) -> Request:
    headers = [] if if_none_match is None else [(b"if-none-match", if_none_match.encode())]
    return Request({"type": "http", "headers": headers})


ETAG = DOCUMENT.answer(request()).headers["ETag"]


def test_content_is_answered_as_json() -> None:
    response = json_response({"a": "é"}, status=202)
    assert (response.status_code, response.body) == (202, '{"a":"é"}'.encode())
    assert response.headers["Content-Type"] == "application/json"


def test_an_answer_may_have_headers_of_its_own() -> None:
    response = json_response({}, media_type="application/problem+json", headers={"Retry-After": "5"})
    assert response.raw_headers == [
        (b"content-length", b"2"),
        (b"content-type", b"application/problem+json"),
        (b"retry-after", b"5"),
    ]


async def test_an_answer_is_sent_as_any_other() -> None:
    transport = httpx.ASGITransport(json_response([1], status=202, headers={"X-Name": "value"}))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        response = await client.get("/")
    assert (response.status_code, response.json(), response.headers["X-Name"]) == (202, [1], "value")


def test_a_document_is_sent_with_its_etag() -> None:
    response = DOCUMENT.answer(request())
    assert (response.status_code, response.body) == (200, b'{"a":1}')
    assert ETAG.startswith('"')


@pytest.mark.parametrize("if_none_match", [ETAG, f"W/{ETAG}", f'"other", {ETAG}', "*"])
def test_a_document_the_client_has_is_not_sent_again(if_none_match: str) -> None:
    response = DOCUMENT.answer(request(if_none_match))
    assert (response.status_code, response.body) == (304, b"")
    assert response.headers["ETag"] == ETAG


@pytest.mark.parametrize("if_none_match", ["", '"other"', ETAG.strip('"')])
def test_a_document_the_client_does_not_have_is_sent(if_none_match: str) -> None:
    assert DOCUMENT.answer(request(if_none_match)).status_code == 200


def test_another_document_has_another_etag() -> None:
    assert Document(b'{"a":2}').answer(request()).headers["ETag"] != ETAG
