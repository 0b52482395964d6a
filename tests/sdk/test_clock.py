import math
import threading
from datetime import UTC, datetime, timedelta

import pytest

from questlog._clock import Clock, EventClock, bounded


def test_now_is_aware_and_in_utc() -> None:
    assert Clock().now().tzinfo is UTC


def test_monotonic_never_goes_back() -> None:
    clock = Clock()
    assert clock.monotonic() <= clock.monotonic()


def test_a_wait_ends_with_its_time() -> None:
    condition = threading.Condition()
    with condition:
        Clock().wait_for(condition, lambda: False, 0.001)


@pytest.mark.parametrize("seconds", [30.0, math.inf])
def test_a_wait_ends_with_what_it_waits_for(seconds: float) -> None:
    condition = threading.Condition()
    done: list[bool] = []

    def finish() -> None:
        with condition:
            done.append(True)
            condition.notify_all()

    with condition:
        threading.Thread(target=finish).start()
        Clock().wait_for(condition, lambda: bool(done), seconds)
    assert done


@pytest.mark.parametrize(
    ("seconds", "wait"),
    [
        (1.5, 1.5),
        (0, 0),
        (-1, 0),
        (math.nan, 0),
        (math.inf, threading.TIMEOUT_MAX),
        (10**400, threading.TIMEOUT_MAX),
    ],
)
def test_any_number_of_seconds_becomes_a_wait_that_locks_take(seconds: float, wait: float) -> None:
    assert bounded(seconds) == wait


class Wound:
    """A wall clock and a monotonic one that a test sets, in nanoseconds."""

    def __init__(self) -> None:
        self.wall = 1_793_642_645_123_456_789  # 2026-11-02T18:04:05.123456789Z
        self.monotonic = 5_000_000_000
        self.clock = EventClock(lambda: self.wall, lambda: self.monotonic)

    def passes(self, seconds: float, wall: float | None = None) -> str:
        """Let time pass, by the wall clock another one if told, and return what it is then."""
        self.monotonic += int(seconds * SECOND)
        self.wall += int((seconds if wall is None else wall) * SECOND)
        return self.clock.now()


SECOND = 1_000_000_000


def test_events_happen_by_the_wall_clock_in_utc_with_milliseconds() -> None:
    wound = Wound()
    assert wound.clock.now() == "2026-11-02T18:04:05.123Z"
    assert wound.passes(0.877) == "2026-11-02T18:04:06.000Z"
    assert wound.passes(3600) == "2026-11-02T19:04:06.000Z"


def test_a_wall_clock_that_is_set_back_does_not_put_events_before_earlier_ones() -> None:
    wound = Wound()
    assert wound.passes(1, wall=-7200) == "2026-11-02T18:04:06.123Z"
    assert wound.passes(1) == "2026-11-02T18:04:07.123Z"


def test_a_wall_clock_that_is_set_back_and_right_again_is_believed_again() -> None:
    wound = Wound()
    wound.passes(1, wall=-7200)
    assert wound.passes(1, wall=7202) == "2026-11-02T18:04:07.123Z"


def test_a_wall_clock_that_is_set_forward_is_believed() -> None:
    wound = Wound()
    assert wound.passes(1, wall=7200) == "2026-11-02T20:04:05.123Z"
    assert wound.passes(1) == "2026-11-02T20:04:06.123Z"


def test_in_a_new_session_the_wall_clock_is_right() -> None:
    wound = Wound()
    wound.passes(1, wall=-7200)
    wound.clock.restart()
    assert wound.passes(1) == "2026-11-02T16:04:06.123Z"


def test_a_thread_that_is_held_up_between_the_two_clocks_does_not_set_time_forward() -> None:
    """Once it was taken for a clock that was set back, and each time made later events later still."""
    wound = Wound()
    for _ in range(1000):
        wound.monotonic += 5_000_000  # 5 ms after the wall clock was read
        wound.clock.now()
        wound.wall += 5_000_000
    assert wound.clock.now() == "2026-11-02T18:04:10.123Z"


def test_times_of_many_threads_are_never_off() -> None:
    clock = EventClock()
    off: list[str] = []

    def look() -> None:
        for _ in range(2000):
            before = datetime.now(UTC) - timedelta(milliseconds=1)
            if not before <= datetime.fromisoformat(now := clock.now()) <= datetime.now(UTC):
                off.append(now)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert off == []
