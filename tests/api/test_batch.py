import json
from typing import Any

import pytest

from questlog_api.batch import answer, expect_at_most, form_errors, pieces, result, sent_at
from questlog_api.problems import Kind, ProblemError
from questlog_api.refusals import Reason, Refusal
from questlog_api.violations import FieldError

REFUSAL = Refusal(Reason.INVALID_EVENT, [FieldError("/quantity", "minimum", "must be at least 1")])
EVENT_ID = "01930f3a-7c00-7001-8000-000000000001"
GOOD = {"sent_at": "2026-11-02T18:04:05Z", "events": [1, "whatever", {}]}


def test_a_batch_may_hold_anything_as_events() -> None:
    assert form_errors(GOOD) == []


@pytest.mark.parametrize(
    ("batch", "places"),
    [
        ([], [("", "type")]),
        ({}, [("/sent_at", "required"), ("/events", "required")]),
        (GOOD | {"sent_at": "today"}, [("/sent_at", "format")]),
        (GOOD | {"sent_at": None}, [("/sent_at", "type")]),
        (GOOD | {"events": []}, [("/events", "minItems")]),
        (GOOD | {"events": {}}, [("/events", "type")]),
        (GOOD | {"alice@example.com": 1}, [("", "additionalProperties")]),
        (
            {"events": [], "x": 1},
            [("", "additionalProperties"), ("/sent_at", "required"), ("/events", "minItems")],
        ),
    ],
)
def test_what_is_no_batch_is_told_all_that_is_wrong(batch: Any, places: list[tuple[str, str]]) -> None:
    assert [(error.pointer, error.keyword) for error in form_errors(batch)] == places


@pytest.mark.parametrize("value", [[], {}, "alice@example.com", 7, None])
def test_the_form_of_a_batch_is_told_without_its_values(value: Any) -> None:
    told = str(form_errors({"sent_at": value, "events": value, "alice@example.com": value}))
    assert "example.com" not in told


def test_the_form_of_a_batch_is_told_however_deep_it_is() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    assert [error.keyword for error in form_errors(deep)] == ["type"]
    assert [error.keyword for error in form_errors({"sent_at": deep, "events": deep})] == ["type"]


def test_a_batch_of_more_events_than_allowed_is_too_large() -> None:
    expect_at_most(3, {"events": [1, 2, 3]})
    with pytest.raises(ProblemError, match="may have 3 events") as caught:
        expect_at_most(3, {"events": [1, 2, 3, 4]})
    assert caught.value.kind is Kind.TOO_LARGE


@pytest.mark.parametrize(
    ("body", "moment"),
    [(GOOD, GOOD["sent_at"]), ({"sent_at": "today"}, None), ({"sent_at": 7}, None), ({}, None), ([], None)],
)
def test_a_batch_of_any_form_may_say_when_it_was_sent(body: object, moment: str | None) -> None:
    assert sent_at(body) == moment


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"events": [1, {}]}, [1, {}]),
        ({"events": []}, [{"events": []}]),
        ({"events": {}}, [{"events": {}}]),
        ([1], [[1]]),
        (None, [None]),
    ],
)
def test_of_a_batch_in_the_wrong_form_its_events_are_kept(body: object, kept: list[object]) -> None:
    assert pieces(body) == kept


@pytest.mark.parametrize("event_id", [None, 7, "alice@example.com", EVENT_ID.upper()])
def test_only_what_is_surely_an_event_id_is_repeated(event_id: object) -> None:
    assert result(0, {"event_id": event_id}, REFUSAL)["event_id"] is None


@pytest.mark.parametrize("event", [[], None, "event_id", {}])
def test_an_event_without_an_id_has_none_in_the_answer(event: object) -> None:
    assert result(0, event, REFUSAL)["event_id"] is None


def test_a_batch_that_was_accepted_whole_is_202() -> None:
    assert answer([result(0, {"event_id": EVENT_ID}, None)]).status_code == 202


def test_a_batch_that_was_accepted_in_part_is_207() -> None:
    assert answer([result(0, {"event_id": EVENT_ID}, None), result(1, {}, REFUSAL)]).status_code == 207


def test_a_batch_without_an_accepted_event_is_a_problem_that_lists_its_events() -> None:
    response = answer([result(0, {"event_id": EVENT_ID}, REFUSAL)])
    assert (response.status_code, response.headers["Content-Type"]) == (422, "application/problem+json")
    problem = json.loads(bytes(response.body))
    assert problem["type"] == Kind.INVALID_EVENT.type
    assert (problem["accepted"], problem["rejected"]) == (0, 1)
    assert [(event["event_id"], event["status"]) for event in problem["events"]] == [(EVENT_ID, "rejected")]
