from datetime import UTC, datetime, timedelta

import pytest

from questlog._commands.ask import Heard
from questlog._commands.clocks import check_clock
from questlog._commands.findings import Finding

DATE = "Mon, 02 Nov 2026 18:04:05 GMT"
EXACT = datetime(2026, 11, 2, 18, 4, 5, 500_000, UTC)
"""What DATE means: it is cut to seconds."""


def _found(ahead: float, seconds: float = 0.0, date: str | None = DATE) -> Finding:
    """Of an answer that was asked for by a clock that is `ahead`, and took some seconds."""
    sent_at = EXACT + timedelta(seconds=ahead - seconds / 2)
    headers = {} if date is None else {"date": date}
    return check_clock(Heard(200, headers, b"", sent_at, seconds))


@pytest.mark.parametrize(
    ("ahead", "seconds", "state"),
    [
        (0, 0, "ok"),
        (60, 0, "ok"),
        (60.4, 0, "ok"),
        (60.6, 0, "wrong"),
        (-60.4, 0, "ok"),
        (-60.6, 0, "wrong"),
        (65, 10, "ok"),  # it may be that all of the time was spent on the way back
        (66, 10, "wrong"),
    ],
)
def test_it_is_wrong_when_it_surely_is_off_by_a_minute(ahead: float, seconds: float, state: str) -> None:
    assert _found(ahead, seconds).state == state


def test_side_amount_and_margin_are_told() -> None:
    assert _found(7200, 1.0).detail == (
        "this machine's is 7200.0 seconds ahead of the API's, give or take 1.0; set it by the network (NTP)"
    )
    assert "3.0 seconds behind the API's, give or take 0.5" in _found(-3).detail


@pytest.mark.parametrize(
    "date", [None, "", "yesterday", "Mon, 32 Nov 2026 18:04:05 GMT", f"Mon, 2 Nov {'9' * 30} 18:04:05 GMT"]
)
def test_without_a_readable_date_it_is_not_checked(date: str | None) -> None:
    assert _found(0, date=date).state == "not checked"
