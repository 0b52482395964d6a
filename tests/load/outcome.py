"""What a load came to: the books of a generator, and their sum as JSON."""

import math
import time
from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import orjson

from tests.load.requests import Message

_ACCEPTED, _MIXED, _REFUSED = 202, 207, 422


@dataclass(frozen=True, slots=True)
class Outcome:
    """The sum of a load.

    Attributes:
        requests: Requests that were answered.
        statuses: How many of them with which status.
        events: Events that were acknowledged.
        rejected: Events that were refused for good: a reject that is durable.
        unanswered: Requests that lost their connection, or had no answer at the end; no event of them counts.
        refused_connections: Tries to connect that failed.
        seconds: From the first request to the last answer.
        latency: Milliseconds from when a request was due to its answer: p50, p90, p99, max.
        cpu_seconds: What the generator itself took of the processor meanwhile.
    """

    requests: int
    statuses: dict[str, int]
    events: int
    rejected: int
    unanswered: int
    refused_connections: int
    seconds: float
    latency: dict[str, float]
    cpu_seconds: float


@dataclass
class Books:
    """Counts answers as they come, and writes down which events got which.

    `acknowledged` and `rejected` are files to append ids of events to, one a line; None writes none.
    """

    event_id: Callable[[int], str]
    acknowledged: TextIO | None = None
    rejected: TextIO | None = None
    unanswered: int = 0
    refused_connections: int = 0
    _statuses: Counter[int] = field(default_factory=Counter)
    _seconds: "array[float]" = field(default_factory=lambda: array("d"))
    _counts: Counter[str] = field(default_factory=Counter)
    _started: float = field(default_factory=time.perf_counter)
    _last: float = field(default_factory=time.perf_counter)
    _cpu: float = field(default_factory=time.process_time)

    def answered(self, message: Message, due: float, status: int, body: bytes) -> None:
        """Enter one answer; `due` is when its request should have been sent, of `time.perf_counter`."""
        self._last = time.perf_counter()
        self._seconds.append(self._last - due)
        self._statuses[status] += 1
        if status == _ACCEPTED:
            self._enter("accepted", self.acknowledged, range(message.first, message.first + message.count))
        elif status in (_MIXED, _REFUSED):
            self._enter_each(message, orjson.loads(body))

    def close(self) -> Outcome:
        """Close the files and return the sum."""
        for file in (self.acknowledged, self.rejected):
            if file is not None:
                file.close()
        return Outcome(
            requests=len(self._seconds),
            statuses={str(status): count for status, count in sorted(self._statuses.items())},
            events=self._counts["accepted"],
            rejected=self._counts["rejected"],
            unanswered=self.unanswered,
            refused_connections=self.refused_connections,
            seconds=round(self._last - self._started, 4),
            latency=_percentiles(sorted(self._seconds)),
            cpu_seconds=round(time.process_time() - self._cpu, 3),
        )

    def _enter_each(self, message: Message, answer: dict[str, Any]) -> None:
        """Enter the events of a 207 or 422, which say for each event of a batch what became of it."""
        results = answer.get("events", [{"status": "rejected"}] if message.count == 1 else [])
        for index, result in enumerate(results):
            file = self.acknowledged if result["status"] == "accepted" else self.rejected
            self._enter(result["status"], file, [message.first + index])

    def _enter(self, kind: str, file: TextIO | None, numbers: "range | list[int]") -> None:
        self._counts[kind] += len(numbers)
        if file is not None:
            file.write("".join([f"{self.event_id(number)}\n" for number in numbers]))


def appending(path: Path | None) -> TextIO | None:
    """Open a file to append to, or none."""
    return None if path is None else path.open("a", encoding="ascii")


def _percentiles(seconds: list[float]) -> dict[str, float]:
    """Return nearest-rank percentiles in milliseconds; all 0 when nothing was answered."""
    if not seconds:
        return dict.fromkeys(("p50", "p90", "p99", "max"), 0.0)
    ranks = {"p50": 0.50, "p90": 0.90, "p99": 0.99, "max": 1.0}
    return {
        name: round(seconds[math.ceil(share * len(seconds)) - 1] * 1000, 3) for name, share in ranks.items()
    }
