"""How many events a core takes, beside what it is compared with, in interleaved rounds of one run."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from tests.bench import ingest_servers as servers
from tests.bench.ingest_servers import Cost, Load
from tests.load.service import Server

SINGLE, BATCHES = Load(), Load(batch=100)
RAW, BARE, BY_HAND = (
    "raw ASGI, body read only",
    "bare protocol, no ASGI",
    "FastAPI + Pydantic + boto3 by hand",
)
QUESTLOG, ZIPPED = "questlog", "questlog, ndjson+gzip"


@dataclass(frozen=True, slots=True)
class Target:
    """What the service must reach: so many events a CPU second, or so many times a `rival`."""

    load: Load
    least: float
    rival: str | None = None


TARGETS = (
    Target(SINGLE, 12_000),
    Target(SINGLE, 15, BY_HAND),
    Target(SINGLE, 0.40, RAW),
    Target(BATCHES, 60_000),
    Target(BATCHES, 3, BY_HAND),
)


class Rates:
    """Costs of each server and load, one a round."""

    def __init__(self, rounds: list[dict[tuple[str, Load], Cost]]) -> None:
        self._rounds = rounds

    def best(self, name: str, load: Load) -> Cost:
        """Return the round that cost least."""
        return min((costs[name, load] for costs in self._rounds), key=lambda cost: cost.micros)

    def median(self, name: str, load: Load) -> float:
        """Return the median of events a CPU second."""
        return median(costs[name, load].per_cpu_second for costs in self._rounds)

    def ratio(self, load: Load, rival: str) -> float:
        """Return how many times `rival` the service does: the median of the rounds' ratios."""
        return median(
            costs[QUESTLOG, load].per_cpu_second / costs[rival, load].per_cpu_second for costs in self._rounds
        )


def measure(rounds: int, seconds: float) -> Rates:
    """Run all servers at once, load one after the other, and that several times."""
    with ExitStack() as stack:
        endpoint = stack.enter_context(servers.stand_in())
        started = {
            BARE: stack.enter_context(servers.bare()),
            RAW: stack.enter_context(servers.raw()),
            BY_HAND: stack.enter_context(servers.handwritten(endpoint)),
            QUESTLOG: stack.enter_context(servers.questlog(endpoint)),
            ZIPPED: stack.enter_context(servers.questlog(endpoint, packing="ndjson+gzip")),
        }
        for server, load in ((server, load) for server in started.values() for load in (SINGLE, BATCHES)):
            servers.warm_up(server, load)
        return Rates([_round(started, seconds) for _ in range(rounds)])


def _round(started: dict[str, Server], seconds: float) -> dict[tuple[str, Load], Cost]:
    return {
        (name, load): servers.cost(server, load, seconds)
        for load in (SINGLE, BATCHES)
        for name, server in started.items()
    }


def table(rates: Rates) -> Iterator[str]:
    """Yield the lines of the table: rates, then targets."""
    yield f"{'events a CPU second of the server':<36}" + "".join(map(_HEADING.format, ("single", "of 100")))
    for name in (BARE, RAW, BY_HAND, QUESTLOG, ZIPPED):
        yield f"{name:<36}" + "".join(_cells(rates, name, load) for load in (SINGLE, BATCHES))
    yield ""
    yield from (_target(rates, target) for target in TARGETS)


_HEADING = "   {:>6}: best    median      wall"


def _cells(rates: Rates, name: str, load: Load) -> str:
    best = rates.best(name, load)
    return f"  {best.per_cpu_second:>12,.0f} {rates.median(name, load):>9,.0f} {best.per_second:>9,.0f}"


def _target(rates: Rates, target: Target) -> str:
    what = "single events" if target.load is SINGLE else "batches of 100"
    if target.rival is None:
        reached, unit = rates.median(QUESTLOG, target.load), "events a CPU second"
    else:
        reached, unit = rates.ratio(target.load, target.rival), f"times {target.rival}"
    verdict = "reached" if reached >= target.least else "MISSED"
    return f"{what:<16} {reached:>10,.2f}   target {target.least:>10,.2f} {unit}: {verdict}"
