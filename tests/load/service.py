"""The service as an operator starts it, its log read all the time: a full pipe would stop it."""

import os
import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.load import processes
from tests.repository import ROOT

_ADDRESS = re.compile(r"running on (http://127\.0\.0\.1:\d+)")
_LOG_LINES = 200
_START_SECONDS = 30
STAND_IN_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "stand-in",
    "AWS_SECRET_ACCESS_KEY": "stand-in",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""Of the environment: boto3 wants some, and a stand-in believes any."""


class Server:
    """A server that runs as `process`; `log` has the last lines it logged."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.log: deque[str] = deque(maxlen=_LOG_LINES)
        self._address: str | None = None
        self._started = threading.Event()
        threading.Thread(target=self._read, args=(process.stderr or (),), daemon=True).start()

    @property
    def url(self) -> str:
        """Wait until it listens, and return where.

        Raises:
            RuntimeError: when it ended before, or takes longer than 30 s; with the end of its log.
        """
        self._started.wait(_START_SECONDS)
        if self._address is None:
            raise RuntimeError("the server does not listen; its log:\n" + "".join(self.log))
        return self._address

    def _read(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.log.append(line)
            if self._address is None and (found := _ADDRESS.search(line)):
                self._address = found.group(1)
                self._started.set()
        self._started.set()


@contextmanager
def serving(
    command: list[str], environment: Mapping[str, str], *, cpu: int | None = None
) -> Iterator[Server]:
    """Start a server, wait until it listens, and stop it in the end; `cpu` is the processor it stays on."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("QUESTLOG_")}
    variables = {**inherited, **STAND_IN_CREDENTIALS, **environment}
    with subprocess.Popen(command, cwd=ROOT, env=variables, stderr=subprocess.PIPE, text=True) as process:
        try:
            processes.pin(cpu, process.pid)
            server = Server(process)
            assert server.url
            yield server
        finally:
            processes.stop(process)


@contextmanager
def service(
    settings: Mapping[str, str], *, port: int = 0, sources: Path | None = None, cpu: int | None = None
) -> Iterator[Server]:
    """Start the service with `settings`, named without QUESTLOG_; drafts are allowed unless they differ.

    `sources` is another tree of the API's sources than the installed one.
    """
    environment = {f"QUESTLOG_{name}": value for name, value in {"ALLOW_DRAFTS": "true", **settings}.items()}
    if sources is not None:
        environment["PYTHONPATH"] = str(sources)
    command = [sys.executable, "-m", "questlog_api", "serve", "--port", str(port)]
    with serving(command, environment, cpu=cpu) as server:
        yield server
