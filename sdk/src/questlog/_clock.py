"""Time as the SDK sees it: in one place, so that tests can bring their own."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds since some moment; never goes back."""
        return time.monotonic()

    def wait_for(self, condition: threading.Condition, until: Callable[[], bool], seconds: float) -> None:
        """Return once `until()` is true or `seconds` have passed; the caller holds `condition`."""
        condition.wait_for(until, bounded(seconds))


def bounded(seconds: float) -> float:
    """Return `seconds` as a wait that every lock takes: infinity is years, NaN and less than 0 are 0."""
    return max(0.0, min(seconds, threading.TIMEOUT_MAX))
