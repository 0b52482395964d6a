"""Sends the service ten times what it can take: `python -m tests.chaos.overload --seconds 60`.

Its memory must stay bounded, some requests must succeed, the rest be told to come back, and afterwards it
must be as it was. Then a thousand connections that never end their headers, and as many that say nothing,
must not keep others from being served.
"""

import argparse
import resource
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
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
CONNECTION_BYTES = 128 * 1024

_TIMES = 10
_BATCH = 500
_SINGLES_A_CONNECTION = 2  # a second
_CALM_CONNECTIONS = 64
_CALM_SECONDS = 4
_GRACE_SECONDS = 60
_SETTLE_SECONDS = 60
_CROWD_RATE = 200
_LATE_SECONDS = 5  # the server looks once a second, and the machine may be busy
_FURTHER_FILES = 500


def bound(fresh: int, connections: int) -> int:
    """Return how much memory, in bytes, a service may hold that held `fresh` after its start.

    Each byte that requests hold by the service's own count stands for four: the body, what is parsed of it,
    its lines, the call to Firehose in base64, and what the allocator keeps of them. Before it is counted at
    all, a connection may have received what the kernel held for it, and all of them at once: 118 KiB each
    were measured where 3500 sent bodies without end, with a key or without.
    """
    return fresh + CONTENT_FACTOR * INFLIGHT + connections * CONNECTION_BYTES


@dataclass(frozen=True, slots=True)
class Flood:
    """What became of too much.

    Attributes:
        before: A load the service can take, as much as it can.
        outcomes: The flood: batches, and single events.
        after: As `before`, when the flood was over.
        fresh: Bytes of memory after the start, and `left` when the flood was over.
        held: Bytes that requests held then, by the service's own count.
    """

    seconds: float
    connections: int
    before: Outcome
    outcomes: Sequence[Outcome]
    after: Outcome
    seen: Seen
    fresh: int
    left: int
    held: float | None

    @property
    def bound(self) -> int:
        """What memory had to stay below, in bytes."""
        return bound(self.fresh, self.connections)

    @property
    def times(self) -> float:
        """How many times as many events were offered as the service could take before."""
        batches, singles = self.outcomes
        offered = _BATCH * _requests(batches) + _requests(singles)
        return offered / self.seconds / _rate(self.before)

    @property
    def statuses(self) -> Counter[str]:
        """Answers to the flood."""
        return sum((Counter(outcome.statuses) for outcome in self.outcomes), Counter())

    @property
    def faults(self) -> list[str]:
        """What is not as it has to be."""
        expected = {
            "memory went over its bound": self.seen.most_memory <= self.bound,
            "no event of the flood succeeded": sum(outcome.events for outcome in self.outcomes) > 0,
            "there were other answers than 202, 429 and 503": set(self.statuses) <= {"202", "429", "503"},
            "no request was refused: that was no overload": set(self.statuses) != {"202"},
            "an answer had no Retry-After": self.seen.without_retry_after == 0,
            "/healthz did not answer": set(self.seen.health) == {200},
            "requests hold something that are over": self.held == 0,
            "it is not as fast as it was": _rate(self.after) > _rate(self.before) / 3,
            "something is refused when all is over": set(self.after.statuses) == {"202"},
        }
        return [text for text, holds in expected.items() if not holds]


def flood(seconds: float, connections: int, latency: float, folder: Path) -> Flood:
    """Measure what the service takes, send ten times that, and look at it meanwhile and afterwards."""
    with firehose(latency=latency) as stand_in, _service(stand_in.url, folder) as victim:
        fresh = victim.memory()
        before = _calm(victim)
        with Probe(victim) as probe:
            outcomes = _too_much(victim, _rate(before), seconds, connections)
        held, left = _settled(victim), victim.memory()
        after = _calm(victim)
    return Flood(seconds, connections, before, outcomes, after, probe.seen, fresh, left, held)


@dataclass(frozen=True, slots=True)
class Siege:
    """What others noticed of connections that ask for nothing.

    Attributes:
        opened: Connections that asked for nothing, and how many of them are `still` open when the time for
            headers is over.
        alone: Single events before, at a rate that is easy to take.
        beside: The same while the connections were open.
    """

    opened: int
    still: int
    alone: Outcome
    beside: Outcome

    @property
    def faults(self) -> list[str]:
        """What is not as it has to be."""
        everyone = set(self.beside.statuses) == {"202"} and not self.beside.unanswered
        expected = {"others were not served": everyone, "they are still open": self.still == 0}
        return [text for text, holds in expected.items() if not holds]


