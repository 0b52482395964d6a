import math
import threading
from datetime import UTC

import pytest

from questlog._clock import Clock, bounded


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
