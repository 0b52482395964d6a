"""Where events wait until they are answered: on the disk, or in memory.

Who uses a queue holds a lock around every call but `len`.
"""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from questlog._entry import Entry

Told: TypeAlias = Callable[[Sequence[bytes]], object]
"""Given JSON of events that are deleted."""


class Queue(Protocol):
    """A first-in, first-out queue. Events stay until `remove`, so that none is lost while it is sent."""

    def __len__(self) -> int:
        """Return how many events it holds, or did when it was closed; never waits."""

    @property
    def away(self) -> int:
        """How many more are out of reach, and come back by `absorb`, which does not count them again."""

    @property
    def durable(self) -> bool:
        """Whether all it holds survives the process; never waits."""

    def put(self, bodies: Sequence[bytes]) -> int:
        """Append events, the first ones as far as there is room; return how many that are."""

    def oldest(self, max_events: int, max_bytes: int) -> list[Entry]:
        """Return the oldest events within both bounds, at least one if there is any; they stay queued."""

    def remove(self, count: int) -> None:
        """Forget the first `count` events of the last `oldest`: they were answered."""

    def clear(self, told: Told) -> int:
        """Forget all events, after giving them to `told`; return how many that were."""

    def absorb(self) -> int | None:
        """Take over some of what others have left behind; return how many, None when there is no more."""

    def given_up(self) -> Counter[str]:
        """Return of how many events it let go without an answer since this was asked last, and why."""

    def close(self) -> None:
        """Let go of the disk."""

    def abandon(self) -> None:
        """Forget, in a forked child, what is its parent's."""


class MemoryQueue:
    """A queue that ends with the process.

    Args:
        max_events: Most events it holds.
        max_bytes: Most bytes of JSON it holds.

    Attributes:
        bodies: The JSON of each event, oldest first.
        bytes: Of all of it.
    """

    def __init__(self, max_events: int, max_bytes: int) -> None:
        self._max_events = max_events
        self._max_bytes = max_bytes
        self.bodies: deque[bytes] = deque()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self.bodies)

    @property
    def away(self) -> int:
        """Return 0: nothing is out of reach."""
        return 0

    @property
    def durable(self) -> bool:
        """Whether there is nothing that would end with the process."""
        return not self.bodies

    def put(self, bodies: Sequence[bytes]) -> int:
        """Append events, the first ones as far as there is room; return how many that are."""
        for kept, body in enumerate(bodies):
            if len(self.bodies) >= self._max_events or self.bytes + len(body) > self._max_bytes:
                return kept
            self.bodies.append(body)
            self.bytes += len(body)
        return len(bodies)

    def oldest(self, max_events: int, max_bytes: int) -> list[Entry]:
        """Return the oldest events within both bounds, at least one if there is any; they stay queued."""
        batch: list[Entry] = []
        size = 0
        for body in self.bodies:
            size += len(body)
            if batch and (len(batch) == max_events or size > max_bytes):
                break
            batch.append(Entry.read(body))
        return batch

    def remove(self, count: int) -> None:
        """Forget the oldest `count` events: they were answered."""
        for _ in range(count):
            self.bytes -= len(self.bodies.popleft())

    def clear(self, told: Told = lambda _: None) -> int:
        """Forget all events, after giving them to `told`; return how many that were."""
        told(self.bodies)
        count = len(self.bodies)
        self.bodies.clear()
        self.bytes = 0
        return count

    def absorb(self) -> None:
        """Return None: nobody leaves anything behind in memory."""

    def given_up(self) -> Counter[str]:
        """Return nothing: here events wait as long as it takes."""
        return Counter()

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def abandon(self) -> None:
        """Do nothing: a child has memory of its own."""


def fitting(bodies: Sequence[bytes], room: int) -> Sequence[bytes]:
    """Return the first of `bodies`, as many as have room in that many bytes."""
    if sum(map(len, bodies)) <= room:
        return bodies
    for count, body in enumerate(bodies):
        room -= len(body)
        if room < 0:
            return bodies[:count]
    return bodies
