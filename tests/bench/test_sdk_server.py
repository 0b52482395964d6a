"""The server of the SDKs counts what it is sent, and says what each takes for success."""

import gzip
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from tests.bench.sdk_server import Server, serving

EVENTS = [{"event_id": f"0000000{number}"} for number in range(3)]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


def test_every_byte_of_a_request_is_counted(server: Server) -> None:
    body = b'{"batch": [{}, {}]}'
    request = b"POST /v1/batch HTTP/1.1\r\nHost:  spaced \r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    before, address = server.counts(), urlsplit(server.url)

    with socket.create_connection((address.hostname, address.port or 0)) as connection:
        connection.sendall(request)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")

    came = server.counts().since(before)
    assert (came.requests, came.events, came.bytes) == (1, 2, len(request))


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (json.dumps({"batch": EVENTS}).encode(), {}),
        (gzip.compress(json.dumps({"batch": EVENTS}).encode()), {"Content-Encoding": "gzip"}),
        (json.dumps({"schema": "iglu:payload_data", "data": EVENTS}).encode(), {}),
        (json.dumps({"api_key": "key", "events": EVENTS}).encode(), {}),
        (
            urlencode({"data": json.dumps(EVENTS), "verbose": 1, "ip": 0}).encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        ),
    ],
    ids=["segment, rudder, posthog", "zipped", "snowplow", "amplitude", "mixpanel"],
)
def test_the_events_of_each_peer_are_counted(server: Server, content: bytes, headers: dict[str, str]) -> None:
    before = server.counts()

    answer = httpx.post(server.url, content=content, headers=headers)

    assert answer.status_code == 200
    assert answer.json() == {"status": 1, "code": 200, "error": None}
    assert server.counts().since(before).events == 3


def test_questlog_is_answered_as_its_api_does(server: Server) -> None:
    body = gzip.compress(json.dumps({"sent_at": "2026-11-02T18:04:06.000Z", "events": EVENTS}).encode())

    answer = httpx.post(f"{server.url}/v1/events", content=body, headers={"Content-Encoding": "gzip"})

    accepted = [
        {"index": index, "event_id": event["event_id"], "status": "accepted"}
        for index, event in enumerate(EVENTS)
    ]
    assert answer.status_code == 202
    assert answer.json() == {"accepted": 3, "rejected": 0, "events": accepted}


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b'"text"', b"1", b'{"events": 1}'])
def test_what_cannot_be_read_is_counted_as_such(server: Server, content: bytes) -> None:
    before = server.counts()

    assert httpx.post(server.url, content=content).status_code == 400

    came = server.counts().since(before)
    assert (came.unread, came.events) == (1, 0)


def test_a_server_that_hangs_counts_what_it_does_not_answer() -> None:
    with serving(hang=True) as server:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(server.url, content=b"{}", timeout=0.2)

        assert server.counts().requests == 1
