"""A queue for several threads."""

import math
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from questlog._clock import bounded
from questlog._entry import Entry
from questlog._queue import Queue, Told


class GuardedQueue:
    """A queue behind a lock, which is held while a disk is slow: the game's threads only ask for its length.

    Its methods are those of `Queue`, for one thread that lends and removes, and any that do all else.
    """

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._lock = threading.RLock()
        self._lent = False  # what `oldest` returned last was not forgotten since
        self._due: Told | None = None  # a clearing that the disk had no time for
        self._released = False

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def away(self) -> int:
        """How many more events are out of reach, and come back by `absorb`."""
        return self._queue.away

    @property
    def durable(self) -> bool:
        """Whether all it holds survives the process; never waits."""
        return self._queue.durable

    @property
    def lent(self) -> bool:
        """Whether what `oldest` returned is still in the queue; not when that was cleared since."""
        return self._lent

    def put(self, bodies: Sequence[bytes]) -> int:
        """Append events, the first ones as far as there is room; return how many that are."""
        with self._entered() as queue:
            return queue.put(bodies)

    def oldest(self, max_events: int, max_bytes: int) -> list[Entry]:
        """Return the oldest events within both bounds, at least one if there is any; they stay queued."""
        with self._entered() as queue:
            self._lent = True
            return queue.oldest(max_events, max_bytes)

    def remove(self, count: int) -> None:
        """Forget the first `count` events of the last `oldest`, unless they are cleared."""
        with self._entered() as queue:
            if self._lent:
                queue.remove(count)

    def absorb(self) -> int | None:
        """Take over some of what others have left behind; return how many, None when there is no more."""
        with self._entered() as queue:
            return None if self._released else queue.absorb()

    def clear(self, told: Told = lambda _: None, seconds: float = math.inf) -> int | None:
        """Forget all events, after giving them to `told`; return how many that were.

        None when the disk kept this from being done for `seconds`: it is done as soon as that lets go.
        """
        if not self._lock.acquire(timeout=bounded(seconds)):
            self._due, self._lent = told, False
            return None
        try:
            return self._clear(told)
        finally:
            self._lock.release()

    def given_up(self) -> Counter[str]:
        """Return of how many events it let go without an answer since this was asked last, and why."""
        with self._entered() as queue:
            return queue.given_up()

    def release(self) -> None:
        """Let go of the disk; nothing is put into it any more."""
        with self._entered() as queue:
            self._released = True
            queue.close()

    @contextmanager
    def _entered(self) -> Iterator[Queue]:
        with self._lock:
            if self._due is not None:
                self._clear(self._due)
            yield self._queue

    def _clear(self, told: Told) -> int:
        self._due, self._lent = None, False
        cleared = self._queue.clear(told)
        if self._released:
            self._queue.close()
        return cleared
