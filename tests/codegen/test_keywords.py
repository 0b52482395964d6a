import hashlib
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questlog_codegen.keywords import DETAILS, FORMATS, detail, is_integer


@given(st.dates())
def test_every_day_of_the_calendar_is_a_date(day: date) -> None:
    assert FORMATS["date"].fullmatch(day.isoformat())


@given(st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32))
def test_a_date_is_a_day_of_the_calendar(year: int, month: int, day: int) -> None:
    text = f"{year:04}-{month:02}-{day:02}"
    try:
        date.fromisoformat(text)
        exists = True
    except ValueError:
        exists = False
    assert bool(FORMATS["date"].fullmatch(text)) == exists


@given(st.datetimes(timezones=st.timezones()))
def test_every_aware_time_python_writes_is_a_date_time(moment: datetime) -> None:
    offset = moment.utcoffset()
    if offset is not None and offset.total_seconds() % 60 == 0:  # RFC 3339 offsets have no seconds
        assert FORMATS["date-time"].fullmatch(moment.isoformat())


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:00",
        "2026-03-01t12:00:00z",
        "2026-03-01 12:00:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T23:59:60Z",
        "2026-03-01T12:00:00+0530",
        "2026-03-01T12:00:00Z\n",
        "2026-02-29T12:00:00Z",
        "2026-03-01T12:00:00.1234567890Z",
        "٢٠٢٦-03-01T12:00:00Z",
    ],
)
def test_what_other_validators_let_through_is_no_date_time(text: str) -> None:
    assert FORMATS["date-time"].fullmatch(text) is None


@pytest.mark.parametrize(
    "text", ["01930F3A-7C00-7001-8000-000000000001", "01930f3a7c0070018000000000000001", ""]
)
def test_a_uuid_has_one_spelling(text: str) -> None:
    assert FORMATS["uuid"].fullmatch(text) is None


def test_a_long_list_of_values_is_cut_in_the_sentence() -> None:
    assert detail("enum", [str(n) for n in range(99)]) == "must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ..."


def test_a_format_is_explained_by_an_example() -> None:
    assert "2026-11-02T18:04:05.123Z" in detail("format", "date-time")


@pytest.mark.parametrize("keyword", sorted(DETAILS))
def test_every_keyword_has_a_sentence_for_any_expected_value(keyword: str) -> None:
    assert detail(keyword, "{x}").strip()


@pytest.mark.parametrize(
    ("value", "expected"), [(1, True), (1.0, True), (True, False), (1.5, False), ("1", False)]
)
def test_what_counts_as_an_integer(value: object, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_integer(value) is expected


def test_what_a_format_means_never_changes() -> None:
    # Every released contract counts on it: another meaning is another format, with a name of its own.
    digests = {
        name: hashlib.sha256(pattern.pattern.encode()).hexdigest()[:16] for name, pattern in FORMATS.items()
    }
    assert digests == {
        "uuid": "cbe3d5f56ec09de1",
        "date-time": "29f8fab781598ee0",
        "date": "40078f1178ae9921",
    }
