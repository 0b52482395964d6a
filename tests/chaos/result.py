"""What a kill test has to do, what happened meanwhile, and what came of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.chaos.audit import Kept, Verdict
from tests.chaos.dedupe import Loaded


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to happen, at least, before the books are balanced.

    Attributes:
        kills: Ends by SIGKILL.
        stops: Ends by SIGTERM, under load.
        acknowledged: Events.
        outage_seconds: Length of the long outage of Firehose.
        spool: Whether the service has one.
        warehouse: How many of the events go through the warehouse's MERGE.
        round_seconds: How long the load generators run before they are asked what they were told.
        life_seconds: Least and most that the service lives.
    """

    kills: int = 20
    stops: int = 4
    acknowledged: int = 200_000
    outage_seconds: float = 60
    spool: bool = True
    warehouse: int = 200_000
    seed: int = 1
    round_seconds: float = 25
    life_seconds: tuple[float, float] = (0.5, 9)


@dataclass
class Tally:
    """What happened.

    Attributes:
        kills: Processes ended by SIGKILL, of which `unborn` before they listened.
        stops: Exit status of each process ended by SIGTERM, and the seconds it took for that.
        statuses: Answers by status.
        unanswered: Requests that had none.
        faults: Calls to Firehose that failed, by kind.
        most_spooled: Lines that were seen in the spool at once.
        drained: Whether the spool was empty in the end.
    """

    kills: int = 0
    unborn: int = 0
    stops: list[tuple[int, float]] = field(default_factory=list)
    starts: int = 0
    acknowledged: int = 0
    refused: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    most_spooled: int = 0
    drained: bool = True
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Result:
    """How it went, and what came of it.

    Attributes:
        loaded: What the warehouse made of a part of it; None when nothing went there.
        missing: The first events that are missing, and where they were seen.
    """

    plan: Plan
    tally: Tally
    kept: Kept
    verdict: Verdict
    loaded: Loaded | None
    missing: Sequence[str]

    @property
    def is_good(self) -> bool:
        """Whether the plan was carried out and every promise kept."""
        tally, plan = self.tally, self.plan
        enough = tally.acknowledged >= plan.acknowledged and tally.kills >= plan.kills
        stopped = len(tally.stops) >= plan.stops and all(status == 0 for status, _ in tally.stops)
        merged = self.loaded is None or self.loaded.is_good
        return enough and stopped and merged and tally.drained and self.verdict.is_good


def report(result: Result) -> str:
    """Return what a person reads of it."""
    plan, tally = result.plan, result.tally
    lines = [
        f"seed {plan.seed}, {'with a spool' if plan.spool else 'without spool'}, {tally.seconds:.0f} s",
        *_what_happened(tally, plan.outage_seconds),
        *_what_came_of_it(result.kept, result.verdict),
        *result.missing,
        _warehouse(result.loaded),
        "good" if result.is_good else "NOT GOOD",
    ]
    return "\n".join(lines)


def _what_happened(tally: Tally, outage_seconds: float) -> list[str]:
    longest = max((seconds for _, seconds in tally.stops), default=0)
    spool = f"at most {tally.most_spooled} lines were seen in the spool"
    return [
        f"kills: {tally.kills}, of which before it listened: {tally.unborn}; restarts: {tally.starts - 1}",
        f"stops under load: exit status {[status for status, _ in tally.stops]}, {longest:.1f} s at most",
        f"acknowledged: {tally.acknowledged}, refused: {tally.refused}",
        f"answers: {_counts(tally.statuses)}, none: {tally.unanswered}",
        f"calls to Firehose that failed: {_counts(tally.faults)}; one outage of {outage_seconds:g} s",
        f"{spool}, which is {'empty' if tally.drained else 'NOT EMPTY'} now",
    ]


def _what_came_of_it(kept: Kept, verdict: Verdict) -> list[str]:
    rejects = kept.rejects.total() - len(kept.rejects)
    return [
        f"events kept: {len(kept.events)}, duplicates of them: {kept.duplicates}",
        f"rejects kept: {len(kept.rejects)}, duplicates of them: {rejects}",
        f"lost events: {len(verdict.lost)}, lost rejects: {len(verdict.forgotten)}",
        f"misplaced: {len(verdict.misplaced)}, invalid: {verdict.invalid}, broken lines: {verdict.broken}",
    ]


def _warehouse(loaded: Loaded | None) -> str:
    if loaded is None:
        return "nothing went through the warehouse"
    return (
        f"warehouse: {loaded.lines} lines of {loaded.events} acknowledged events, duplicated ones first, "
        f"gave {loaded.rows} rows through its MERGE: {len(loaded.missing)} missing, "
        f"{len(loaded.twice)} twice (the other events were looked for in the stream only)"
    )


def _counts(counts: "Counter[str] | dict[str, int]") -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items())) or "none"
