import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from questlog_api.telemetry import otel
from questlog_api.telemetry.otel import OtelTracer

SECRET = "alice@example.com"
TRACEPARENT = (b"traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracer(exporter: InMemorySpanExporter) -> OtelTracer:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return OtelTracer(provider)


def scope(*headers: tuple[bytes, bytes]) -> dict[str, object]:
    return {"type": "http", "method": "POST", "path": f"/v1/events/{SECRET}", "headers": list(headers)}


def answer(tracer: OtelTracer, status: int, *headers: tuple[bytes, bytes]) -> object:
    with tracer.request(scope(*headers), "id-1") as span:
        current = tracer.current()
        span.answered("/v1/events/{event}", status)
    return current


def only(exporter: InMemorySpanExporter) -> ReadableSpan:
    [span] = exporter.get_finished_spans()
    return span


def test_a_request_has_a_span_with_route_status_and_id(
    tracer: OtelTracer, exporter: InMemorySpanExporter
) -> None:
    answer(tracer, 202)
    span = only(exporter)
    assert (span.name, span.kind) == ("POST /v1/events/{event}", SpanKind.SERVER)
    assert dict(span.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/v1/events/{event}",
        "http.response.status_code": 202,
        "questlog.request_id": "id-1",
    }
    assert span.parent is None


def test_a_span_goes_on_with_the_trace_of_the_client(
    tracer: OtelTracer, exporter: InMemorySpanExporter
) -> None:
    answer(tracer, 202, TRACEPARENT)
    span = only(exporter)
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == "00f067aa0ba902b7"
    assert f"{span.context.trace_id:032x}" == "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize("value", [b"", b"\xff", b"00-0-0-01", b"a" * 9000])
def test_a_trace_that_is_none_begins_anew(
    tracer: OtelTracer, exporter: InMemorySpanExporter, value: bytes
) -> None:
    answer(tracer, 202, (b"traceparent", value))
    assert only(exporter).parent is None


@pytest.mark.parametrize(("status", "code"), [(202, "UNSET"), (422, "UNSET"), (503, "ERROR")])
def test_only_an_answer_that_is_the_services_fault_is_an_error(
    tracer: OtelTracer, exporter: InMemorySpanExporter, status: int, code: str
) -> None:
    answer(tracer, status)
    assert only(exporter).status.status_code is StatusCode[code]


def test_a_put_links_to_the_requests_it_serves(tracer: OtelTracer, exporter: InMemorySpanExporter) -> None:
    requests = [answer(tracer, 202), answer(tracer, 202), None]
    with tracer.put("events", 40, requests):
        pass
    one, other, put = exporter.get_finished_spans()
    assert (put.name, put.kind, put.parent) == ("put events", SpanKind.CLIENT, None)
    assert dict(put.attributes or {}) == {"questlog.stream": "events", "questlog.lines": 40}
    assert [link.context.span_id for link in put.links] == [one.context.span_id, other.context.span_id]


def test_a_put_during_a_request_is_none_of_its_children(
    tracer: OtelTracer, exporter: InMemorySpanExporter
) -> None:
    with tracer.request(scope(), "id-1"), tracer.put("events", 1, []):
        pass
    put, _ = exporter.get_finished_spans()
    assert put.parent is None


def test_what_fails_is_told_by_its_type_and_not_by_its_message(
    tracer: OtelTracer, exporter: InMemorySpanExporter
) -> None:
    with pytest.raises(ValueError, match=SECRET), tracer.request(scope(), "id-1"):  # noqa: SIM117 - in this order
        with tracer.put("events", 1, []):
            raise ValueError(SECRET)
    for span in exporter.get_finished_spans():
        assert SECRET not in span.to_json()
    put = exporter.get_finished_spans()[0]
    assert put.status.status_code is StatusCode.ERROR
    assert (put.attributes or {})["error.type"] == "ValueError"


def test_outside_of_a_request_there_is_nothing_to_link_to(tracer: OtelTracer) -> None:
    assert tracer.current() is None


class Collector(BaseHTTPRequestHandler):
    """Takes what is exported."""

    received: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        type(self).received.append((self.path, self.rfile.read(length)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    Collector.received = []
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", Collector.received
        server.shutdown()
        thread.join()


def test_spans_are_sent_where_the_environment_says_when_the_service_stops(
    collector: tuple[str, list[tuple[str, bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, received = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    tracer = otel.open_otel_tracer()
    answer(tracer, 202)
    tracer.close()
    [(path, body)] = received
    assert path == "/v1/traces"
    assert b"questlog-api" in body
    assert b"/v1/events/{event}" in body
    assert SECRET.encode() not in body


def test_the_name_of_the_service_may_be_another(
    collector: tuple[str, list[tuple[str, bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, received = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "ingest-eu")
    tracer = otel.open_otel_tracer()
    answer(tracer, 202)
    tracer.close()
    assert b"ingest-eu" in received[0][1]
    assert "questlog_api.telemetry.otel" in sys.modules
