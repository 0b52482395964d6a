"""Answers as they arrive at a client of the real server."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest

from questlog_api.server.whole_answer import SECURITY_HEADERS, offer, send_whole, take_whole
from tests.api.conftest import ORION_KEY
from tests.api.serving import running

HEAD = f"POST /v1/events/purchase HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {ORION_KEY}\r\n".encode()
HEAD += b"Content-Type: application/json\r\n"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running({"BODY_SECONDS": "0.2"}) as (_, url):
        yield url


class Client:
    """A connection, and what came of it."""

    def __init__(self, url: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=10)
        self._rest = b""

    def send(self, content: bytes) -> None:
        self.socket.sendall(content)

    def answer(self, *, with_body: bool = True) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body of the next answer."""
        while b"\r\n\r\n" not in self._rest:
            self._read()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
        size = int(dict(headers).get("content-length", 0)) if with_body else 0
        while len(self._rest) < size:
            self._read()
        body, self._rest = self._rest[:size], self._rest[size:]
        return int(first.split()[1]), headers, body

    def _read(self) -> None:
        received = self.socket.recv(65536)
        assert received, "the server closed the connection"
        self._rest += received

    def is_closed(self) -> bool:
        return not self._rest and not self.socket.recv(1)


@pytest.fixture
def client(server: str) -> Iterator[Client]:
    client = Client(server)
    with closing(client.socket):
        yield client


def post(body: bytes, *headers: bytes) -> bytes:
    lines = [b"Content-Length: %d" % len(body), *headers]
    return HEAD + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


def get(path: str, method: str = "GET", *headers: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: a", *headers, "", ""]).encode()


def event(purchase: dict[str, Any]) -> bytes:
    return json.dumps(purchase).encode()


def test_head_and_body_of_an_answer_leave_together(client: Client, purchase: dict[str, Any]) -> None:
    for _ in range(50):
        client.send(post(event(purchase)))
        received = client.socket.recv(65536)
        head, _, body = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 202 Accepted\r\n")
        assert json.loads(body)["status"] == "accepted"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (post(b"{}"), 422),
        (post(b"{"), 400),
        (post(b"{}", b"Expect: 100-continue", b"Content-Encoding: br"), 415),
        (post(b"{}").replace(ORION_KEY.encode(), b"ql_wrong"), 401),
        (post(b"{}").replace(b"purchase", b"no_such_event"), 404),
        (get("/healthz"), 200),
        (get("/docs"), 200),
        (get("/nothing"), 404),
        (get("/v1/events"), 405),
    ],
)
def test_every_answer_has_the_security_headers_and_an_id_once(
    client: Client, request_: bytes, status: int
) -> None:
    client.send(request_)
    answered, headers, body = client.answer()
    assert answered == status
    assert [headers.count((name.decode(), value.decode())) for name, value in SECURITY_HEADERS] == [1, 1, 1]
    names = [name for name, _ in headers]
    assert len(names) == len(set(names))
    assert {"questlog-request-id", "date", "content-type", "content-length"} < set(names)
    assert body


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/v1/schemas"])
def test_a_head_request_is_answered_at_once_and_without_a_body(client: Client, path: str) -> None:
    client.send(get(path, "HEAD"))
    status, headers, _ = client.answer(with_body=False)
    assert status == 200
    assert int(dict(headers)["content-length"]) > 0
    client.send(get("/healthz"))
    assert client.answer()[2] == b'{"status":"ok"}'


def test_a_document_that_did_not_change_is_answered_at_once_and_without_a_body(client: Client) -> None:
    client.send(get("/v1/schemas"))
    etag = dict(client.answer()[1])["etag"]
    client.send(get("/v1/schemas", "GET", f"If-None-Match: {etag}"))
    status, headers, _ = client.answer(with_body=False)
    assert status == 304
    assert ("x-frame-options", "DENY") in headers
    client.send(get("/healthz"))
    assert client.answer()[2] == b'{"status":"ok"}'


def test_a_client_that_waits_to_be_told_to_go_on_is_told_so(client: Client, purchase: dict[str, Any]) -> None:
    body = event(purchase)
    head, _, _ = post(body, b"Expect: 100-continue").partition(b"\r\n\r\n")
    client.send(head + b"\r\n\r\n")
    assert client.socket.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.send(body)
    assert client.answer()[0] == 202