def siege(count: int, header_seconds: float, folder: Path) -> Siege:
    """Open `count` connections with half of their headers, and as many that say nothing, beside others."""
    with firehose() as stand_in, _service(stand_in.url, folder, header_seconds=header_seconds) as victim:
        alone = _others(victim, header_seconds)
        with Crowd(victim.port, count, HALF_SENT) as half, Crowd(victim.port, count, b"") as idle:
            beside = _others(victim, header_seconds)
            give_up = monotonic() + header_seconds + _LATE_SECONDS
            while half.still + idle.still and monotonic() < give_up:
                sleep(0.1)
            return Siege(half.opened + idle.opened, half.still + idle.still, alone, beside)


def main(arguments: Sequence[str] | None = None) -> int:
    """Overload the service, print what came of it, and return 1 when something is not as it has to be."""
    options = _parser().parse_args(arguments)
    connections = allow_files(options.connections)
    with TemporaryDirectory(prefix="questlog-overload-") as folder:
        flooded = flood(options.seconds, connections, options.latency, Path(folder))
        besieged = siege(options.slow, 10, Path(folder))
    print(report(flooded, besieged))
    return int(bool(flooded.faults or besieged.faults))


def report(flooded: Flood, besieged: Siege) -> str:
    """Return what a person reads of it."""
    batches, singles = flooded.outcomes
    alone, beside = besieged.alone.latency["p99"], besieged.beside.latency["p99"]
    lines = [
        f"before: {_rate(flooded.before):.0f} events/s",
        f"offered: {flooded.times:.1f} times that, on {flooded.connections} connections",
        f"batches: {_answers(batches)}; {_rate(batches):.0f} events/s acknowledged",
        f"single events: {_answers(singles)}; {_rate(singles):.0f} events/s acknowledged",
        *_seen(flooded.seen),
        f"memory: {_mib(flooded.fresh)} at the start, {_mib(flooded.seen.most_memory)} at most",
        f"memory: bound {_mib(flooded.bound)}, {_mib(flooded.left)} when it was over",
        f"after: {_rate(flooded.after):.0f} events/s; {_answers(flooded.after)}",
        f"connections that ask for nothing: {besieged.opened}; when their time was over: {besieged.still}",
        f"others beside them: {_answers(besieged.beside)}, p99 {beside:.0f} ms (alone {alone:.0f} ms)",
        *(flooded.faults + besieged.faults or ["good"]),
    ]
    return "\n".join(lines)


def _seen(seen: Seen) -> list[str]:
    return [
        f"a client beside them: {dict(seen.answers)}, without Retry-After: {seen.without_retry_after}",
        f"/healthz: {dict(seen.health)}, slowest {seen.slowest_health:.1f} s",
    ]


def allow_files(connections: int) -> int:
    """Allow this process and those it starts as many files; return how many connections there can be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _FURTHER_FILES
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    return min(connections, hard - _FURTHER_FILES)


@contextmanager
def _service(url: str, folder: Path, **changes: object) -> Iterator[Victim]:
    chosen = settings(url, max_inflight_bytes=INFLIGHT, **changes)
    with Victim(chosen, folder / "service.log") as victim:
        victim.start()
        yield victim


def _calm(victim: Victim) -> Outcome:
    options = {"connections": _CALM_CONNECTIONS, "seconds": _CALM_SECONDS, "grace": _GRACE_SECONDS}
    return generate(victim.url, KEY, batch=_BATCH, **options)


def _too_much(victim: Victim, capacity: float, seconds: float, connections: int) -> list[Outcome]:
    of_batches = connections // 4
    loads = (
        {"batch": _BATCH, "connections": of_batches, "rate": _TIMES * capacity / _BATCH},
        {"connections": connections - of_batches, "rate": _SINGLES_A_CONNECTION * connections},
    )
    with ExitStack() as running:
        generators = [
            running.enter_context(generating(victim.url, KEY, seconds=seconds, grace=_GRACE_SECONDS, **load))
            for load in loads
        ]
        return [generator.outcome() for generator in generators]


def _settled(victim: Victim) -> float | None:
    give_up = monotonic() + _SETTLE_SECONDS
    while (held := victim.metric("questlog_inflight_bytes")) != 0 and monotonic() < give_up:
        sleep(0.1)
    return held


def _others(victim: Victim, seconds: float) -> Outcome:
    return generate(victim.url, KEY, connections=16, rate=_CROWD_RATE, seconds=seconds / 2, grace=10)


def _requests(outcome: Outcome) -> int:
    return outcome.requests + outcome.unanswered


def _rate(outcome: Outcome) -> float:
    return outcome.events / outcome.seconds


def _mib(size: int) -> str:
    return f"{size // _MIB} MiB"


def _answers(outcome: Outcome) -> str:
    return f"{outcome.statuses}, none: {outcome.unanswered}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.overload", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of the flood (default: %(default)s)")
    parser.add_argument("--connections", type=int, default=3000, help="(default: %(default)s)")
    parser.add_argument("--latency", type=float, default=1, help="seconds of Firehose (default: %(default)s)")
    parser.add_argument(
        "--slow", type=int, default=1000, help="connections of each kind that ask for nothing"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
