"""Over real sockets: what a client may do to a connection, and what it may not."""

import asyncio
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from time import monotonic
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from questlog_api import Settings
from questlog_api.server import connections
from questlog_api.server.connections import PIPELINED, Connection
from questlog_api.server.server import Server
from tests.api.serving import HASH

MOST = 2000
GET = b"GET /now HTTP/1.1\r\nHost: a\r\n\r\n"
GET_AND_CLOSE = b"GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
HEAD = b"POST /body HTTP/1.1\r\nHost: a\r\n"
LARGE = 8_000_000


class Echo:
    """Answers `/body` with the body and the headers it got, `/large` with much, other paths at once."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.held = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        content = b"now"
        if scope["path"] == "/body":
            content = await self._body(receive)
            self.bodies.append(content)
            content += repr(scope["headers"]).encode()
        elif scope["path"] == "/held":
            await asyncio.to_thread(self.held.wait, 10)
        elif scope["path"] == "/large":
            content = b"x" * LARGE
        headers = [(b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _body(self, receive: Receive) -> bytes:
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return body + b" and no more"
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return body


class Running:
    """A server in a thread of its own."""

    def __init__(self, **settings: Any) -> None:
        self.app = Echo()
        self.refused: list[str] = []
        chosen = {"max_header_bytes": MOST, "header_seconds": 0.2, **settings}
        made = Settings(write_keys={"orion": (HASH,)}, **chosen)
        protocol: Any = partial(Connection, settings=made, refused=self.refused.append)
        config = uvicorn.Config(
            self.app, port=0, http=protocol, ws="none", lifespan="off", log_config=None, proxy_headers=False
        )
        self.server = Server(config, lambda: None)
        self._thread = threading.Thread(target=self.server.run)

    def start(self) -> None:
        self._thread.start()
        while not self.server.started:
            assert self._thread.is_alive()

    def stop(self) -> None:
        self.app.held.set()
        self.server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()

    @property
    def open(self) -> int:
        return len(self.server.server_state.connections)

    def connect(self) -> socket.socket:
        address = self.server.servers[0].sockets[0].getsockname()
        return socket.create_connection(address, timeout=10)

    def exchange(self, *parts: bytes) -> bytes:
        """Send `parts` and return all that comes until the server closes the connection."""
        with closing(self.connect()) as connection:
            for part in parts:
                connection.sendall(part)
            return rest(connection)


@contextmanager
def running(**settings: Any) -> Iterator[Running]:
    server = Running(**settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as server:
        yield server


def rest(connection: socket.socket) -> bytes:
    """Everything until the server closes; a reset is an end as well."""
    received = b""
    try:
        while chunk := connection.recv(65536):
            received += chunk
    except ConnectionResetError:
        pass
    return received


def answer(connection: socket.socket) -> bytes:
    """One answer with a Content-Length."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(4096)
    head, _, body = received.partition(b"\r\n\r\n")
    [length] = [line for line in head.lower().splitlines() if line.startswith(b"content-length")]
    while len(body) < int(length.partition(b":")[2]):
        body += connection.recv(4096)
    return head + b"\r\n\r\n" + body


def statuses(received: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


def header(size: int) -> bytes:
    """A header of so many bytes."""
    return b"X: " + b"x" * (size - 5) + b"\r\n"


# Size of the head


def test_headers_within_the_limit_are_taken(server: Running) -> None:
    request = HEAD + header(MOST - len(HEAD) - 30) + b"Connection: close\r\n\r\n"
    assert statuses(server.exchange(request)) == [200]


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([HEAD, header(MOST), b"\r\n"], id="one header"),
        pytest.param([HEAD + header(MOST) + b"\r\n"], id="all at once"),
        pytest.param([HEAD + b"".join([header(50)] * 50) + b"\r\n"], id="many headers"),
        pytest.param([b"GET /" + b"x" * MOST + b" HTTP/1.1\r\nHost: a\r\n\r\n"], id="the address"),
        pytest.param([HEAD + header(MOST)[:-2], b"y", b"\r\n\r\n"], id="complete after a first large part"),
    ],
)
def test_headers_over_the_limit_are_refused(server: Running, parts: list[bytes]) -> None:
    received = server.exchange(*parts)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 ")
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head
    assert b"x-content-type-options: nosniff" in head
    assert json.loads(body)["status"] == 431


