"""A queue for several threads."""

import threading
from collections import Counter
from collections.abc import Sequence

from questlog._entry import Entry
from questlog._queue import Queue


class GuardedQueue:
    """A queue behind a lock, which is held while a disk is slow: the game's threads only ask for its length.

    Its methods are those of `Queue`, for one thread that lends and removes, and any that do all else.
    """

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._lock = threading.RLock()
        self._lent = False  # what `oldest` returned last was not forgotten since
        self._released = False

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def lent(self) -> bool:
        """Whether what `oldest` returned is still in the queue; not when that was cleared since."""
        return self._lent

    def put(self, bodies: Sequence[bytes]) -> int:
        """Append events, the first ones as far as there is room; return how many that are."""
        with self._lock:
            return self._queue.put(bodies)

    def oldest(self, max_events: int, max_bytes: int) -> list[Entry]:
        """Return the oldest events within both bounds, at least one if there is any; they stay queued."""
        with self._lock:
            self._lent = True
            return self._queue.oldest(max_events, max_bytes)

    def remove(self, count: int) -> None:
        """Forget the first `count` events of the last `oldest`, unless they are cleared."""
        with self._lock:
            if self._lent:
                self._queue.remove(count)

    def absorb(self) -> int | None:
        """Take over some of what others have left behind; return how many, None when there is no more."""
        with self._lock:
            return None if self._released else self._queue.absorb()

    def clear(self) -> int:
        """Forget all events; return how many that were."""
        with self._lock:
            self._lent = False
            cleared = self._queue.clear()
            if self._released:
                self._queue.close()
            return cleared

    def given_up(self) -> Counter[str]:
        """Return of how many events it let go without an answer since this was asked last, and why."""
        with self._lock:
            return self._queue.given_up()

    def release(self) -> None:
        """Let go of the disk; nothing is put into it any more."""
        with self._lock:
            self._released = True
            self._queue.close()
