"""The server in a process of its own: how it starts, and how it ends."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import httpx
import pytest

from questlog_api import Settings
from questlog_api.server import server
from tests.api.serving import HASH, HEADERS, running

SERVICE = """
import asyncio, logging, sys, time
from contextlib import asynccontextmanager
from fastapi import FastAPI
from questlog_api import Settings
from questlog_api.server import server
from questlog_api.telemetry.logs import log_to_stderr
from questlog_api.telemetry.metrics import Metrics

@asynccontextmanager
async def lifespan(app):
    {start}
    yield
    {stop}

drained = asyncio.Event()
app = FastAPI(lifespan=lifespan)
app.state.drain = drained.set
app.state.metrics = Metrics()

@app.get("/until-drained")
async def until_drained():
    print("asked", file=sys.stderr, flush=True)
    await drained.wait()
    return "drained"

@app.get("/never")
async def never():
    print("asked", file=sys.stderr, flush=True)
    await asyncio.Event().wait()

@app.get("/metrics")
async def metrics():
    return app.state.metrics.exposition().decode()

@app.get("/log/{{lines}}")
async def log(lines: int):
    for number in range(lines):
        logging.getLogger("questlog_api").warning("line %d", number, extra={{"more": "x" * 500}})

log_to_stderr("INFO", "json")
server.STOP_GRACE_SECONDS = 0.5
settings = Settings(
    write_keys={{"orion": ("{hash}",)}}, delivery_seconds=0.2, firehose_call_seconds=0.1, shutdown_seconds=1
)
sys.exit(server.run(app, settings, "127.0.0.1", {port}))
"""


@contextmanager
def serving(start: str = "pass", stop: str = "pass", port: int = 0) -> Iterator["subprocess.Popen[str]"]:
    script = SERVICE.format(start=start, stop=stop, port=port, hash=HASH)
    with subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line_with(process: "subprocess.Popen[str]", pattern: str) -> str:
    assert process.stderr is not None
    return next(found.group() for line in process.stderr if (found := re.search(pattern, line)))


def url_of(process: "subprocess.Popen[str]") -> str:
    return line_with(process, r"http://[\d.:]+")


def connected(url: str) -> socket.socket:
    host, port = url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


@contextmanager
def asking(process: "subprocess.Popen[str]", path: str) -> Iterator[socket.socket]:
    """A request for `path`, which the service has begun to answer."""
    with connected(url_of(process)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        line_with(process, "asked")
        yield connection


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("form", ["json", "text"])
def test_the_service_ends_with_status_0_when_it_is_told_to_stop(number: int, form: str) -> None:
    with running({"LOG_FORMAT": form}) as (process, _):
        process.send_signal(number)
        assert process.wait(timeout=10) == 0


def test_a_request_under_way_is_answered_after_the_service_was_told_to_drain() -> None:
    with serving() as process, asking(process, "/until-drained") as connection:
        process.terminate()
        received = b"".join(iter(lambda: connection.recv(4096), b""))
        assert received.startswith(b"HTTP/1.1 200 ")
        assert b"drained" in received
        assert process.wait(timeout=10) == 0


def test_a_request_that_does_not_end_holds_the_stop_up_no_longer_than_it_may() -> None:
    with serving() as process, asking(process, "/never"):
        begin = monotonic()
        process.terminate()
        assert process.wait(timeout=10) == 0
        assert monotonic() - begin < 5


def test_a_stop_that_hangs_ends_the_process_and_says_so() -> None:
    with serving(stop="await asyncio.to_thread(time.sleep, 60)") as process:
        url_of(process)
        process.terminate()
        _, log = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "did not stop within 1.7 seconds" in log


def test_a_log_that_nobody_reads_neither_stops_the_service_nor_holds_up_its_end() -> None:
    with serving() as process:
        url = url_of(process)
        assert httpx.get(f"{url}/log/20000", timeout=30).status_code == 200
        assert httpx.get(f"{url}/metrics").status_code == 200
        process.terminate()
        assert process.wait(timeout=15) == 0


def test_a_stop_that_hangs_ends_the_process_even_if_nobody_reads_its_log() -> None:
    with serving(stop="await asyncio.to_thread(time.sleep, 60)") as process:
        assert httpx.get(f"{url_of(process)}/log/20000", timeout=30).status_code == 200
        process.terminate()
        assert process.wait(timeout=15) == 1


def test_the_log_is_whole_to_its_last_line() -> None:
    with serving() as process:
        assert httpx.get(f"{url_of(process)}/log/2", timeout=30).status_code == 200
        process.terminate()
        _, log = process.communicate(timeout=10)
    messages = [json.loads(line)["message"] for line in log.splitlines()]
    assert messages[:2] == ["line 0", "line 1"]
    assert messages[-1].startswith("Finished server process")


def test_a_stop_may_take_what_requests_and_calls_may_take() -> None:
    chosen = Settings(
        write_keys={"orion": (HASH,)}, firehose_call_seconds=10, shutdown_seconds=40, drain_seconds=7
    )
    assert server._longest_stop(chosen) > 40 + 2 * 10 + 7


def test_a_draining_service_takes_requests_and_says_that_it_is_not_ready(purchase: dict[str, Any]) -> None:
    with running({"DRAIN_SECONDS": "60"}) as (process, url):
        process.terminate()
        line_with(process, "draining")
        ready = httpx.get(f"{url}/readyz")
        assert (ready.status_code, ready.json()["cause"]) == (503, "draining")
        assert httpx.post(f"{url}/v1/events/purchase", json=purchase, headers=HEADERS).status_code == 202
        # The second signal: there is no need to wait for the rest of the minute.
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_a_drained_service_ends_by_itself() -> None:
    with running({"DRAIN_SECONDS": "0.5"}) as (process, _):
        begin = monotonic()
        process.terminate()
        assert process.wait(timeout=10) == 0
        assert monotonic() - begin > 0.5


def test_a_port_in_use_is_told_without_a_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with serving(port=port) as process:
            _, log = process.communicate(timeout=10)
    assert process.returncode == 1
    assert f"('127.0.0.1', {port}): address already in use" in log.replace("[", "(").replace("]", ")")
    assert "Traceback" not in log


def test_a_service_that_cannot_start_ends_with_status_1() -> None:
    with serving(start="raise OSError('no disk')") as process:
        _, log = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "Application startup failed" in log


def test_connections_are_counted() -> None:
    with serving() as process:
        url = url_of(process)
        with httpx.Client() as client:
            assert "questlog_connections 1.0" in client.get(f"{url}/metrics").json()
            with connected(url) as bad:
                bad.sendall(b"nonsense\r\n\r\n")
                assert bad.recv(4096).startswith(b"HTTP/1.1 400 ")
            counts = client.get(f"{url}/metrics").json()
    assert 'questlog_connections_refused_total{reason="malformed"} 1.0' in counts


def test_the_server_does_not_say_what_it_is() -> None:
    with serving() as process:
        response = httpx.get(f"{url_of(process)}/metrics")
    assert "server" not in response.headers
    assert "date" in response.headers
