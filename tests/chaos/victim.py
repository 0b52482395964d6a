"""The service that is killed, stopped and started again: always at the same port, with the same spool."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self

import httpx
import psutil  # type: ignore[import-untyped]  # it has no hints of its own

from questlog_api.gate.keys import key_hash
from questlog_api.server.server import STOP_GRACE_SECONDS
from tests.load.service import STAND_IN_CREDENTIALS
from tests.repository import ROOT

GAME, KEY = "orion", "ql_key_of_the_chaos_tests"
HEADERS = {"Authorization": f"Bearer {KEY}"}
EVENTS, REJECTS = "chaos-events", "chaos-rejects"

_LISTENS = b"running on http://"
_START_SECONDS = 60
_TRY_SECONDS = 0.02
_SLOW_SECONDS = 2  # a machine that does much else may add
# Clients are given ports from 32768 on (ip(7), ip_local_port_range). One that connects again and again to a
# port of theirs at which nobody listens may connect to itself, and then the service cannot have it.
_PORTS = range(20_000, 32_000)


def settings(firehose_url: str, **changes: object) -> dict[str, str]:
    """Return settings for a service that delivers to a stand-in, named without QUESTLOG_."""
    always = {
        "WRITE_KEYS": f'{{"{GAME}": ["{key_hash(KEY.encode())}"]}}',
        "ALLOW_DRAFTS": "true",
        "AWS_REGION": "eu-west-1",
        "FIREHOSE_ENDPOINT_URL": firehose_url,
        "EVENTS_STREAM": EVENTS,
        "REJECTS_STREAM": REJECTS,
    }
    return {**always, **{name.upper(): str(value) for name, value in changes.items()}}


def free_port() -> int:
    """Return a port nobody listens at, and that no client is given."""
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)):
                return port


class Victim:
    """A service with `settings` that logs to the file `log`; in a `with`, what is left of it is killed."""

    def __init__(self, chosen: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.starts = 0
        self._log = log
        self._log_start = 0
        self._environment = _environment(chosen)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.kill()

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """What runs now, or ran last."""
        assert self._process is not None, "start it first"
        return self._process

    @property
    def log(self) -> str:
        """What was logged since the last start."""
        with self._log.open("rb") as file:
            file.seek(self._log_start)
            return file.read().decode(errors="replace")

    def begin(self) -> None:
        """Start the process, and do not wait."""
        command = [sys.executable, "-m", "questlog_api", "serve", "--port", str(self.port)]
        with self._log.open("ab") as log:
            self._log_start = log.seek(0, os.SEEK_END)
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stderr=log)
        self.starts += 1

    def start(self) -> None:
        """Start the process and wait until it listens.

        Raises:
            RuntimeError: when it ends before, or takes longer than 60 s; with its log.
        """
        self.begin()
        self.wait_for(_LISTENS.decode(), _START_SECONDS)

    def wait_for(self, text: str, seconds: float = 30) -> str:
        """Wait until a line with `text` is logged, and return it.

        Raises:
            RuntimeError: when that takes longer than `seconds`, or the process has ended; with its log.
        """
        give_up = monotonic() + seconds
        while monotonic() < give_up:
            ended = self.process.poll() is not None
            if found := re.search(rf"^.*{re.escape(text)}.*\n", self.log, re.MULTILINE):
                return found.group()
            if ended:
                break
            sleep(_TRY_SECONDS)
        raise RuntimeError(f"{text!r} was not logged; the service's log:\n{self.log}")

    def kill(self) -> None:
        """End the process as `kill -9` does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End the process with SIGTERM and return its exit status.

        Raises:
            TimeoutExpired: when it takes longer than its settings promise.
        """
        self.process.send_signal(signal.SIGTERM)
        longest = int(self._environment.get("QUESTLOG_SHUTDOWN_SECONDS", "30")) + STOP_GRACE_SECONDS
        return self.process.wait(longest + _SLOW_SECONDS)

    def is_up(self) -> bool:
        """Tell whether the process runs and answers."""
        return self.process.poll() is None and httpx.get(f"{self.url}/healthz", timeout=10).is_success

    def memory(self) -> int:
        """Return the bytes the process holds in memory."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def metric(self, name: str) -> float | None:
        """Return the sum of a metric over its labels; None when it does not answer in time."""
        try:
            text = httpx.get(f"{self.url}/metrics", timeout=10).text
        except httpx.HTTPError:
            return None
        lines = re.findall(rf"^{name}(?:{{.*}})? (.*)$", text, re.MULTILINE)
        return sum(map(float, lines))


def _environment(chosen: Mapping[str, str]) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("QUESTLOG_", "AWS_"))}
    return {**own, **STAND_IN_CREDENTIALS, **{f"QUESTLOG_{name}": value for name, value in chosen.items()}}
