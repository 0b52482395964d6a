"""How old what waits on the disk is, whatever the device's clock said when it was written."""

from bisect import bisect_right

from questlog._clock import Clock
from questlog._outbox import Row

RELEASED = 1_767_225_600
"""2026-01-01T00:00:00Z in seconds since the epoch: a clock that was before it was wrong."""

_JUMP_SECONDS = 60.0  # of a clock that is set; less matters to no age


class RowAges:
    """Ages of the rows of one file.

    Devices without a battery start in 1970 and learn the time from the network. So rows of this run age by
    the time that has passed, and those of an earlier one by the clock, unless that cannot have been right.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._firsts: list[int] = []  # row numbers, ascending
        self._leads: list[
            float | None
        ] = []  # of the clock before the uptime, from that row on; None is unknown

    def note(self, number: int, *, now: bool) -> None:
        """Tell that the rows from `number` on are written `now`, and not taken over from an earlier run."""
        lead = self._wall() - self._clock.uptime() if now else None
        if not _same(self._leads[-1] if self._leads else None, lead):
            self._firsts.append(number)
            self._leads.append(lead)

    def age(self, row: Row) -> float:
        """Return the age of a row in seconds; 0 when it cannot be known."""
        index = bisect_right(self._firsts, row.number) - 1
        lead = self._leads[index] if index >= 0 else None
        if lead is not None:
            return self._clock.uptime() + lead - row.written_at
        return self._wall() - row.written_at if row.written_at >= RELEASED else 0.0

    def _wall(self) -> float:
        return self._clock.now().timestamp()


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < _JUMP_SECONDS
