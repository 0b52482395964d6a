import pytest
from hypothesis import given
from hypothesis import strategies as st

from questlog._answers import Misconfigured, Unavailable
from questlog._retry import BACKOFF_CEILING, RETRY_AFTER_CEILING, Pause, RetryPolicy

DOWN = Unavailable("HTTP 503")
LONGEST = RetryPolicy(chance=lambda: 1.0)
SHORTEST = RetryPolicy(chance=lambda: 0.0)


@pytest.mark.parametrize(("attempt", "seconds"), [(0, 0.5), (1, 1.0), (2, 2.0), (5, 16.0), (6, 30.0)])
def test_the_span_of_the_jitter_doubles_up_to_its_ceiling(attempt: int, seconds: float) -> None:
    assert LONGEST.pause(DOWN, attempt) == Pause(0.0, seconds)


def test_jitter_is_full() -> None:
    assert SHORTEST.pause(DOWN, 5) == Pause(0.0, 0.0)


@given(attempt=st.integers(0, 10**9), chance=st.floats(0, 1))
def test_no_backoff_is_longer_than_the_ceiling(attempt: int, chance: float) -> None:
    assert 0 <= RetryPolicy(lambda: chance).pause(DOWN, attempt).jitter <= BACKOFF_CEILING


def test_retry_after_is_a_minimum_under_the_jitter() -> None:
    assert LONGEST.pause(Unavailable("HTTP 503", 20.0), 0) == Pause(20.0, 0.5)


@pytest.mark.parametrize("seconds", [301.0, 1e12, float("inf")])
def test_retry_after_is_clamped(seconds: float) -> None:
    assert LONGEST.pause(Unavailable("HTTP 503", seconds), 0).at_least == RETRY_AFTER_CEILING


def test_a_configuration_error_is_tried_again_slowly() -> None:
    assert SHORTEST.pause(Misconfigured("check url"), 0) == Pause(0.0, 30.0)
    assert LONGEST.pause(Misconfigured("check url"), 9) == Pause(0.0, 60.0)


def test_the_default_policy_draws_by_chance() -> None:
    assert len({RetryPolicy().pause(DOWN, 9) for _ in range(10)}) > 1
