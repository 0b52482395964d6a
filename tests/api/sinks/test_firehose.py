import asyncio
import gzip
import json
import logging
import random
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any

import pytest
from moto.core.exceptions import JsonRESTError
from moto.firehose.models import FirehoseBackend

from questlog_api import Settings, create_app
from questlog_api.sinks import FirehoseSink, SinkUnavailable, Stream
from questlog_api.telemetry.metrics import Metrics
from tests.api.conftest import connect
from tests.api.sinks.conftest import Aws, soon

pytestmark = pytest.mark.anyio

LINES = [b'{"number":%d}\n' % number for number in range(10)]
SECRET = "alice@example.com"

Put = Callable[[FirehoseBackend, str, list[dict[str, bytes]]], dict[str, Any]]
_put: Put = FirehoseBackend.put_record_batch


class Faults:
    """Firehose that fails as planned, one fault a call, and then works; notes the records of each call."""

    def __init__(self) -> None:
        self.planned: list[Put] = []
        self.calls: list[list[bytes]] = []

    def answer(
        self, backend: FirehoseBackend, stream: str, records: list[dict[str, bytes]]
    ) -> dict[str, Any]:
        self.calls.append([record["Data"] for record in records])
        fault = self.planned.pop(0) if self.planned else _put
        return fault(backend, stream, records)


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    faults = Faults()

    def put_record_batch(
        backend: FirehoseBackend, stream: str, records: list[dict[str, bytes]]
    ) -> dict[str, Any]:
        return faults.answer(backend, stream, records)

    monkeypatch.setattr(FirehoseBackend, "put_record_batch", put_record_batch)
    return faults


def every_third_fails(
    backend: FirehoseBackend, stream: str, records: list[dict[str, bytes]]
) -> dict[str, Any]:
    """Takes the others, as Firehose does when it is throttled."""
    taken = [record for number, record in enumerate(records) if number % 3]
    answer = _put(backend, stream, taken) if taken else {"RequestResponses": []}
    good = iter(answer["RequestResponses"])
    failed = {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}
    results = [next(good) if number % 3 else failed for number in range(len(records))]
    return {"FailedPutCount": len(records) - len(taken), "Encrypted": False, "RequestResponses": results}


def all_fail(_: FirehoseBackend, __: str, records: list[dict[str, bytes]]) -> dict[str, Any]:
    failed = {"ErrorCode": "InternalFailure", "ErrorMessage": "Internal."}
    return {
        "FailedPutCount": len(records),
        "Encrypted": False,
        "RequestResponses": [failed for _ in records],
    }


def raising(code: str, status: int = 400) -> Put:
    def fail(_: FirehoseBackend, __: str, ___: list[dict[str, bytes]]) -> dict[str, Any]:
        error = JsonRESTError(code, f"1 validation error: {SECRET}")
        error.code = status
        raise error

    return fail


def sink_of(settings: Settings, **changes: object) -> FirehoseSink:
    return FirehoseSink.from_settings(settings.model_copy(update=changes), Metrics())


async def test_only_the_records_that_failed_are_sent_again(
    aws: Aws, aws_settings: Settings, faults: Faults
) -> None:
    faults.planned = [every_third_fails, every_third_fails]
    sink = sink_of(aws_settings, packing="single")
    await sink.put(Stream.EVENTS, LINES, soon())
    await sink.close()
    assert faults.calls == [LINES, [LINES[0], LINES[3], LINES[6], LINES[9]], [LINES[0], LINES[9]]]
    assert sorted(aws.lines("events")) == LINES


async def test_each_line_is_told_once_and_at_once_while_others_are_sent_again(
    aws_settings: Settings, faults: Faults
) -> None:
    may, asked = threading.Event(), threading.Event()

    def later(backend: FirehoseBackend, stream: str, records: list[dict[str, bytes]]) -> dict[str, Any]:
        asked.set()
        may.wait(10)
        return _put(backend, stream, records)

    faults.planned = [every_third_fails, later]
    told: list[int] = []
    sink = sink_of(aws_settings, packing="single")
    put = asyncio.create_task(
        sink.put(Stream.EVENTS, LINES, soon(), lambda start, stop: told.extend(range(start, stop)))
    )
    await asyncio.to_thread(asked.wait, 10)
    assert told == [1, 2, 4, 5, 7, 8]
    may.set()
    await put
    await sink.close()
    assert told == [1, 2, 4, 5, 7, 8, 0, 3, 6, 9]


