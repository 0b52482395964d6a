"""Time as the SDK sees it: in one place, so that tests can bring their own."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime


def _uptime() -> float:
    # Elsewhere a sleep goes uncounted, or `monotonic` counts it: https://docs.python.org/3/library/time.html
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class Clock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds since some moment; never goes back."""
        return time.monotonic()

    def uptime(self) -> float:
        """Return seconds since some moment, those that the device slept too where the system counts them."""
        return _uptime()

    def wait_for(self, condition: threading.Condition, until: Callable[[], bool], seconds: float) -> None:
        """Return once `until()` is true or `seconds` have passed; the caller holds `condition`."""
        condition.wait_for(until, bounded(seconds))


class EventClock:
    """Tells when events happen: the wall clock, which does not go back within a session.

    A wall clock that is set back would put events before those that led to them; the session then goes on by
    the monotonic clock, until the wall clock has caught up or `restart` is called. One that is set forward is
    believed: a device that slept looks just the same. `wall` and `monotonic` return nanoseconds.
    """

    def __init__(
        self, wall: Callable[[], int] = time.time_ns, monotonic: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self.restart()

    def restart(self) -> None:
        """Begin a new session: the wall clock is right again."""
        self._second = (-1, "")
        self._lead = self._wall() - self._monotonic()  # of the wall clock, the most there was

    def now(self) -> str:
        """Return the present moment as events have it: RFC 3339, UTC, milliseconds, `Z`."""
        # In this order: a thread that is interrupted in between finds a smaller lead, and takes the larger.
        wall, monotonic = self._wall(), self._monotonic()
        self._lead = lead = max(self._lead, wall - monotonic)
        second, rest = divmod(monotonic + lead, 1_000_000_000)
        known, text = self._second
        if known != second:  # most of it is the same for a second
            text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            self._second = second, text
        return f"{text}.{rest // 1_000_000:03d}Z"


def bounded(seconds: float) -> float:
    """Return `seconds` as a wait that every lock takes: infinity is years, NaN and less than 0 are 0."""
    return max(0.0, min(seconds, threading.TIMEOUT_MAX))
