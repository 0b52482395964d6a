import gzip
import json
import re
import socket
import tracemalloc
from collections.abc import Iterator

import httpx
import pytest

from questlog._answers import Answer, Misconfigured, Refused, Unavailable
from questlog._clock import Clock
from questlog._results import BatchResult
from questlog._transport import MAX_ANSWER_BYTES, HttpTransport
from tests.sdk.clocks import JumpingClock
from tests.sdk.loopback import serve
from tests.sdk.samples import entries
from tests.sdk.script import Reply, Script, Step, accept, problem

BATCH = entries(3)


def _send(*steps: Step) -> tuple[Answer, Script]:
    script = Script(*steps)
    with serve(script) as url:
        transport = HttpTransport(url, "secret-key", timeout=10.0)
        answer = transport.send(BATCH)
        transport.close()
    return answer, script


def test_a_batch_is_accepted_over_a_real_socket() -> None:
    answer, script = _send()
    assert answer == BatchResult(())
    assert script.received[0].ids == [entry.event_id for entry in BATCH]


def test_events_are_sent_byte_for_byte_as_they_were_queued() -> None:
    bodies: list[bytes] = []

    def handle(request: httpx.Request) -> httpx.Response:
        bodies.append(gzip.decompress(request.read()))
        return httpx.Response(503)

    HttpTransport("http://api", "key", 1.0, httpx.MockTransport(handle)).send(BATCH)
    assert bodies[0].endswith(b'"events":[' + b",".join(entry.body for entry in BATCH) + b"]}")


def test_a_request_says_who_sends_what_and_when() -> None:
    _, script = _send()
    request = script.received[0]
    assert request.headers[":path"] == "/v1/events"
    assert request.headers["Authorization"] == "Bearer secret-key"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Content-Encoding"] == "gzip"
    assert set(request.body) == {"sent_at", "events"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", request.body["sent_at"])


def test_a_url_with_a_path_is_kept_and_a_closing_slash_is_not_doubled() -> None:
    script = Script()
    with serve(script) as url:
        transport = HttpTransport(f"{url}/studio/", "key", timeout=10.0)
        transport.send(BATCH)
        transport.close()
    assert script.received[0].headers[":path"] == "/studio/v1/events"


def test_batches_share_a_connection() -> None:
    script = Script()
    with serve(script) as url:
        transport = HttpTransport(url, "key", timeout=10.0)
        assert [transport.send(BATCH) for _ in range(3)] == [BatchResult(())] * 3
        transport.close()
    assert len(script.received) == 3


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (problem(503, "unavailable", {"Retry-After": "7"}), Unavailable("HTTP 503", 7.0)),
        (Reply(200, b"<html>Wifi login</html>"), Unavailable("HTTP 200, and not from a Questlog API")),
        (
            Reply(302, headers={"Location": "http://127.0.0.1:9/login"}),
            Unavailable("HTTP 302, and not from a Questlog API"),
        ),
    ],
    ids=["503", "login page", "redirect"],
)
def test_an_answer_that_settles_nothing_is_unavailable(reply: Reply, answer: Answer) -> None:
    assert _send(reply)[0] == answer


def test_a_refusal_and_a_configuration_error_are_told_apart() -> None:
    assert isinstance(_send(problem(422, "invalid-batch"))[0], Refused)
    assert isinstance(_send(problem(401, "unauthorized"))[0], Misconfigured)


def test_a_compressed_answer_is_read() -> None:
    def compressed(events: list[dict[str, object]]) -> Reply:
        return Reply(202, gzip.compress(accept(events).body), {"Content-Encoding": "gzip"})

    assert _send(compressed)[0] == BatchResult(())


def test_an_answer_that_does_not_decompress_is_unavailable() -> None:
    assert _send(Reply(202, b"no gzip", {"Content-Encoding": "gzip"}))[0] == Unavailable("DecodingError")


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd"])
def test_an_answer_in_an_encoding_nobody_asked_for_is_unavailable(encoding: str) -> None:
    reply = Reply(202, gzip.compress(gzip.compress(b"{}")), {"Content-Encoding": encoding})
    assert _send(reply)[0] == Unavailable("DecodingError")


def test_an_answer_that_unfolds_without_end_is_cut_off_at_its_size() -> None:
    bomb = gzip.compress(bytes(8 * MAX_ANSWER_BYTES))
    tracemalloc.start()
    try:
        assert _send(Reply(202, bomb, {"Content-Encoding": "gzip"}))[0] == Unavailable(
            "an answer without end"
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MAX_ANSWER_BYTES


def test_a_server_that_is_gone_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    transport = HttpTransport(f"http://127.0.0.1:{port}", "key", timeout=10.0)
    assert transport.send(BATCH) == Unavailable("ConnectError")
    transport.close()


def test_a_server_that_says_nothing_is_unavailable_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        transport = HttpTransport(f"http://127.0.0.1:{server.getsockname()[1]}", "key", timeout=0.05)
        assert transport.send(BATCH) == Unavailable("ReadTimeout")
        transport.close()


class _Endless(httpx.SyncByteStream):
    def __init__(self, chunk: bytes) -> None:
        self._chunk = chunk
        self.sent = 0

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.sent += len(self._chunk)
            yield self._chunk


def _endless(stream: _Endless, clock: Clock) -> Answer:
    network = httpx.MockTransport(lambda _: httpx.Response(200, stream=stream))
    return HttpTransport("http://api", "key", 10.0, network, clock).send(BATCH)


def test_an_answer_without_end_is_cut_off_at_its_size() -> None:
    stream = _Endless(b"x" * 1024 * 1024)
    assert _endless(stream, Clock()) == Unavailable("an answer without end")
    assert stream.sent <= MAX_ANSWER_BYTES + 2 * 1024 * 1024


def test_an_answer_that_drips_is_cut_off_at_the_timeout() -> None:
    stream = _Endless(b"x")
    assert _endless(stream, JumpingClock(4.0)) == Unavailable("an answer without end")
    assert stream.sent == 3


def test_what_was_never_used_can_be_closed() -> None:
    HttpTransport("http://api", "key", 1.0).close()


def test_no_error_holds_an_event() -> None:
    answer, _ = _send(Reply(500, json.dumps({"echo": BATCH[0].body.decode()}).encode()))
    assert answer == Unavailable("HTTP 500")