async def test_lines_share_the_fate_of_their_record(aws_settings: Settings, faults: Faults) -> None:
    lines = [b"%d\n" % number for number in range(1200)]  # 3 records of 500, 500 and 200 lines
    faults.planned = [every_third_fails, all_fail, raising("AccessDeniedException")]
    told: list[tuple[int, int]] = []
    sink = sink_of(aws_settings)
    with pytest.raises(SinkUnavailable, match="AccessDenied"):
        await sink.put(Stream.EVENTS, lines, soon(), lambda *stored: told.append(stored))
    await sink.close()
    assert told == [(500, 1000), (1000, 1200)]


async def test_what_earlier_calls_stored_is_told_when_a_later_one_fails(
    aws_settings: Settings, faults: Faults
) -> None:
    lines = [b"%d" % number + b"x" * 60_000 + b"\n" for number in range(80)]
    faults.planned = [_put, raising("AccessDeniedException")]
    told: list[int] = []
    sink = sink_of(aws_settings)
    with pytest.raises(SinkUnavailable):
        await sink.put(Stream.EVENTS, lines, soon(), lambda start, stop: told.extend(range(start, stop)))
    await sink.close()
    assert lines[: len(told)] == b"".join(faults.calls[0]).splitlines(keepends=True)
    assert told == list(range(len(told)))


async def test_gzip_records_of_a_call_are_one_gzip_file_of_its_lines(
    aws: Aws, aws_settings: Settings, faults: Faults
) -> None:
    lines = [b"%d\n" % number for number in range(1200)]
    sink = sink_of(aws_settings, packing="ndjson+gzip")
    await sink.put(Stream.EVENTS, lines, soon())
    await sink.close()
    [members] = faults.calls
    assert [gzip.decompress(member) for member in members] == [
        b"".join(lines[start : start + 500]) for start in (0, 500, 1000)
    ]
    [content] = aws.objects("events")
    assert gzip.decompress(content) == b"".join(lines)


async def test_calls_and_retries_are_counted(aws_settings: Settings, faults: Faults) -> None:
    faults.planned = [every_third_fails, all_fail, _put]
    metrics = Metrics()
    changes = {"packing": "single"}
    sink = FirehoseSink.from_settings(aws_settings.model_copy(update=changes), metrics)
    await sink.put(Stream.EVENTS, LINES, soon())
    await sink.close()
    value, events = metrics.registry.get_sample_value, {"stream": "events"}
    calls = [
        value("questlog_put_seconds_count", {**events, "outcome": outcome})
        for outcome in ("ok", "partial", "failed")
    ]
    retries = [
        value("questlog_put_retries_total", {**events, "reason": reason})
        for reason in ("ServiceUnavailableException", "InternalFailure")
    ]
    assert (calls, retries) == ([1, 1, 1], [4, 4])
    assert value("questlog_put_lines_sum", events) == 10 + 4 + 4
    assert value("questlog_put_bytes_total", events) == sum(len(b"".join(call)) for call in faults.calls)


@pytest.mark.parametrize(
    "fault",
    [
        raising("ThrottlingException"),
        raising("LimitExceededException"),
        raising("ServiceUnavailableException", 503),
        raising("InternalFailure", 500),
    ],
)
async def test_a_call_that_failed_in_passing_is_repeated(
    aws: Aws, aws_settings: Settings, faults: Faults, fault: Put
) -> None:
    faults.planned = [fault]
    sink = sink_of(aws_settings)
    await sink.put(Stream.EVENTS, LINES, soon())
    await sink.close()
    assert len(faults.calls) == 2
    assert aws.lines("events") == LINES


@pytest.mark.parametrize(
    "code", ["InvalidArgumentException", "AccessDeniedException", "InvalidKMSResourceException"]
)
async def test_a_call_that_is_refused_is_not_repeated(
    aws_settings: Settings, faults: Faults, code: str
) -> None:
    faults.planned = [raising(code)]
    sink = sink_of(aws_settings)
    with pytest.raises(SinkUnavailable, match=code):
        await sink.put(Stream.EVENTS, LINES, soon())
    await sink.close()
    assert len(faults.calls) == 1