@pytest.mark.parametrize(
    ("start", "endless"),
    [
        pytest.param(HEAD, header(50), id="headers"),
        pytest.param(HEAD + b"X: ", b"x" * 50, id="a header"),
        pytest.param(HEAD, b"x" * 50, id="a header's name"),
        pytest.param(b"GET /", b"x" * 50, id="an address"),
        pytest.param(b"", b"\r\n" * 25, id="empty lines"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x" * 50, id="a chunk's extension"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"x" * 50, id="a trailer's name"),
    ],
)
def test_what_never_ends_is_cut_off_at_the_limit(server: Running, start: bytes, endless: bytes) -> None:
    with closing(server.connect()) as connection:
        connection.sendall(start)
        sent = 0
        try:
            while sent < 100 * MOST:
                connection.sendall(endless)
                sent += len(endless)
        except OSError:  # the server has closed the connection
            pass
    assert sent < 100 * MOST


def test_a_large_body_in_small_chunks_is_no_large_head(server: Running) -> None:
    chunk = b"2\r\nab\r\n"
    chunks = [HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n", chunk * 3000, b"0\r\n\r\n"]
    received = server.exchange(*chunks)
    assert statuses(received) == [200]
    assert b"ab" * 3000 in received


def test_the_size_of_a_body_is_not_counted_for_the_next_request(server: Running) -> None:
    with closing(server.connect()) as connection:
        body = b"x" * 3 * MOST
        connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body + GET[:10])
        assert statuses(answer(connection)) == [200]
        connection.sendall(GET[10:20])
        connection.sendall(GET[20:])
        assert statuses(answer(connection)) == [200]


# Request smuggling: https://portswigger.net/research/http-desync-attacks-request-smuggling-reborn

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(
            HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, id="CL.TE"
        ),
        pytest.param(
            HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED, id="TE.CL"
        ),
        pytest.param(HEAD + b"Content-Length: 5\r\nContent-Length: 0\r\n\r\n", id="two lengths"),
        pytest.param(HEAD + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde", id="one length twice"),
        pytest.param(HEAD + b"Content-Length: 5, 5\r\n\r\nabcde", id="a list of lengths"),
        pytest.param(HEAD + b"Content-Length: +5\r\n\r\nabcde", id="a signed length"),
        pytest.param(HEAD + b"Content-Length: 99999999999999999999\r\n\r\n", id="length overflow"),
        pytest.param(HEAD + b"Content-Length : 5\r\n\r\nabcde", id="space before the colon"),
        pytest.param(HEAD + b" Content-Length: 5\r\n\r\nabcde", id="folded header"),
        pytest.param(HEAD + b"X: a\nContent-Length: 5\r\n\r\nabcde", id="bare LF in headers"),
        pytest.param(HEAD + b"X: a\rContent-Length: 5\r\n\r\nabcde", id="bare CR in headers"),
        pytest.param(HEAD + b"X: a\x00b\r\n\r\n", id="NUL in a header"),
        pytest.param(b"POST /body HTTP/1.1\nHost: a\n\n", id="bare LF everywhere"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n", id="chunked not last"),
        pytest.param(HEAD + b"Transfer-Encoding: xchunked\r\n\r\n", id="unknown coding"),
        pytest.param(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n11111111111111111\r\na", id="chunk size overflow"
        ),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\na", id="negative chunk size"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", id="chunk longer than said"),
        pytest.param(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n", id="bare LF after a size"
        ),
        pytest.param(b"POST /body HTTP/9.9\r\nHost: a\r\n\r\n", id="unknown version"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", id="TLS"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="HTTP/2"),
    ],
)
def test_what_two_servers_might_read_differently_is_refused(server: Running, request_: bytes) -> None:
    server.app.bodies.clear()
    assert statuses(server.exchange(request_)) == [400]
    assert [body for body in server.app.bodies if not body.endswith(b" and no more")] == []


def test_trailers_are_refused_and_become_no_headers(server: Running) -> None:
    body = b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nAuthorization: Bearer stolen\r\n\r\n"
    received = server.exchange(HEAD + body)
    assert 200 not in statuses(received)
    assert b"stolen" not in received


def test_the_refusal_of_a_later_request_comes_after_the_answer_to_an_earlier_one(server: Running) -> None:
    server.app.held.clear()
    with closing(server.connect()) as connection:
        connection.sendall(b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n" + b"nonsense\r\n\r\n")
        server.app.held.set()
        received = rest(connection)
    assert statuses(received) == [200]
    assert b"connection: close" in received


# Pipelining and upgrades


def test_requests_one_behind_the_other_are_answered_in_turn(server: Running) -> None:
    assert statuses(server.exchange(GET * PIPELINED + GET_AND_CLOSE)) == [200] * (PIPELINED + 1)


def test_requests_without_end_are_not_kept(server: Running) -> None:
    assert statuses(server.exchange(GET * 1000)) == [200] * (PIPELINED + 1)


UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"


def test_an_offer_to_upgrade_is_ignored_and_the_connection_goes_on(server: Running) -> None:
    offer = b"GET /now HTTP/1.1\r\nHost: a\r\n" + UPGRADE + b"\r\n"
    assert statuses(server.exchange(offer + GET_AND_CLOSE)) == [200, 200]


@pytest.mark.parametrize("body", [b"Content-Length: 36\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n24\r\n"])
def test_an_offer_to_upgrade_does_not_turn_a_body_into_a_request(server: Running, body: bytes) -> None:
    received = server.exchange(HEAD + UPGRADE + body, SMUGGLED)
    assert statuses(received) == [400]
    assert b"without Upgrade" in received


# Time


@pytest.mark.parametrize(
    "part",
    [
        pytest.param(b"G", id="a first byte"),
        pytest.param(HEAD, id="headers that do not end"),
    ],
)
def test_headers_that_do_not_arrive_in_time_are_refused(server: Running, part: bytes) -> None:
    assert statuses(server.exchange(part)) == [408]
    assert server.refused[-1] == "headers-late"


@pytest.mark.parametrize("byte", [b"a", b"\r\n"], ids=["headers", "empty lines"])
def test_a_byte_now_and_then_wins_no_time(server: Running, byte: bytes) -> None:
    begin = monotonic()
    with closing(server.connect()) as connection:
        connection.sendall(HEAD if byte == b"a" else byte)
        connection.settimeout(0.05)
        while True:
            try:
                if not connection.recv(4096):
                    break
            except TimeoutError:
                connection.sendall(byte)
            except ConnectionResetError:
                break
    assert monotonic() - begin < 5


def test_a_connection_on_which_nothing_arrives_is_closed_without_a_word(server: Running) -> None:
    assert server.exchange() == b""


def test_an_idle_connection_may_wait_longer_than_headers_may(server: Running) -> None:
    with closing(server.connect()) as idle:
        idle.sendall(GET)
        assert statuses(answer(idle)) == [200]
        assert server.exchange() == b""  # time passes: a connection that never asked is closed
        assert server.exchange() == b""
        idle.sendall(GET)
        assert statuses(answer(idle)) == [200]


def test_a_body_that_nobody_reads_does_not_hold_its_connection(server: Running) -> None:
    request = b"POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na"
    with closing(server.connect()) as connection:
        connection.sendall(request)
        assert statuses(answer(connection)) == [200]
        connection.sendall(b"b")
        assert rest(connection) == b""


def test_a_request_may_take_longer_than_its_headers() -> None:
    with running() as server, closing(server.connect()) as connection:
        connection.sendall(b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
        assert server.exchange() == b""
        assert server.exchange() == b""
        server.app.held.set()
        assert statuses(answer(connection)) == [200]


def test_a_client_that_does_not_read_its_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "READ_SECONDS", 0.5)
    with running(header_seconds=60) as server, closing(server.connect()) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        deadline = monotonic() + 10
        while server.refused != ["stalled"]:
            assert monotonic() < deadline
        received = rest(connection)
    assert len(received) < LARGE


# Number


def test_a_connection_too_many_is_told_when_to_come_back() -> None:
    with running(max_connections=2, header_seconds=60) as server:
        with closing(server.connect()) as one, closing(server.connect()) as other:
            for connection in (one, other):
                connection.sendall(GET)
                answer(connection)
            received = server.exchange()
            assert statuses(received) == [503]
            assert b"\r\nretry-after: 5\r\n" in received
            assert server.refused == ["too-many"]
            one.sendall(GET)
            assert statuses(answer(one)) == [200]
        deadline = monotonic() + 10
        while server.open:
            assert monotonic() < deadline
        assert statuses(server.exchange(GET_AND_CLOSE)) == [200]
