"""Kills the service under load again and again, then asks whether all that it acknowledged was kept.

The server is a real process, boto3 talks to a stand-in of Firehose that fails at random, and several load
generators write down what they were answered. A kill ends the process, not the machine: what was written and
not synced survives it, so this says nothing about a power cut.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep

from tests.chaos import audit, dedupe
from tests.chaos.result import Plan, Result, Tally
from tests.chaos.victim import EVENTS, KEY, REJECTS, Victim, settings
from tests.chaos.weather import Weather
from tests.load.firehose import firehose
from tests.load.generator import Generator, generating

Tell = Callable[[str], None]

_STARTUP_SECONDS = (0.05, 1.5)  # of a process that does not live to take a request
_STARTUP_SHARE = 1 / 6
_PAUSE_SECONDS = (0, 1)
_ANSWER_SECONDS = 10  # that the last requests of a round are waited for
_DRAIN_SECONDS = 180
_LONGEST_SECONDS = 1800

# Events a request (None: the route of single ones), and requests a second: 2600 events a second together.
_LOADS: Sequence[tuple[int | None, int]] = ((None, 200), (20, 40), (200, 8))
_CONNECTIONS = 32
_INVALID_SHARE = 0.02


def run(plan: Plan, folder: Path, tell: Tell = lambda _: None) -> Result:
    """Carry out `plan`; `folder` takes the streams, the spool, the log and what clients were told."""
    told, streams, spool = (folder / name for name in ("told", "streams", "spool"))
    told.mkdir(parents=True)
    begin = monotonic()
    with firehose(keep=streams, seed=plan.seed) as stand_in:
        chosen = _settings(stand_in.url, spool / "spool.sqlite" if plan.spool else None)
        with Victim(chosen, folder / "service.log") as victim:
            ordeal = _Ordeal(victim, plan, told, tell)
            victim.start()
            with Weather(stand_in, random.Random(plan.seed + 1), plan.outage_seconds):
                ordeal.run()
            ordeal.drain()
            tally = ordeal.tally
            tally.faults, tally.starts = stand_in.counts()["faults"], victim.starts
    tally.seconds = monotonic() - begin
    return _balanced(plan, tally, folder, tell)


def _settings(url: str, spool: Path | None) -> dict[str, str]:
    chosen = settings(
        url,
        firehose_call_seconds=1,
        delivery_seconds=4,
        shutdown_seconds=8,
        spool_after_seconds=1,
        breaker_seconds=1,
        retry_after_seconds=1,
        max_rejects_per_minute=1_000_000,
        # Less than comes during the long outage: the spool gets full as well.
        spool_max_bytes=64 * 1024 * 1024,
        spool_replay_bytes_per_second=16 * 1024 * 1024,
    )
    return chosen if spool is None else {**chosen, "SPOOL_PATH": str(spool)}


class _Ordeal:
    """Loads and ends the service in rounds, until there is enough of everything in the `tally`."""

    def __init__(self, victim: Victim, plan: Plan, told: Path, tell: Tell) -> None:
        self.tally = Tally()
        self._victim = victim
        self._plan = plan
        self._told = told
        self._tell = tell
        self._chance = random.Random(plan.seed)
        self._rounds = 0
        self._ends = [*[self._stop] * plan.stops, *[self._kill] * plan.kills]
        self._chance.shuffle(self._ends)

    def run(self) -> None:
        """Begin the first round, and end with the last."""
        begin = monotonic()
        while (seconds := monotonic() - begin) < _LONGEST_SECONDS and not self._is_enough(seconds):
            self._rounds += 1
            self._round()
            tally = self.tally
            self._tell(f"{tally.acknowledged} acknowledged, {tally.kills} kills, {len(tally.stops)} stops")

    def drain(self) -> None:
        """Wait until the spool is empty, now that Firehose is well, and stop the service."""
        self._tell("the faults are over; the spool is sent")
        give_up = monotonic() + _DRAIN_SECONDS
        while not (drained := self._see_spool() == 0) and monotonic() < give_up:
            sleep(0.2)
        self.tally.drained = drained
        self._stop()

    def _is_enough(self, seconds: float) -> bool:
        tally, plan = self.tally, self._plan
        ended = tally.kills >= plan.kills and len(tally.stops) >= plan.stops
        return ended and tally.acknowledged >= plan.acknowledged and seconds > plan.outage_seconds

    def _round(self) -> None:
        end = monotonic() + self._plan.round_seconds
        with self._load() as generators:
            while (left := end - monotonic()) > 0:
                sleep(min(left, self._chance.uniform(*self._plan.life_seconds)))
                self._end_one()
            for generator in generators:
                self._enter(generator)

    @contextmanager
    def _load(self) -> Iterator[list[Generator]]:
        with ExitStack() as running:
            yield [running.enter_context(self._generator(*load)) for load in _LOADS]

    def _generator(self, batch: int | None, rate: int) -> AbstractContextManager[Generator]:
        name = f"{self._rounds}-{batch or 'single'}"
        return generating(
            self._victim.url,
            KEY,
            batch=batch,
            rate=rate,
            seconds=self._plan.round_seconds,
            grace=_ANSWER_SECONDS,
            connections=_CONNECTIONS,
            invalid_share=_INVALID_SHARE,
            acknowledged=self._told / f"accepted-{name}",
            rejected=self._told / f"refused-{name}",
        )

    def _end_one(self) -> None:
        """End the service in one of several ways, and start it again."""
        self._see_spool()
        (self._ends.pop() if self._ends else self._kill)()
        sleep(self._chance.uniform(*_PAUSE_SECONDS))
        if self._chance.random() < _STARTUP_SHARE:
            self._victim.begin()
            sleep(self._chance.uniform(*_STARTUP_SECONDS))
            self._kill()
            self.tally.unborn += 1
        self._victim.start()

    def _kill(self) -> None:
        self._victim.kill()
        self.tally.kills += 1

    def _stop(self) -> None:
        begin = monotonic()
        self.tally.stops.append((self._victim.stop(), monotonic() - begin))

    def _see_spool(self) -> float | None:
        lines = self._victim.metric("questlog_spool_lines")
        self.tally.most_spooled = max(self.tally.most_spooled, int(lines or 0))
        return lines

    def _enter(self, generator: Generator) -> None:
        outcome, tally = generator.outcome(), self.tally
        tally.acknowledged += outcome.events
        tally.refused += outcome.rejected
        tally.statuses.update(outcome.statuses)
        tally.unanswered += outcome.unanswered


def _balanced(plan: Plan, tally: Tally, folder: Path, tell: Tell) -> Result:
    tell("the books are balanced")
    events, rejects = (folder / "streams" / f"{name}.ndjson" for name in (EVENTS, REJECTS))
    said, found = audit.told(folder / "told"), audit.kept(events, rejects)
    verdict = audit.judge(said, found)
    missing = audit.missing(verdict, said, [folder / "spool", folder / "streams"])
    if not plan.warehouse or verdict.lost:
        return Result(plan, tally, found, verdict, None, missing)
    tell(f"{plan.warehouse} of the events go through the warehouse")
    acknowledged = Counter({one: found.events[one] for one in said.accepted})
    part = dedupe.part(acknowledged, plan.warehouse, random.Random(plan.seed))
    return Result(plan, tally, found, verdict, dedupe.load(events, part), missing)
