"""Traces, for those who switch them on: a span for each request, and one for each put.

A put serves many requests, so its span has no parent: it links to the spans of the requests whose lines it
takes. `Tracer.current` is what a request keeps for that.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

from starlette.types import Scope

from questlog_api.settings import Settings


class RequestSpan(Protocol):
    """The span of a request."""

    def answered(self, route: str, status: int) -> None:
        """Say what the answer was; `route` is an address as it is registered, never what a client sent."""


class Tracer(Protocol):
    """Writes spans."""

    def request(self, scope: Scope, request_id: str) -> AbstractContextManager[RequestSpan]:
        """Return the span of a request, within the client's trace if it names one (W3C traceparent)."""

    def current(self) -> object:
        """Return what stands for the span of the present request in `put`; None without one."""

    def put(self, stream: str, lines: int, requests: Sequence[object]) -> AbstractContextManager[object]:
        """Return the span of a put of so many lines, of these requests; left with an exception, it failed."""

    def close(self) -> None:
        """Send what is not sent yet. May take seconds: not for the thread of the event loop."""


def open_tracer(settings: Settings) -> Tracer:
    """Return what the settings want; unless they want traces, nothing of OpenTelemetry is imported.

    Raises:
        ValueError: when they do and the extra `otel` is missing.
    """
    if not settings.tracing:
        return NO_TRACES
    try:
        from questlog_api.telemetry.otel import open_otel_tracer  # noqa: PLC0415 - what it imports is an extra
    except ImportError:
        raise ValueError(
            "QUESTLOG_TRACING needs the extra `otel`: pip install 'questlog-api[otel]'"
        ) from None
    return open_otel_tracer()


class _NoSpan:
    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def answered(self, _route: str, _status: int) -> None:
        pass


class _NoTraces:
    _SPAN = _NoSpan()

    def request(self, _scope: Scope, _request_id: str) -> AbstractContextManager[RequestSpan]:
        return self._SPAN

    def current(self) -> object:
        return None

    def put(self, _stream: str, _lines: int, _requests: Sequence[object]) -> AbstractContextManager[object]:
        return self._SPAN

    def close(self) -> None:
        pass


NO_TRACES: Tracer = _NoTraces()
"""Writes nothing."""