async def test_retries_end_when_the_time_is_over(
    aws_settings: Settings, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "uniform", lambda *_: 0.02)
    faults.planned = [all_fail] * 1000
    sink = sink_of(aws_settings)
    with pytest.raises(SinkUnavailable, match="in time"):
        await sink.put(Stream.EVENTS, LINES, soon(0.5))
    await sink.close()
    assert 1 < len(faults.calls) < 100


async def test_no_pause_is_begun_that_ends_after_the_deadline(
    aws_settings: Settings, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "uniform", lambda *_: 60)
    faults.planned = [all_fail]
    sink = sink_of(aws_settings)
    with pytest.raises(SinkUnavailable, match="in time"):
        await asyncio.wait_for(sink.put(Stream.EVENTS, LINES, soon(10)), 5)
    await sink.close()
    assert len(faults.calls) == 1


async def test_a_delivery_that_waited_its_time_for_a_connection_makes_no_call(
    aws_settings: Settings, faults: Faults
) -> None:
    sink = sink_of(aws_settings)
    with pytest.raises(SinkUnavailable, match="not asked in time"):
        await sink.put(Stream.EVENTS, LINES, soon(0))
    await sink.close()
    assert faults.calls == []


async def test_an_endpoint_that_is_not_there_is_unavailable(aws_settings: Settings) -> None:
    sink = sink_of(aws_settings, firehose_endpoint_url="http://127.0.0.1:9")
    with pytest.raises(SinkUnavailable, match="in time"):
        await sink.put(Stream.EVENTS, LINES, soon(0.2))
    with pytest.raises(SinkUnavailable, match="EndpointConnectionError"):
        await sink.check()
    await sink.close()


