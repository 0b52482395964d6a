"""Sends the service ten times what it can take: `python -m tests.chaos.overload --seconds 60`.

Its memory must stay bounded, some requests must succeed, the rest be told to come back, and afterwards it
must be as it was. Then a thousand connections that never end their headers, and as many that say nothing,
must not keep others from being served.
"""

import argparse
import resource
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from tests.chaos.crowd import HALF_SENT, Crowd
from tests.chaos.probe import Probe, Seen
from tests.chaos.victim import KEY, Victim, settings
from tests.load.firehose import firehose
from tests.load.generator import generate, generating
from tests.load.outcome import Outcome

_MIB = 1024 * 1024
INFLIGHT = 64 * _MIB
"""MAX_INFLIGHT_BYTES, as it is by default."""
CONTENT_FACTOR = 4
"""Bytes of memory for each byte of content that requests hold: see `bound`."""
CONNECTION_BYTES = 40 * 1024
FIXED_BYTES = 2 * 25 * 5 * _MIB
"""Two batches at a time are parsed, of 5 MiB each, and parsed JSON takes up to 25 times its size."""

_TIMES = 10
_BATCH = 500
_CALM_CONNECTIONS = 24
_GRACE_SECONDS = 40
_SETTLE_SECONDS = 60


def bound(idle: int, connections: int) -> int:
    """Return how much memory, in bytes, a service may hold that held `idle` before."""
    return idle + CONTENT_FACTOR * INFLIGHT + FIXED_BYTES + connections * CONNECTION_BYTES


@dataclass(frozen=True, slots=True)
class Flood:
    """What became of too much.

    Attributes:
        capacity: Events a second that were acknowledged before, with all the server could do.
        offered: Events a second that were sent, and `acknowledged` of them.
        after: Events a second as `capacity`, when it was over.
        idle: Bytes of memory before, and `left` after.
        held: Bytes that requests still held by the service's own count, after.
    """

    capacity: float
    offered: float
    acknowledged: float
    connections: int
    statuses: Counter[str]
    unanswered: int
    seen: Seen
    idle: int
    left: int
    held: float
    after: float
    calm_after: bool

    @property
    def bound(self) -> int:
        """What memory had to stay below, in bytes."""
        return bound(self.idle, self.connections)

    @property
    def faults(self) -> list[str]:
        """What is not as it has to be."""
        asked = self.seen.health.total()
        expected = {
            "memory is over its bound": self.seen.most_memory <= self.bound,
            "no good request succeeded": self.acknowledged > 0,
            "there are other answers than 202, 429 and 503": set(self.statuses) <= {"202", "429", "503"},
            "an answer has no Retry-After": self.seen.without_retry_after == 0,
            "/healthz did not answer": asked > 0 and self.seen.health[200] == asked,
            "requests hold something that are over": self.held == 0,
            "it is not as fast as before": self.after >= self.capacity / 2,
            "not everything was acknowledged when it was over": self.calm_after,
        }
        return [text for text, holds in expected.items() if not holds]


def flood(seconds: float, connections: int, latency: float, folder: Path) -> Flood:
    """Measure what the service takes, send ten times that, and look at it meanwhile and afterwards."""
    with firehose(latency=latency) as stand_in, _service(stand_in.url, folder) as victim:
        before = _calm(victim)
        idle = victim.memory()
        with Probe(victim) as probe:
            outcomes = _too_much(victim, before.events / before.seconds, seconds, connections)
        held = _settled(victim)
        left = victim.memory()
        after = _calm(victim)
    longest = max(outcome.seconds for outcome in outcomes)
    return Flood(
        capacity=before.events / before.seconds,
        offered=_sent(outcomes) / longest,
        acknowledged=sum(outcome.events for outcome in outcomes) / longest,
        connections=connections,
        statuses=sum((Counter(outcome.statuses) for outcome in outcomes), Counter()),
        unanswered=sum(outcome.unanswered for outcome in outcomes),
        seen=probe.seen,
        idle=idle,
        left=left,
        held=held,
        after=after.events / after.seconds,
        calm_after=set(after.statuses) == {"202"},
    )


def _service(url: str, folder: Path) -> Victim:
    victim = Victim(settings(url, max_inflight_bytes=INFLIGHT, log_level="ERROR"), folder / "service.log")
    victim.start()
    return victim


def _calm(victim: Victim) -> Outcome:
    return generate(
        victim.url, KEY, batch=_BATCH, connections=_CALM_CONNECTIONS, seconds=_CALM_SECONDS, grace=_GRACE_SECONDS
    )


def _too_much(victim: Victim, capacity: float, seconds: float, connections: int) -> list[Outcome]:
    of_batches = connections // 4
    with ExitStack() as running:
        loads = [
            (_BATCH, of_batches, _TIMES * capacity / _BATCH),
            (None, connections - of_batches, _SINGLES_PER_CONNECTION * connections),
        ]
        generators = [
            running.enter_context(
                generating(
                    victim.url,
                    KEY,
                    batch=batch,
                    connections=count,
                    rate=rate,
                    seconds=seconds,
                    grace=_GRACE_SECONDS,
                )
            )
            for batch, count, rate in loads
        ]
        return [generator.outcome() for generator in generators]
