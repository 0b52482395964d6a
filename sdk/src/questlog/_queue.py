"""Where events wait until they are answered: in memory, bounded. Its user holds a lock around every call."""

from collections import deque

from questlog._entry import Entry


class MemoryQueue:
    """A first-in, first-out queue. Entries stay until `remove`, so that none is lost while it is sent.

    Args:
        max_events: Most entries it holds.
        max_bytes: Most bytes of JSON it holds.
    """

    def __init__(self, max_events: int, max_bytes: int) -> None:
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._entries: deque[Entry] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, entry: Entry) -> bool:
        """Append `entry`; False, and nothing done, when that would exceed a bound."""
        if len(self._entries) >= self._max_events or self._bytes + len(entry.body) > self._max_bytes:
            return False
        self._entries.append(entry)
        self._bytes += len(entry.body)
        return True

    def oldest(self, max_events: int, max_bytes: int) -> list[Entry]:
        """Return the oldest entries within both bounds, at least one if there is any; they stay queued."""
        batch: list[Entry] = []
        size = 0
        for entry in self._entries:
            size += len(entry.body)
            if batch and (len(batch) == max_events or size > max_bytes):
                break
            batch.append(entry)
        return batch

    def remove(self, count: int) -> None:
        """Forget the oldest `count` entries: they were answered."""
        for _ in range(count):
            self._bytes -= len(self._entries.popleft().body)