async def test_an_endpoint_that_never_answers_is_unavailable_in_bounded_time(aws_settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        sink = sink_of(aws_settings, firehose_endpoint_url=url, firehose_call_seconds=0.1)
        begin = monotonic()
        with pytest.raises(SinkUnavailable, match="in time"):
            await sink.put(Stream.EVENTS, LINES, soon(0.2))
        await sink.close()
        assert monotonic() - begin < 5


NONSENSE = [
    b"<html>Sign in to the hotel's network</html>",
    b"",
    b"null",
    b"[]",
    b"\xff",
    b'{"RequestResponses": 5}',
    b'{"RequestResponses": [5]}',
    b'{"RequestResponses": []}',
    b'{"RequestResponses": [{}]}',
]


class Stranger(BaseHTTPRequestHandler):
    """Answers everything with 200 and the same body."""

    body = b""
    calls = 0

    def do_POST(self) -> None:
        type(self).calls += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        """Say nothing."""


@pytest.fixture(params=NONSENSE)
def stranger(
    request: pytest.FixtureRequest, aws_settings: Settings
) -> Iterator[tuple[type[Stranger], Settings]]:
    """Something else at the endpoint's address."""
    kind = type("Stranger", (Stranger,), {"body": request.param})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        yield kind, aws_settings.model_copy(update={"firehose_endpoint_url": url})
        server.shutdown()
        thread.join()


async def test_an_answer_that_is_not_firehoses_is_no_acknowledgement(
    stranger: tuple[type[Stranger], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "uniform", lambda *_: 0.01)
    server, settings = stranger
    sink = sink_of(settings)
    with pytest.raises(SinkUnavailable, match="in time"):
        await sink.put(Stream.EVENTS, LINES, soon(0.5))
    with pytest.raises(SinkUnavailable, match="not Firehose's"):
        await sink.check()
    await sink.close()
    assert server.calls > 1


async def test_an_event_sent_to_a_stranger_is_to_be_sent_again(
    stranger: tuple[type[Stranger], Settings], purchase: dict[str, Any]
) -> None:
    _, settings = stranger
    app = create_app(settings.model_copy(update={"delivery_seconds": 0.1}))
    async with app.router.lifespan_context(app), connect(app) as client:
        answers = [await client.post("/v1/events/purchase", json=purchase), await client.get("/readyz")]
    assert [(answer.status_code, "Retry-After" in answer.headers) for answer in answers] == [(503, True)] * 2


async def test_a_probe_takes_no_connection_from_delivery(
    aws: Aws, aws_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answer = threading.Event(), threading.Event()
    real = FirehoseBackend.describe_delivery_stream

    def describe(backend: FirehoseBackend, name: str) -> dict[str, Any]:
        asked.set()
        answer.wait(10)
        return dict(real(backend, name))

    monkeypatch.setattr(FirehoseBackend, "describe_delivery_stream", describe)
    sink = sink_of(aws_settings, firehose_connections=1)
    probe = asyncio.create_task(sink.check())
    await asyncio.to_thread(asked.wait)
    await asyncio.wait_for(sink.put(Stream.EVENTS, LINES, soon()), 3)
    answer.set()
    await probe
    await sink.close()
    assert aws.lines("events") == LINES


async def test_errors_never_quote_a_record(
    aws_settings: Settings, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "questlog_api")
    faults.planned = [raising("ThrottlingException"), raising("InvalidArgumentException")]
    sink = sink_of(aws_settings)
    with pytest.raises(SinkUnavailable) as caught:
        await sink.put(Stream.EVENTS, LINES, soon())
    await sink.close()
    assert "ThrottlingException" in caplog.text
    assert SECRET not in caplog.text + str(caught.value)


async def test_many_lines_are_one_record_unless_they_are_to_be_single(
    aws_settings: Settings, faults: Faults
) -> None:
    for packing in ("ndjson", "single"):
        sink = sink_of(aws_settings, packing=packing)
        await sink.put(Stream.EVENTS, LINES, soon())
        await sink.close()
    assert faults.calls == [[b"".join(LINES)], LINES]


async def test_what_is_over_the_quota_of_a_call_is_delivered_in_several(
    aws: Aws, aws_settings: Settings, faults: Faults
) -> None:
    lines = [b"%d" % number + b"x" * 60_000 + b"\n" for number in range(80)]
    sink = sink_of(aws_settings)
    await sink.put(Stream.EVENTS, lines, soon())
    await sink.close()
    assert len(faults.calls) == 2
    assert sorted(aws.lines("events")) == sorted(lines)


async def test_a_stream_that_is_not_active_yet_is_not_ready(
    aws_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    creating = {"DeliveryStreamStatus": "CREATING", "DeliveryStreamName": "events"}
    monkeypatch.setattr(
        FirehoseBackend,
        "describe_delivery_stream",
        lambda *_, **__: {"DeliveryStreamDescription": creating},
    )
    sink = sink_of(aws_settings)
    with pytest.raises(SinkUnavailable, match="is CREATING"):
        await sink.check()
    await sink.close()


async def test_probes_do_not_use_up_the_quota_of_firehose(
    aws_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = []
    real = FirehoseBackend.describe_delivery_stream

    def describe(backend: FirehoseBackend, name: str) -> dict[str, Any]:
        described.append(name)
        return dict(real(backend, name))

    monkeypatch.setattr(FirehoseBackend, "describe_delivery_stream", describe)
    sink = sink_of(aws_settings)
    await sink.check()
    await sink.check()
    await sink.close()
    assert described == [aws_settings.events_stream, aws_settings.rejects_stream]


def test_a_sink_without_a_region_says_what_to_set(
    aws_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nothing")
    with pytest.raises(ValueError, match="QUESTLOG_AWS_REGION"):
        sink_of(aws_settings, aws_region=None)


async def test_an_event_is_acknowledged_once_firehose_has_it_after_a_partial_failure(
    aws: Aws, aws_settings: Settings, faults: Faults, purchase: dict[str, Any]
) -> None:
    faults.planned = [every_third_fails]
    app = create_app(aws_settings.model_copy(update={"packing": "single"}))
    events = [purchase | {"quantity": quantity} for quantity in range(1, 8)]
    async with app.router.lifespan_context(app), connect(app) as client:
        response = await client.post("/v1/events", json={"sent_at": "2026-11-02T18:04:05Z", "events": events})
    assert response.status_code == 202
    assert len(faults.calls) == 2
    stored = [json.loads(line)["event"]["quantity"] for line in aws.lines("events")]
    assert sorted(stored) == [1, 2, 3, 4, 5, 6, 7]


async def test_an_event_firehose_did_not_take_is_not_acknowledged(
    aws: Aws, aws_settings: Settings, faults: Faults, purchase: dict[str, Any]
) -> None:
    faults.planned = [all_fail] * 1000
    app = create_app(aws_settings.model_copy(update={"delivery_seconds": 0.2}))
    async with app.router.lifespan_context(app), connect(app) as client:
        accepted = await client.post("/v1/events/purchase", json=purchase)
        refused = await client.post("/v1/events/purchase", json={})
    for response in (accepted, refused):
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) > 0
    assert aws.lines("events") + aws.lines("rejects") == []
