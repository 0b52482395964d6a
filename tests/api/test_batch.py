from typing import Any

import pytest

from questlog_api.batch import answer, batch_schema, result
from questlog_api.problems import Kind, ProblemError
from questlog_api.refusals import Reason, Refusal
from questlog_api.violations import FieldError

REFUSAL = Refusal(Reason.INVALID_EVENT, [FieldError("/quantity", "minimum", "must be at least 1")])
EVENT_ID = "01930f3a-7c00-7001-8000-000000000001"
GOOD = {"sent_at": "2026-11-02T18:04:05Z", "events": [1, "whatever", {}]}


def test_a_batch_may_hold_anything_as_events() -> None:
    assert batch_schema(3).errors(GOOD) == []


@pytest.mark.parametrize(
    ("batch", "places"),
    [
        ([], [("", "type")]),
        ({}, [("/sent_at", "required"), ("/events", "required")]),
        (GOOD | {"sent_at": "today"}, [("/sent_at", "format")]),
        (GOOD | {"sent_at": None}, [("/sent_at", "type")]),
        (GOOD | {"events": []}, [("/events", "minItems")]),
        (GOOD | {"events": [1, 2, 3, 4]}, [("/events", "maxItems")]),
        (GOOD | {"events": {}}, [("/events", "type")]),
        (GOOD | {"alice@example.com": 1}, [("", "additionalProperties")]),
        (
            {"events": [], "x": 1},
            [("", "additionalProperties"), ("/sent_at", "required"), ("/events", "minItems")],
        ),
    ],
)
def test_what_is_no_batch_is_told_all_that_is_wrong(batch: Any, places: list[tuple[str, str]]) -> None:
    assert [(error.pointer, error.keyword) for error in batch_schema(3).errors(batch)] == places


@pytest.mark.parametrize("event_id", [None, 7, "alice@example.com", EVENT_ID.upper()])
def test_only_what_is_surely_an_event_id_is_repeated(event_id: object) -> None:
    assert result(0, {"event_id": event_id}, REFUSAL).event_id is None


@pytest.mark.parametrize("event", [[], None, "event_id", {}])
def test_an_event_without_an_id_has_none_in_the_answer(event: object) -> None:
    assert result(0, event, REFUSAL).event_id is None


def test_a_batch_that_was_accepted_whole_is_202() -> None:
    assert answer([result(0, {"event_id": EVENT_ID}, None)]).status_code == 202


def test_a_batch_that_was_accepted_in_part_is_207() -> None:
    assert answer([result(0, {}, None), result(1, {}, REFUSAL)]).status_code == 207


def test_a_batch_without_an_accepted_event_is_a_problem_that_lists_its_events() -> None:
    results = [result(0, {"event_id": EVENT_ID}, REFUSAL)]
    with pytest.raises(ProblemError) as caught:
        answer(results)
    assert caught.value.kind is Kind.INVALID_EVENT
    assert caught.value.members == {"accepted": 0, "rejected": 1, "events": results}