def test_requests_in_a_row_are_answered_on_one_connection(client: Client, purchase: dict[str, Any]) -> None:
    client.send(post(event(purchase)) + post(b"{}") + get("/healthz") + post(event(purchase)))
    assert [client.answer()[0] for _ in range(4)] == [202, 422, 200, 202]


@pytest.mark.parametrize(
    "last", [post(b"{}", b"Connection: close"), get("/healthz", "GET", "Connection: close")]
)
def test_the_connection_ends_when_the_client_asks_for_that(client: Client, last: bytes) -> None:
    client.send(last)
    _, headers, _ = client.answer()
    assert [value for name, value in headers if name == "connection"] == ["close"]
    assert client.is_closed()


def test_the_connection_ends_when_a_body_is_late(client: Client) -> None:
    client.send(post(b"{}")[:-1])
    status, headers, body = client.answer()
    assert status == 408
    assert json.loads(body)["type"] == "urn:questlog:problem:timeout"
    assert [value for name, value in headers if name == "connection"] == ["close"]
    assert client.is_closed()


def test_an_answer_to_a_client_of_http_1_0_ends_the_connection(client: Client) -> None:
    client.send(post(b"{}").replace(b"HTTP/1.1", b"HTTP/1.0", 1))
    assert client.answer()[0] == 422
    assert client.is_closed()


def test_answers_nobody_reads_are_sent_when_somebody_does(client: Client) -> None:
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
    content = b'{"sent_at":"2026-11-02T18:04:05Z","events":[' + b",".join([b"1"] * 500) + b"]}"
    client.send(post(content).replace(b"/purchase", b"", 1) * 8)
    answers = [client.answer() for _ in range(8)]
    assert {status for status, _, _ in answers} == {422}
    assert len({dict(headers)["questlog-request-id"] for _, headers, _ in answers}) == 8
    assert [len(json.loads(body)["events"]) for _, _, body in answers] == [500] * 8


@pytest.mark.parametrize(("write_paused", "disconnected"), [(True, False), (False, True)])
def test_what_a_client_does_not_take_is_left_to_uvicorn(*, write_paused: bool, disconnected: bool) -> None:
    # It waits until the client reads on, so that a connection holds one answer and no more.
    cycle: Any = SimpleNamespace(flow=SimpleNamespace(write_paused=write_paused), disconnected=disconnected)
    scope: Any = {"type": "http"}
    offer(scope, cycle)
    assert not send_whole(scope, 200, [], b"")


def test_without_the_server_of_the_service_nothing_is_sent() -> None:
    assert not send_whole({"type": "http"}, 200, [], b"")
    assert not send_whole({"type": "http", "extensions": {}}, 200, [], b"")


@pytest.mark.parametrize(("more_body", "disconnected"), [(True, False), (False, True)])
def test_a_body_that_is_not_all_here_is_left_to_be_received(*, more_body: bool, disconnected: bool) -> None:
    cycle: Any = SimpleNamespace(more_body=more_body, disconnected=disconnected, body=bytearray(b"{"))
    scope: Any = {"type": "http"}
    offer(scope, cycle)
    assert take_whole(scope) is None
    assert cycle.body == b"{"


def test_a_body_that_is_all_here_is_taken_once_and_the_next_request_is_read() -> None:
    resumed: list[bool] = []
    flow = SimpleNamespace(resume_reading=lambda: resumed.append(True))
    cycle: Any = SimpleNamespace(more_body=False, disconnected=False, body=bytearray(b"{}"), flow=flow)
    scope: Any = {"type": "http"}
    assert take_whole(scope) is None
    offer(scope, cycle)
    assert bytes(take_whole(scope) or b"") == b"{}"
    assert cycle.body == b""
    assert resumed == [True]


@pytest.mark.parametrize("size", [10, 50_000, 70_000, 1_000_000])
def test_a_body_of_any_size_is_read_to_its_end(client: Client, size: int) -> None:
    content = b'{"sent_at":"2026-11-02T18:04:05Z","events":[1]}'
    client.send(post(content.ljust(size)).replace(b"/purchase", b"", 1) * 2)
    assert [client.answer()[0] for _ in range(2)] == [422, 422]


def test_security_headers_are_lower_case_and_without_doubles() -> None:
    names = [name for name, _ in SECURITY_HEADERS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(rb"[a-z-]+", name) for name in names)
