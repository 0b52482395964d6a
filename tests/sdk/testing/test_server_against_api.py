"""The fake server answers what the real API answers: the same requests to both."""

import gzip
import http.client
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from questlog.testing import FakeServer
from tests.api.conftest import ORION_KEY
from tests.api.serving import HEADERS, running
from tests.sdk.samples import purchase

SENT_AT = "2026-11-02T19:04:06+01:00"
JSON = {"Content-Type": "application/json", **HEADERS}
GZIP = {"Content-Encoding": "gzip", **JSON}


def _batch(*events: object, **more: object) -> bytes:
    return json.dumps({"sent_at": SENT_AT, "events": events, **more}).encode()


def _event(**changes: Any) -> dict[str, Any]:
    return {**purchase().to_json(), **changes}


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in _event().items() if key != name}


REQUESTS: dict[str, tuple[str, str, Mapping[str, str], bytes]] = {
    "accepted": ("POST", "/v1/events", JSON, _batch(_event(), _event())),
    "gzip": ("POST", "/v1/events", GZIP, gzip.compress(_batch(_event()))),
    "mixed": ("POST", "/v1/events", JSON, _batch(_event(), _event(quantity=0))),
    "all invalid": ("POST", "/v1/events", JSON, _batch(_event(event_id="alice@example.com"))),
    "no object": ("POST", "/v1/events", JSON, _batch("purchase")),
    "no name": ("POST", "/v1/events", JSON, _batch(_without("event"))),
    "a name that is no text": ("POST", "/v1/events", JSON, _batch(_event(event=1))),
    "unknown event": ("POST", "/v1/events", JSON, _batch(_event(event="alice"))),
    "unknown version": ("POST", "/v1/events", JSON, _batch(_event(schema_version="9.9"))),
    "no version": ("POST", "/v1/events", JSON, _batch(_without("schema_version"))),
    "unknown member": ("POST", "/v1/events", JSON, _batch(_event(alice=1))),
    "too large an event": ("POST", "/v1/events", JSON, _batch(_event(alice="x" * 70_000))),
    "empty batch": ("POST", "/v1/events", JSON, _batch()),
    "member of no batch": ("POST", "/v1/events", JSON, _batch(_event(), alice=1)),
    "no sent_at": ("POST", "/v1/events", JSON, json.dumps({"events": [_event()]}).encode()),
    "sent_at without offset": ("POST", "/v1/events", JSON, _batch(_event(), sent_at="2026-11-02T19:04:06")),
    "no batch": ("POST", "/v1/events", JSON, b"[]"),
    "too many events": ("POST", "/v1/events", JSON, _batch(*range(501))),
    "too large": ("POST", "/v1/events", GZIP, gzip.compress(b" " * (6 * 1024 * 1024))),
    "no JSON": ("POST", "/v1/events", JSON, b"{"),
    "nothing": ("POST", "/v1/events", JSON, b""),
    "no gzip": ("POST", "/v1/events", GZIP, _batch(_event())),
    "half a gzip": ("POST", "/v1/events", GZIP, gzip.compress(_batch(_event()))[:-9]),
    "two gzips": ("POST", "/v1/events", GZIP, gzip.compress(_batch(_event())) * 2),
    "other encoding": ("POST", "/v1/events", {**JSON, "Content-Encoding": "br"}, b"x"),
    "other type": ("POST", "/v1/events", {**HEADERS, "Content-Type": "text/plain"}, _batch(_event())),
    "no key": ("POST", "/v1/events", {"Content-Type": "application/json"}, _batch(_event())),
    "wrong key": ("POST", "/v1/events", {**JSON, "Authorization": "Bearer alice"}, _batch(_event())),
    "GET of events": ("GET", "/v1/events", {}, b""),
    "POST of health": ("POST", "/healthz", {}, b""),
    "health": ("GET", "/healthz", {}, b""),
    "nowhere": ("GET", "/alice", {}, b""),
    "HEAD of health": ("HEAD", "/healthz", {}, b""),
}


@pytest.fixture(scope="module")
def urls() -> Iterator[tuple[str, str]]:
    with running() as (_, api), FakeServer(ORION_KEY) as server:
        yield api, server.url


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_both_answer_the_same(
    request_: tuple[str, str, Mapping[str, str], bytes], urls: tuple[str, str]
) -> None:
    real, fake = (_answer(url, *request_) for url in urls)
    assert fake == real


def test_both_list_the_same_versions(urls: tuple[str, str]) -> None:
    real, fake = (_content(url, "GET", "/v1/schemas", {}, b"")[2] for url in urls)
    keys = [{(each["event"], each["version"]) for each in listed["contracts"]} for listed in (real, fake)]
    assert keys[0] == keys[1]


def _answer(url: str, *request: Any) -> tuple[Any, ...]:
    """Return what a client decides by; sentences, and violations after the first, may differ."""
    status, headers, content = _content(url, *request)
    names = ("type", "accepted", "rejected", "status")
    events = [{**each, "errors": _first(each["errors"])} for each in content.get("events", ())]
    return status, headers, {name: content.get(name) for name in names}, events


def _first(errors: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(error["pointer"], error["keyword"]) for error in errors[:1]]


def _content(
    url: str, method: str, path: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, tuple[str, ...], Any]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        told = (response.headers["Content-Type"], *sorted(response.headers.get("Allow", "").split(", ")))
        return response.status, told, json.loads(response.read() or b"{}")
    finally:
        connection.close()
