import asyncio
import json
from typing import Any

import pytest

from questlog_api.contracts import load_catalog
from questlog_api.intake import Intake, Taken
from questlog_api.problems import Kind, ProblemError
from questlog_api.refusals import Judge
from tests.api.conftest import SECRET, SENT_AT

pytestmark = pytest.mark.anyio

MOST_BYTES = 2000
MOST_EVENTS = 4


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(load_catalog())


@pytest.fixture
def intake(judge: Judge) -> Intake:
    return Intake(judge, MOST_BYTES, MOST_EVENTS)


class Account:
    """Notes what is charged; over `most` it is a problem."""

    def __init__(self, most: int = 100) -> None:
        self.charged: list[int] = []
        self._most = most

    async def charge(self, count: int) -> None:
        self.charged.append(count)
        if count > self._most:
            raise ProblemError(Kind.RATE_LIMITED, "Later.")


async def batch(intake: Intake, body: object, account: Account | None = None) -> Taken:
    return await intake.batch("orion", (account or Account()).charge, json.dumps(body).encode())


def document(taken: Taken) -> Any:
    return json.loads(bytes(taken.answer.body))


async def test_a_valid_event_becomes_one_line_and_its_answer(
    intake: Intake, purchase: dict[str, Any]
) -> None:
    taken = intake.single("orion", SENT_AT, "purchase", json.dumps(purchase).encode())
    assert (taken.answer.status_code, document(taken)["status"]) == (202, "accepted")
    [line] = map(json.loads, taken.lines.accepted)
    assert line["event"] == purchase
    assert (line["game_id"], line["sent_at"]) == ("orion", "2026-11-02T18:04:06.000Z")
    assert taken.lines.rejected == []


@pytest.mark.parametrize(
    ("name", "changes", "outcome"),
    [
        ("purchase", {"quantity": 0}, (422, "invalid_event")),
        ("purchase", {"schema_version": "9.9"}, (422, "unknown_version")),
        ("purchase", {"placement": "x" * MOST_BYTES}, (422, "too_large")),
        ("no_such_event", {}, (404, "unknown_event")),
        ("install", {}, (422, "invalid_event")),
    ],
)
async def test_a_refused_event_becomes_a_reject_and_its_problem(
    intake: Intake, purchase: dict[str, Any], name: str, changes: dict[str, Any], outcome: tuple[int, str]
) -> None:
    taken = intake.single("orion", None, name, json.dumps(purchase | changes).encode())
    [line] = map(json.loads, taken.lines.rejected)
    assert (taken.answer.status_code, line["reason"]) == outcome
    assert (document(taken)["status"], document(taken)["errors"]) == (outcome[0], line["errors"])
    assert taken.lines.accepted == []


async def test_an_event_is_judged_as_the_one_its_address_names(
    intake: Intake, purchase: dict[str, Any]
) -> None:
    taken = intake.single("orion", None, "purchase", json.dumps(purchase | {"event": "install"}).encode())
    assert taken.answer.status_code == 422
    assert [error["pointer"] for error in document(taken)["errors"]] == ["/event"]


async def test_of_a_batch_each_event_goes_its_own_way(intake: Intake, purchase: dict[str, Any]) -> None:
    taken = await batch(intake, {"sent_at": SENT_AT, "events": [purchase, {}, purchase, SECRET]})
    assert taken.answer.status_code == 207
    statuses = [result["status"] for result in document(taken)["events"]]
    assert statuses == ["accepted", "rejected", "accepted", "rejected"]
    assert (len(taken.lines.accepted), len(taken.lines.rejected)) == (2, 2)
    assert SECRET not in str(document(taken))


async def test_the_events_of_a_batch_are_charged_before_they_are_validated(
    intake: Intake, purchase: dict[str, Any]
) -> None:
    account = Account(most=2)
    await batch(intake, {"sent_at": SENT_AT, "events": [purchase] * 2}, account)
    with pytest.raises(ProblemError):
        await batch(intake, {"sent_at": SENT_AT, "events": [{}] * 3}, account)
    assert account.charged == [2, 3]


@pytest.mark.parametrize(("body", "count"), [({"events": [1, 2]}, 2), ({"events": []}, 1), ([], 1), (7, 1)])
async def test_what_is_no_batch_is_charged_for_all_that_is_kept_of_it(
    intake: Intake, body: object, count: int
) -> None:
    account = Account()
    taken = await batch(intake, body, account)
    assert account.charged == [count]
    assert len(taken.lines.rejected) == count
    assert taken.answer.status_code == 422


async def test_a_batch_of_too_many_events_is_charged_as_one(intake: Intake) -> None:
    account = Account()
    with pytest.raises(ProblemError) as caught:
        await batch(intake, {"sent_at": SENT_AT, "events": [1] * (MOST_EVENTS + 1)}, account)
    assert caught.value.kind is Kind.TOO_LARGE
    assert account.charged == [1]


async def test_what_is_not_json_is_charged_as_one_event(intake: Intake) -> None:
    account = Account()
    with pytest.raises(ProblemError) as caught:
        await intake.batch("orion", account.charge, b"{")
    assert caught.value.kind is Kind.NOT_JSON
    assert account.charged == [1]


async def test_the_size_is_that_of_lines_and_answer(intake: Intake, purchase: dict[str, Any]) -> None:
    taken = await batch(intake, {"sent_at": SENT_AT, "events": [purchase, {}]})
    lines = b"".join(taken.lines.accepted + taken.lines.rejected)
    assert taken.size == len(lines) + len(taken.answer.body)


async def test_no_more_than_two_batches_are_parsed_at_once(intake: Intake) -> None:
    under_way = most = 0
    may = asyncio.Event()

    async def charge(_: int) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await may.wait()
        under_way -= 1

    taking = [asyncio.create_task(intake.batch("orion", charge, b'{"events":[1]}')) for _ in range(6)]
    await asyncio.sleep(0)
    may.set()
    await asyncio.gather(*taking)
    assert most == 2


async def test_a_batch_of_refused_events_lets_others_go_on_in_between(intake: Intake) -> None:
    order: list[str] = []

    async def other() -> None:
        order.append("other")

    async def refused() -> None:
        await batch(intake, {"sent_at": SENT_AT, "events": [{}] * MOST_EVENTS})
        order.append("batch")

    await asyncio.gather(refused(), *(other() for _ in range(3)))
    assert order[-1] == "batch"
