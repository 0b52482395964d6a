"""How long clients wait at half of the maximum load, and whether memory stays as it is."""

from collections.abc import Iterator
from threading import Event, Thread

from tests.bench import ingest_servers as servers
from tests.bench.ingest_rates import BATCHES, SINGLE
from tests.bench.ingest_servers import Load
from tests.load.outcome import Outcome
from tests.load.service import Server
from tests.load.usage import resident_bytes

FIREHOSE_SECONDS = 0.020
TARGET_MILLISECONDS = 60
_CONNECTIONS = {SINGLE: 512, BATCHES: 96}
"""Enough to keep a core busy while each request waits for Firehose."""

_SAMPLE_SECONDS = 10


def table(seconds: float) -> Iterator[str]:
    """Yield a line for each load, with the latency at half of the rate that was reached just before."""
    columns = "".join(f"{name:>9}" for name in ("most/s", "half/s", "p50", "p90", "p99", "max"))
    yield f"{'ms, when Firehose takes 20':<26}{columns}"
    with servers.stand_in(FIREHOSE_SECONDS) as endpoint, servers.questlog(endpoint) as server:
        for name, load in (("single events", SINGLE), ("batches of 100", BATCHES)):
            servers.warm_up(server, load)
            most = _most(server, load, seconds)
            yield _row(name, most, _half(server, load, 2 * seconds, most))


def _row(name: str, most: float, outcome: Outcome) -> str:
    waits = "".join(f"{wait:>9.1f}" for wait in outcome.latency.values())
    verdict = "reached" if outcome.latency["p99"] < TARGET_MILLISECONDS else "MISSED"
    return f"{name:<26}{most:>9,.0f}{most / 2:>9,.0f}{waits}   target p99 < {TARGET_MILLISECONDS}: {verdict}"


def _most(server: Server, load: Load, seconds: float) -> float:
    outcome = load.send(server, seconds, connections=_CONNECTIONS[load])
    return outcome.requests / outcome.seconds


def _half(server: Server, load: Load, seconds: float, most: float) -> Outcome:
    return load.send(server, seconds, rate=most / 2, connections=_CONNECTIONS[load])


def memory(minutes: float) -> Iterator[str]:
    """Yield what the service holds during so many minutes of half of the maximum load."""
    with servers.stand_in(FIREHOSE_SECONDS) as endpoint, servers.questlog(endpoint) as server:
        servers.warm_up(server, BATCHES)
        most = _most(server, SINGLE, 5)
        sizes, over = [resident_bytes(server.process.pid)], Event()
        sampler = Thread(target=_sample, args=(server.process.pid, sizes, over))
        sampler.start()
        try:
            _half(server, SINGLE, 60 * minutes, most)
        finally:
            over.set()
            sampler.join()
    yield f"memory over {minutes:g} minutes at {most / 2:,.0f} single events a second: {_summary(sizes)}"


def _summary(sizes: list[int]) -> str:
    mib = [size / 1024**2 for size in sizes]
    quarters = ", ".join(f"{mib[len(mib) * quarter // 4 - 1]:.1f}" for quarter in range(1, 5))
    return f"first {mib[0]:.1f} MiB, after each quarter {quarters}, max {max(mib):.1f}, last {mib[-1]:.1f}"


def _sample(pid: int, sizes: list[int], over: Event) -> None:
    while not over.wait(_SAMPLE_SECONDS):
        sizes.append(resident_bytes(pid))
