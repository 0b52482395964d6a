"""The server in a process of its own: how it starts, and how it ends."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import httpx
import pytest

from tests.api.serving import HASH, running

SERVICE = """
import asyncio, sys, time
from contextlib import asynccontextmanager
from fastapi import FastAPI
from questlog_api import Settings, server
from questlog_api.logs import log_to_stderr
from questlog_api.metrics import Metrics

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
    await asyncio.sleep(60)

@app.get("/metrics")
async def metrics():
    return app.state.metrics.exposition().decode()

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
    assert "did not stop within 1.5 seconds" in log


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
