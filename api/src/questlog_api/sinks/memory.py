"""A sink in this process's memory, for tests and development."""

from collections.abc import Sequence

from questlog_api.sinks.base import Health, SinkUnavailable, Stored, Stream, ignore


class MemorySink:
    """Keeps lines until the process ends, at most `capacity` of them; `lines` is what it holds."""

    def __init__(self, capacity: int = 100_000) -> None:
        self.lines: dict[Stream, list[bytes]] = {stream: [] for stream in Stream}
        self._capacity = capacity

    async def put(
        self,
        stream: Stream,
        lines: Sequence[bytes],
        deadline: float,  # noqa: ARG002 - it never waits
        stored: Stored = ignore,
    ) -> None:
        """Keep `lines`, all or none."""
        self._expect_room_for(len(lines))
        self.lines[stream].extend(lines)
        stored(0, len(lines))

    async def start(self) -> None:
        """Nothing is to be done."""

    async def check(self) -> Health:
        """Return while one more line has room."""
        self._expect_room_for(1)
        return Health.OK

    async def close(self) -> None:
        """Nothing is held."""

    def _expect_room_for(self, count: int) -> None:
        if sum(map(len, self.lines.values())) + count > self._capacity:
            raise SinkUnavailable(f"the memory sink is full: it keeps {self._capacity} lines")
