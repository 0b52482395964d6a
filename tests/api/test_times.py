import re
from datetime import UTC, datetime, timedelta

import pytest

from questlog_api import times
from questlog_api.times import in_utc, is_date_time, now


def test_now_is_in_utc_with_milliseconds() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    text = now()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)
    assert before <= datetime.fromisoformat(text) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("nanoseconds", "written"),
    [
        (1_793_642_645_000_000_000, "2026-11-02T18:04:05.000Z"),
        (1_793_642_645_001_999_999, "2026-11-02T18:04:05.001Z"),
        (1_793_642_645_999_999_999, "2026-11-02T18:04:05.999Z"),
        (1_793_642_646_000_000_000, "2026-11-02T18:04:06.000Z"),
        (1_793_642_644_000_000_000, "2026-11-02T18:04:04.000Z"),  # a clock may be set back
    ],
)
def test_the_present_moment_is_cut_to_milliseconds(
    monkeypatch: pytest.MonkeyPatch, nanoseconds: int, written: str
) -> None:
    monkeypatch.setattr(times, "time_ns", lambda: nanoseconds)
    assert now() == written


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("2026-11-02T18:04:05Z", "2026-11-02T18:04:05.000Z"),
        ("2026-11-02T18:04:05.123987654Z", "2026-11-02T18:04:05.123Z"),
        ("2026-11-02T00:30:00.5+05:30", "2026-11-01T19:00:00.500Z"),
        ("0999-12-31T23:59:59-00:01", "1000-01-01T00:00:59.000Z"),
    ],
)
def test_times_are_written_in_utc_with_milliseconds(given: str, written: str) -> None:
    assert in_utc(given) == written


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_a_time_out_of_the_calendar_becomes_its_end(given: str, written: str) -> None:
    assert is_date_time(given)
    assert in_utc(given) == written


@pytest.mark.parametrize("text", ["", "today", "2026-11-02T18:04:05", "2026-02-30T00:00:00Z", "1700000000"])
def test_a_time_without_offset_or_off_the_calendar_is_none(text: str) -> None:
    assert not is_date_time(text)
