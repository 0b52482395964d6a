import json
from collections.abc import Sequence

import pytest

from questlog import Violation
from questlog._answers import Answer, Misconfigured, Refused, Unavailable, read_answer
from questlog._entry import Entry
from questlog._results import BatchResult
from tests.sdk.samples import NOW, entries
from tests.sdk.script import Reply, problem, results

BATCH = entries(2)
EVENTS = [{"event_id": entry.event_id} for entry in BATCH]
LOGIN_PAGE = b"<html>Welcome to our hotel</html>"


def _read(reply: Reply, retry_after: str | None = None, batch: Sequence[Entry] = BATCH) -> Answer:
    return read_answer(reply.status, retry_after, reply.body, batch, NOW)


def _results(status: int, *rejected: str) -> Reply:
    return Reply(status, json.dumps(results(EVENTS, rejected)).encode())


@pytest.mark.parametrize(
    ("status", "rejected"),
    [(202, 0), (207, 1), (422, 2), (200, 0)],
    ids=["all", "some", "none", "a proxy's 200"],
)
def test_results_for_every_event_settle_the_batch(status: int, rejected: int) -> None:
    answer = _read(_results(status, *[entry.event_id for entry in BATCH[:rejected]]))
    assert isinstance(answer, BatchResult)
    assert len(answer.rejections) == rejected


@pytest.mark.parametrize(
    "body", [LOGIN_PAGE, b"", b"\xff", b"{}", b"[" * 100_000, json.dumps(results(EVENTS[:1])).encode()]
)
@pytest.mark.parametrize("status", [200, 202, 204, 207])
def test_a_success_that_is_not_from_questlog_is_no_answer(status: int, body: bytes) -> None:
    assert _read(Reply(status, body)) == Unavailable(f"HTTP {status}, and not from a Questlog API")


@pytest.mark.parametrize("status", [301, 302, 304, 307, 308])
def test_a_redirect_is_no_answer(status: int) -> None:
    assert isinstance(_read(Reply(status, LOGIN_PAGE)), Unavailable)


def test_a_refusal_that_is_not_from_questlog_is_no_answer() -> None:
    assert _read(Reply(422, LOGIN_PAGE)) == Unavailable("HTTP 422, and not from a Questlog API")


DAMAGED = "HTTP 400: the request was damaged on the way: check what stands between"


def test_that_somebody_on_the_way_refuses_a_request_says_nothing_of_its_events() -> None:
    answer = _read(Reply(400, LOGIN_PAGE))
    assert isinstance(answer, Misconfigured)
    assert DAMAGED in answer.advice


def test_that_the_api_cannot_read_a_request_may_be_its_events_or_damage_on_the_way() -> None:
    answer = _read(problem(400, "not-json"))
    assert isinstance(answer, Refused)
    assert answer.reason.keyword == "not-json"
    assert DAMAGED in answer.advice


@pytest.mark.parametrize(("status", "slug"), [(422, "invalid-batch"), (413, "too-large")])
def test_a_problem_with_the_whole_batch_refuses_it(status: int, slug: str) -> None:
    detail = f"is refused by the API even when sent alone (HTTP {status})"
    assert _read(problem(status, slug)) == Refused(Violation("", slug, detail))


def test_that_a_batch_is_too_large_is_believed_whoever_says_it() -> None:
    answer = _read(Reply(413, LOGIN_PAGE))
    assert isinstance(answer, Refused)
    assert answer.reason.keyword == "too-large"


def test_that_a_single_event_is_too_large_is_believed_only_of_questlog() -> None:
    assert isinstance(_read(problem(413, "too-large"), batch=BATCH[:1]), Refused)
    answer = _read(Reply(413, LOGIN_PAGE), batch=BATCH[:1])
    assert isinstance(answer, Misconfigured)
    assert "raise the limit there" in answer.advice


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 511])
def test_a_passing_trouble_is_unavailable(status: int) -> None:
    assert _read(Reply(status, LOGIN_PAGE)) == Unavailable(f"HTTP {status}")


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "check write_key"),
        (403, "check write_key"),
        (404, "check url"),
        (405, "check url"),
        (415, "check url"),
    ],
)
def test_a_configuration_error_says_what_to_check(status: int, advice: str) -> None:
    answer = _read(problem(status, "unauthorized"))
    assert isinstance(answer, Misconfigured)
    assert f"HTTP {status}" in answer.advice
    assert advice in answer.advice


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0.0),
        ("120", 120.0),
        ("0", 0.0),
        ("Mon, 02 Nov 2026 18:05:05 GMT", 59.876544),
        ("Mon, 02 Nov 2026 18:05:05 -0000", 59.876544),
        ("Mon, 02 Nov 2026 18:00:00 GMT", 0.0),
        ("-5", 0.0),
        ("1.5", 0.0),
        ("٣", 0.0),
        ("soon", 0.0),
        (f"Mon, 02 Nov {'9' * 100} 18:05:05 GMT", 0.0),
        ("", 0.0),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(header: str | None, seconds: float) -> None:
    assert _read(Reply(503), header) == Unavailable("HTTP 503", seconds)


def test_retry_after_counts_with_too_many_requests() -> None:
    assert _read(problem(429, "too-many-requests"), "7") == Unavailable("HTTP 429", 7.0)
