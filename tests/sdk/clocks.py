"""Clocks for tests that must not wait."""

import threading
from collections.abc import Callable

from questlog._clock import Clock


class InstantClock(Clock):
    """Lets no time pass, and remembers how many seconds it was asked to wait for."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def wait_for(self, condition: threading.Condition, until: Callable[[], bool], seconds: float) -> None:
        del condition
        if not until():
            self.waits.append(seconds)


class TellingClock(Clock):
    """The machine's clock; `long_wait` is set once somebody waits for 20 seconds or more."""

    def __init__(self) -> None:
        self.long_wait = threading.Event()

    def wait_for(self, condition: threading.Condition, until: Callable[[], bool], seconds: float) -> None:
        if seconds >= 20:
            self.long_wait.set()
        super().wait_for(condition, until, seconds)


class JumpingClock(Clock):
    """Every look at it finds it `seconds` later."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._time = 0.0

    def monotonic(self) -> float:
        self._time += self._seconds
        return self._time
