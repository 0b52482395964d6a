import logging

import pytest

from questlog_api.gate.budget import REQUEST_BYTES, Budget
from questlog_api.problems import Kind, ProblemError

MOST = 4 * REQUEST_BYTES


def test_what_a_request_holds_replaces_what_it_held_before() -> None:
    budget = Budget(MOST, retry_after=5)
    with budget.reservation() as reservation:
        reservation.hold(1000)
        reservation.hold(10)
        assert budget.held == REQUEST_BYTES + 10


def test_a_request_that_ends_gives_all_back() -> None:
    budget = Budget(MOST, retry_after=5)
    with budget.reservation() as reservation:
        reservation.hold(1000)
    assert budget.held == 0


def test_over_the_budget_a_request_is_to_come_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "questlog_api")
    budget = Budget(MOST, retry_after=5)
    with budget.reservation() as first, budget.reservation() as second:
        first.hold(2 * REQUEST_BYTES)
        with pytest.raises(ProblemError) as caught:
            second.hold(1)
    assert caught.value.kind is Kind.UNAVAILABLE
    assert caught.value.headers == {"Retry-After": "5"}
    assert "not taken" in caplog.text
    assert budget.held == 0


def test_requests_are_bounded_even_when_they_hold_nothing() -> None:
    budget = Budget(REQUEST_BYTES, retry_after=5)
    with budget.reservation(), pytest.raises(ProblemError), budget.reservation():
        pytest.fail("there is no room for a second one")
