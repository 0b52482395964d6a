"""Spans by OpenTelemetry, sent by OTLP over HTTP. Only imported when traces are wanted: it needs an extra.

Where to, how many and by which name, OpenTelemetry's own variables say: OTEL_EXPORTER_OTLP_ENDPOINT,
OTEL_TRACES_SAMPLER, OTEL_SERVICE_NAME; https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import version

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import Scope

from questlog_api.telemetry.tracing import RequestSpan

_MOST_LINKS = 128  # as many as OpenTelemetry keeps of a span
_SERVER_ERROR = 500
_PROPAGATED = {b"traceparent", b"tracestate"}


def open_otel_tracer() -> "OtelTracer":
    """Return a tracer that sends its spans where the environment says."""
    named = Resource({"service.name": "questlog-api", "service.version": version("questlog-api")})
    provider = TracerProvider(resource=named.merge(OTELResourceDetector().detect()))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return OtelTracer(provider)


class OtelTracer:
    """Writes the spans of `provider`. No span has a value of an event, nor an exception's message."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("questlog_api")
        self._propagator = TraceContextTextMapPropagator()

    def request(self, scope: Scope, request_id: str) -> AbstractContextManager[RequestSpan]:
        """Return the span of a request."""
        return self._request(scope, request_id)

    def current(self) -> object:
        """Return what stands for the present span in `put`."""
        context = trace.get_current_span().get_span_context()
        return context if context.is_valid else None

    def put(self, stream: str, lines: int, requests: Sequence[object]) -> AbstractContextManager[object]:
        """Return the span of a put."""
        return self._put(stream, lines, requests)

    def close(self) -> None:
        """Send what is not sent yet."""
        self._provider.shutdown()

    @contextmanager
    def _request(self, scope: Scope, request_id: str) -> Iterator[RequestSpan]:
        carrier = {
            name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in _PROPAGATED
        }
        attributes = {"http.request.method": scope["method"], "questlog.request_id": request_id}
        with self._tracer.start_as_current_span(
            scope["method"],
            self._propagator.extract(carrier),
            SpanKind.SERVER,
            attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield _OtelSpan(span, scope["method"])

    @contextmanager
    def _put(self, stream: str, lines: int, requests: Sequence[object]) -> Iterator[object]:
        links = [Link(context) for context in requests[:_MOST_LINKS] if isinstance(context, SpanContext)]
        attributes: dict[str, str | int] = {"questlog.stream": stream, "questlog.lines": lines}
        with self._tracer.start_as_current_span(
            f"put {stream}",
            trace.set_span_in_context(trace.INVALID_SPAN),
            SpanKind.CLIENT,
            attributes,
            links,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR))
                span.set_attribute("error.type", type(error).__qualname__)
                raise


class _OtelSpan:
    def __init__(self, span: Span, method: str) -> None:
        self._span = span
        self._method = method

    def answered(self, route: str, status: int) -> None:
        self._span.update_name(f"{self._method} {route}")
        self._span.set_attribute("http.route", route)
        self._span.set_attribute("http.response.status_code", status)
        if status >= _SERVER_ERROR:
            self._span.set_status(Status(StatusCode.ERROR))
