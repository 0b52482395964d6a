"""The rows that SDKs are compared in, and what Questlog must reach in each beside the best of its peers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from statistics import median

from tests.bench.sdk_client import Burst, Import
from tests.bench.sdk_install import QUESTLOG

EXIT_CAP_SECONDS = 15.0
_NAME, _CELL = 34, 11


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of an SDK in a round; `exit_seconds` is inf for more than the cap."""

    burst: Burst
    imported: Import
    exit_seconds: float


Round = Mapping[str, Measured]
"""One round, by the name of the SDK."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what it is called, and how it is read.

    Attributes:
        name: With the unit.
        value: Reads it.
        digits: Shown behind the point.
        times: What Questlog must reach, as a multiple of the best peer; None for no such target.
        most: What Questlog must reach, itself; None for no such target.
        higher: Whether more is better.
    """

    name: str
    value: Callable[[Measured], float]
    digits: int = 0
    times: float | None = None
    most: float | None = None
    higher: bool = False


ROWS = (
    Row("call, p50, µs", lambda it: it.burst.call_p50, 1, times=1.0),
    Row("call, p99, µs", lambda it: it.burst.call_p99, 1, times=1.0),
    Row("call, max, µs", lambda it: it.burst.call_max),
    Row("events/s until the last is there", lambda it: it.burst.per_second, times=1.2, higher=True),
    Row("CPU an event, µs", lambda it: it.burst.cpu_micros, 1, times=1.0),
    Row("on the wire an event, bytes", lambda it: it.burst.wire_bytes, 1, times=1.0),
    Row("import, ms", lambda it: it.imported.milliseconds, 1, times=1.0),
    Row("modules the import loads", lambda it: it.imported.modules, times=1.0),
    Row("memory over the interpreter, MiB", lambda it: it.burst.memory_mib, 1, times=1.5),
    Row("exit while the server hangs, s", lambda it: it.exit_seconds, 1, most=2.0),
    Row("events that never arrived", lambda it: it.burst.missing, most=0),
)


def table(rounds: Sequence[Round]) -> Iterator[str]:
    """Yield the lines of the table: the medians of all rounds, then targets."""
    names = list(rounds[0])
    yield f"{'median of the rounds':<{_NAME}}" + "".join(f"{name:>{_CELL}}" for name in names)
    for row in ROWS:
        cells = (_text(row, _median(rounds, row, name)) for name in names)
        yield f"{row.name:<{_NAME}}" + "".join(f"{cell:>{_CELL}}" for cell in cells)
    yield ""
    yield from (_target(rounds, row) for row in ROWS if row.times is not None or row.most is not None)


def best_peer(rounds: Sequence[Round], row: Row) -> str | None:
    """Return the name of the peer with the best median in `row`; None when there are no peers."""
    peers = [name for name in rounds[0] if name != QUESTLOG.name]
    best = max if row.higher else min
    return best(peers, key=lambda name: _median(rounds, row, name), default=None)


def ratio(rounds: Sequence[Round], row: Row, peer: str) -> float:
    """Return how many times `peer` Questlog has in `row`: the median of the rounds' ratios."""
    return median(row.value(it[QUESTLOG.name]) / row.value(it[peer]) for it in rounds)


def _median(rounds: Sequence[Round], row: Row, name: str) -> float:
    return median(row.value(it[name]) for it in rounds)


def _target(rounds: Sequence[Round], row: Row) -> str:
    peer, value = best_peer(rounds, row), _median(rounds, row, QUESTLOG.name)
    line = f"{row.name:<{_NAME}}{_text(row, value):>{_CELL}}"
    if row.most is not None:
        beside = "" if peer is None else f"{_text(row, _median(rounds, row, peer)):>{_CELL}} {peer:<10}"
        return f"{line}{beside:<38} target at most {row.most:g}: {_verdict(value <= row.most)}"
    if peer is None or row.times is None:
        return f"{line}   no peer to compare with"
    reached = ratio(rounds, row, peer)
    beside = f"{_text(row, _median(rounds, row, peer)):>{_CELL}} {peer:<10} ratio {reached:>6.2f}"
    word, good = ("least", reached >= row.times) if row.higher else ("most", reached <= row.times)
    return f"{line}{beside:<38} target at {word} {row.times:.1f}: {_verdict(good)}"


def _verdict(good: bool) -> str:  # noqa: FBT001 - read with its only argument
    return "reached" if good else "MISSED"


def _text(row: Row, value: float) -> str:
    return f"> {EXIT_CAP_SECONDS:.0f}" if isinf(value) else f"{value:,.{row.digits}f}"
