"""The service under attack: a process of its own, whose log and memory are looked at."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import psutil  # type: ignore[import-untyped]  # it has no hints of its own

from questlog_api.gate.keys import key_hash
from tests.hostile.requests import GAMES
from tests.load.firehose import Firehose, firehose
from tests.pipeline.aws import ENVIRONMENT, REGION

EVENTS, REJECTS = "hostile-events", "hostile-rejects"
_MANY = "1000000000"
_START_SECONDS, _STOP_SECONDS = 30, 40
_ADDRESS = re.compile(r"running on http://127\.0\.0\.1:(\d+)")


@dataclass(frozen=True, slots=True)
class Service:
    """A running service, and the stand-in that it delivers to."""

    port: int
    process: "subprocess.Popen[bytes]"
    firehose: Firehose
    log: Path

    def memory(self) -> int:
        """Return the bytes the process holds in memory.

        Raises:
            SystemExit: when it has died.
        """
        try:
            return int(psutil.Process(self.process.pid).memory_info().rss)
        except psutil.NoSuchProcess:
            raise SystemExit("the service died; its log says why") from None

    def stop(self) -> int:
        """End the process with SIGTERM and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_STOP_SECONDS)


@contextmanager
def attacked_service(folder: Path) -> Iterator[Service]:
    """Start both; `folder` takes the log and the streams."""
    log = folder / "service.log"
    with firehose(keep=folder / "streams") as stand_in, log.open("wb") as written:
        command = [sys.executable, "-m", "questlog_api", "serve", "--port", "0"]
        with subprocess.Popen(command, env=_environment(stand_in.url), stderr=written) as process:
            try:
                yield Service(_port(process, log), process, stand_in, log)
            finally:
                process.kill()


def _environment(firehose_url: str) -> dict[str, str]:
    settings = {
        "WRITE_KEYS": json.dumps({game: [key_hash(key.encode())] for game, key in GAMES.items()}),
        "ALLOW_DRAFTS": "true",
        "AWS_REGION": REGION,
        "FIREHOSE_ENDPOINT_URL": firehose_url,
        "EVENTS_STREAM": EVENTS,
        "REJECTS_STREAM": REJECTS,
        # The quota of refused events has tests of its own; here, everything is refused.
        "MAX_REJECTS_PER_MINUTE": _MANY,
    }
    own = {name: value for name, value in os.environ.items() if not name.startswith(("QUESTLOG_", "AWS_"))}
    return {**own, **ENVIRONMENT, **{f"QUESTLOG_{name}": value for name, value in settings.items()}}


def _port(process: "subprocess.Popen[bytes]", log: Path) -> int:
    """Read the log until the server says where it listens."""
    give_up = monotonic() + _START_SECONDS
    while monotonic() < give_up and process.poll() is None:
        if found := _ADDRESS.search(log.read_text(errors="replace")):
            return int(found.group(1))
        sleep(0.05)
    raise RuntimeError(f"the service did not start:\n{log.read_text(errors='replace')}")
