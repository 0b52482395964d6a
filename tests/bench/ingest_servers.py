"""The servers of the bench, each on one processor, and what they cost under a load from another."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from questlog_api.gate.keys import key_hash
from tests.bench.keys import KEY
from tests.load.firehose import firehose
from tests.load.generator import generate
from tests.load.outcome import Outcome
from tests.load.service import Server, service, serving
from tests.load.usage import cpu_seconds

EVENTS_STREAM = "questlog-events"
_CPUS = sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else []
SERVER_CPU, LOAD_CPU = (_CPUS[0], _CPUS[-1]) if _CPUS else (None, None)
"""Processors of the server, and of generator and stand-in; None where processes cannot be pinned."""

_WARM_UP_SECONDS = 0.7
SINGLE_CONNECTIONS = 256
_BATCH_CONNECTIONS = 32
_HELD_BYTES = 32 * 1024 * 1024  # half of what the service takes at once


@dataclass(frozen=True, slots=True)
class Cost:
    """What a load cost the server: seconds of its processor, and seconds on the clock."""

    events: int
    cpu_seconds: float
    outcome: Outcome

    @property
    def per_cpu_second(self) -> float:
        """Events for each second of the server's processor: what one core can do."""
        return self.events / self.cpu_seconds

    @property
    def per_second(self) -> float:
        """Events a second, as it was."""
        return self.events / self.outcome.seconds

    @property
    def micros(self) -> float:
        """Microseconds of the server's processor an event."""
        return 1e6 * self.cpu_seconds / self.events


@dataclass(frozen=True, slots=True)
class Load:
    """What to send: `batch` events a request (None: on the route of single ones), or a file's event."""

    batch: int | None = None
    event: Path | None = None
    event_bytes: int = 0

    @property
    def connections(self) -> int:
        """As many as keep one core busy, and no more than hold what the service takes at once."""
        if self.batch is None:
            return SINGLE_CONNECTIONS
        body = self.batch * (self.event_bytes or 600)
        return max(2, min(_BATCH_CONNECTIONS, _HELD_BYTES // body))

    def send(
        self, server: Server, seconds: float, *, rate: float | None = None, connections: int | None = None
    ) -> Outcome:
        """Send for so many seconds, at `rate` requests a second or, for None, as fast as answers come.

        Raises:
            RuntimeError: when anything but 202 was answered.
        """
        outcome = generate(
            server.url,
            KEY,
            seconds=seconds,
            batch=self.batch,
            event=self.event,
            rate=rate,
            connections=connections or self.connections,
            cpu=LOAD_CPU,
        )
        if set(outcome.statuses) != {"202"} or outcome.unanswered:
            raise RuntimeError(f"only 202 counts, but: {outcome}; the server's log:\n{''.join(server.log)}")
        return outcome


def warm_up(server: Server, load: Load) -> None:
    """Let the server import, connect and cache what it will need."""
    load.send(server, _WARM_UP_SECONDS)


def cost(server: Server, load: Load, seconds: float) -> Cost:
    """Load `server` for so many seconds and return what that took of its processor."""
    before = cpu_seconds(server.process.pid)
    outcome = load.send(server, seconds)
    spent = cpu_seconds(server.process.pid) - before
    return Cost(outcome.requests * (load.batch or 1), spent, outcome)


@contextmanager
def stand_in(latency: float = 0) -> Iterator[str]:
    """Run a Firehose stand-in that answers after `latency` seconds, and give its address."""
    with firehose(latency=latency, cpu=LOAD_CPU) as stub:
        yield stub.url


def questlog(
    endpoint: str, *, packing: str = "ndjson", sources: Path | None = None
) -> AbstractContextManager[Server]:
    """Run the service."""
    settings = {
        "WRITE_KEYS": f'{{"orion": ["{key_hash(KEY.encode())}"]}}',
        "FIREHOSE_ENDPOINT_URL": endpoint,
        "AWS_REGION": "eu-west-1",
        "EVENTS_STREAM": EVENTS_STREAM,
        "PACKING": packing,
    }
    return service(settings, sources=sources, cpu=SERVER_CPU)


def handwritten(endpoint: str) -> AbstractContextManager[Server]:
    """Run the hand-written service."""
    environment = {"AWS_ENDPOINT_URL_FIREHOSE": endpoint, "AWS_DEFAULT_REGION": "eu-west-1"}
    return _uvicorn("tests.bench.servers.handwritten:app", environment)


def raw() -> AbstractContextManager[Server]:
    """Run the ASGI app that only reads the body."""
    return _uvicorn("tests.bench.servers.raw:app", {})


def bare() -> AbstractContextManager[Server]:
    """Run the protocol that only reads the body."""
    return serving([sys.executable, "-m", "tests.bench.servers.bare"], {}, cpu=SERVER_CPU)


def _uvicorn(app: str, environment: Mapping[str, str]) -> AbstractContextManager[Server]:
    options = ["--port", "0", "--no-access-log", "--http", "httptools", "--loop", "auto"]
    return serving([sys.executable, "-m", "uvicorn", app, *options], environment, cpu=SERVER_CPU)
