import subprocess
import sys
import timeit
from typing import Any

import pytest

from questlog_api import Settings
from questlog_api.telemetry.otel import OtelTracer
from questlog_api.telemetry.tracing import NO_TRACES, open_tracer
from tests.api.serving import HASH


def settings(**chosen: Any) -> Settings:
    return Settings(write_keys={"orion": (HASH,)}, **chosen)


def test_traces_are_off_unless_they_are_switched_on() -> None:
    assert open_tracer(settings()) is NO_TRACES


def test_traces_that_are_switched_on_are_opentelemetrys() -> None:
    tracer = open_tracer(settings(tracing=True))
    tracer.close()
    assert isinstance(tracer, OtelTracer)


def test_traces_without_the_extra_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "questlog_api.telemetry.otel")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(ValueError, match=r"pip install 'questlog-api\[otel\]'"):
        open_tracer(settings(tracing=True))


def test_traces_that_are_off_import_nothing_of_the_extra() -> None:
    code = (
        "import sys; from questlog_api import Settings\n"
        "from questlog_api.telemetry.tracing import open_tracer\n"
        f"open_tracer(Settings(write_keys={{'orion': ('{HASH}',)}}))\n"
        "sys.exit(bool({'opentelemetry.sdk', 'questlog_api.telemetry.otel'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_traces_that_are_off_do_nothing() -> None:
    with NO_TRACES.request({"type": "http"}, "id-1") as span:
        span.answered("/v1/events", 202)
        assert NO_TRACES.current() is None
    with pytest.raises(ZeroDivisionError), NO_TRACES.put("events", 1, []):
        raise ZeroDivisionError
    NO_TRACES.close()


def test_traces_that_are_off_cost_a_request_less_than_a_few_microseconds() -> None:
    def request() -> None:
        with NO_TRACES.request({}, "") as span:
            span.answered("/v1/events", 202)

    assert min(timeit.repeat(request, number=1000, repeat=5)) < 0.005
