from typing import Any

import pytest

from questlog import Rejection, Violation
from questlog._results import BatchResult
from tests.sdk.samples import entries
from tests.sdk.script import results

BATCH = entries(3)
IDS = [entry.event_id for entry in BATCH]


def _answer(*rejected: str) -> dict[str, Any]:
    return results([{"event_id": event_id} for event_id in IDS], rejected)


def test_events_that_are_not_rejected_are_accepted() -> None:
    assert BatchResult.read(_answer(), BATCH) == BatchResult(())


def test_a_rejection_names_the_event_and_every_reason() -> None:
    result = BatchResult.read(_answer(IDS[1]), BATCH)
    violation = Violation("/price/currency", "enum", "must be one of EUR, USD")
    assert result == BatchResult((Rejection("purchase", IDS[1], (violation,)),))


def test_an_event_whose_id_the_api_could_not_read_is_known_by_its_place() -> None:
    answer = _answer(IDS[2])
    answer["events"][2]["event_id"] = None
    result = BatchResult.read(answer, BATCH)
    assert result is not None
    assert [rejection.event_id for rejection in result.rejections] == [IDS[2]]


def test_reasons_of_another_shape_are_left_out() -> None:
    answer = _answer(IDS[0])
    answer["events"][0]["errors"] = [{"pointer": 1}, "no"]
    assert BatchResult.read(answer, BATCH) == BatchResult((Rejection("purchase", IDS[0], ()),))


def _with(place: int, **changes: object) -> dict[str, Any]:
    answer = _answer()
    answer["events"][place] |= changes
    return answer


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "ok",
        {},
        {"accepted": 3, "rejected": 0},
        {**_answer(), "events": _answer()["events"][:2]},
        {**_answer(), "events": _answer()["events"] * 2},
        {**_answer(), "events": {}},
        {**_answer(), "accepted": 2},
        {**_answer(), "rejected": 1},
        {**_answer(), "accepted": 2, "rejected": 1},
        {**_answer(), "accepted": "3"},
        _with(1, index=2),
        _with(1, event_id=IDS[0]),
        _with(1, event_id=None),
        _with(1, status="done"),
        _with(1, status=["accepted"]),
    ],
)
def test_what_is_no_answer_to_exactly_this_batch_is_no_result(body: object) -> None:
    assert BatchResult.read(body, BATCH) is None


def test_a_rejection_reads_as_a_sentence_without_any_value() -> None:
    rejection = Rejection("purchase", "an-id", (Violation("/quantity", "minimum", "must be at least 1"),))
    assert (
        str(rejection) == "purchase an-id was rejected: quantity: must be at least 1 (minimum at /quantity)"
    )


def test_a_rejection_without_reasons_says_so() -> None:
    assert str(Rejection("purchase", "an-id", ())) == "purchase an-id was rejected: the API gave no reason"
