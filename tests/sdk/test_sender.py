import logging
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest

from questlog import Rejection
from questlog._entry import Entry
from questlog._retry import Pause, RetryPolicy
from questlog._sender import Outcome, Sender
from questlog._transport import HttpTransport
from tests.sdk.samples import entries
from tests.sdk.script import Reply, Script, accept, problem, refusing, rejecting

BATCH = entries(8)
IDS = [entry.event_id for entry in BATCH]
TOO_LARGE = problem(413, "too-large")
NOT_JSON = problem(400, "not-json")


class Deliveries:
    """Sends one batch and keeps what came of it; gives up after `patience` pauses."""

    def __init__(self, transport: httpx.BaseTransport, patience: int = 100) -> None:
        self.pauses: list[Pause] = []
        self._patience = patience
        network = HttpTransport("http://api", "secret-key", 1.0, transport)
        self._sender = Sender(network, RetryPolicy(chance=lambda: 1.0), self.pauses.append, self._is_wanted)

    def __call__(self, batch: Sequence[Entry] = BATCH) -> list[Outcome]:
        return list(self._sender.outcomes(batch))

    def _is_wanted(self) -> bool:
        return len(self.pauses) < self._patience


def unreadable(*ids: str) -> Callable[[list[dict[str, Any]]], Reply]:
    """Answer as the API does: it reads an empty batch, and nothing of one that holds one of these events."""
    refuse = refusing(*ids, reply=NOT_JSON)
    return lambda events: refuse(events) if events else problem(422, "invalid-batch")


def _rejected(outcomes: list[Outcome]) -> list[str]:
    return [rejection.event_id for outcome in outcomes for rejection in outcome.rejections]


def test_an_accepted_batch_is_settled_in_one_request() -> None:
    script = Script()
    assert Deliveries(script.transport())() == [Outcome(len(BATCH), ())]
    assert len(script.received) == 1


def test_rejections_come_with_the_batch() -> None:
    outcomes = Deliveries(Script(rejecting(IDS[2], IDS[5])).transport())()
    assert outcomes[0].count == len(BATCH)
    assert _rejected(outcomes) == [IDS[2], IDS[5]]


def test_a_batch_of_which_nothing_is_accepted_is_settled() -> None:
    assert _rejected(Deliveries(Script(rejecting(*IDS)).transport())()) == IDS


def test_the_same_events_are_sent_again_until_somebody_answers() -> None:
    script = Script(Reply(500), Reply(200, b"login"), problem(429, "too-many-requests"))
    deliveries = Deliveries(script.transport())
    assert deliveries() == [Outcome(len(BATCH), ())]
    assert deliveries.pauses == [Pause(0.0, 0.5), Pause(0.0, 1.0), Pause(0.0, 2.0)]
    assert [received.ids for received in script.received] == [IDS] * 4


def test_retry_after_is_waited_for() -> None:
    deliveries = Deliveries(Script(problem(503, "unavailable", {"Retry-After": "9"})).transport())
    deliveries()
    assert deliveries.pauses == [Pause(9.0, 0.5)]


def test_nothing_is_settled_of_what_is_not_wanted_any_more() -> None:
    assert Deliveries(Script(otherwise=Reply(503)).transport(), patience=3)() == []


def test_what_was_answered_before_it_was_given_up_stays_settled() -> None:
    script = Script(TOO_LARGE, rejecting(), otherwise=Reply(503))
    assert Deliveries(script.transport(), patience=1)() == [Outcome(4, ())]


@pytest.mark.parametrize("reply", [problem(422, "invalid-batch"), TOO_LARGE])
@pytest.mark.parametrize("bad", [{0}, {7}, {3}, {0, 7}, {2, 3, 4}])
def test_a_refused_batch_is_halved_down_to_the_events_that_are_to_blame(reply: Reply, bad: set[int]) -> None:
    blamed = [IDS[index] for index in sorted(bad)]
    script = Script(otherwise=refusing(*blamed, reply=reply))
    outcomes = Deliveries(script.transport())()
    assert _rejected(outcomes) == blamed
    assert sum(outcome.count for outcome in outcomes) == len(BATCH)


def test_a_single_bad_event_costs_two_requests_a_halving() -> None:
    script = Script(otherwise=refusing(IDS[3], reply=TOO_LARGE))
    Deliveries(script.transport())()
    assert [len(received.ids) for received in script.received] == [8, 4, 2, 2, 1, 1, 4]


@pytest.mark.parametrize("reply", [TOO_LARGE, Reply(413, b"<html>")], ids=["the API", "a proxy"])
def test_halves_settle_events_in_their_order(reply: Reply) -> None:
    script = Script(otherwise=lambda events: accept(events) if len(events) <= 2 else reply)
    assert [outcome.count for outcome in Deliveries(script.transport())()] == [2, 2, 2, 2]
    small = [received.ids for received in script.received if len(received.ids) <= 2]
    assert [event_id for ids in small for event_id in ids] == IDS


def test_an_event_that_is_refused_alone_is_rejected_with_the_reason() -> None:
    outcomes = Deliveries(Script(otherwise=TOO_LARGE).transport())(BATCH[:1])
    rejection = outcomes[0].rejections[0]
    assert isinstance(rejection, Rejection)
    assert (rejection.event, rejection.event_id) == ("purchase", IDS[0])
    assert (rejection.errors[0].pointer, rejection.errors[0].keyword) == ("", "too-large")


def test_a_request_that_something_on_the_way_refuses_costs_no_event() -> None:
    reply = Reply(400, b"<html>Bad Request</html>")
    deliveries = Deliveries(Script(reply, reply).transport())
    assert deliveries() == [Outcome(len(BATCH), ())]
    assert deliveries.pauses == [Pause(0.0, 60.0)] * 2


def test_requests_that_are_all_damaged_on_the_way_cost_no_event(caplog: pytest.LogCaptureFixture) -> None:
    script = Script(*[NOT_JSON] * 5)
    deliveries = Deliveries(script.transport())
    assert deliveries() == [Outcome(1, ()), Outcome(1, ()), Outcome(2, ()), Outcome(4, ())]
    assert [len(received.ids) for received in script.received] == [8, 4, 2, 1, 0, 1, 1, 2, 4]
    assert deliveries.pauses == [Pause(0.0, 60.0)]
    assert "the request was damaged on the way" in caplog.text


def test_an_event_that_the_api_cannot_read_is_found_and_costs_no_other_one() -> None:
    """The probe, a request without events, is what tells it from damage on the way."""
    script = Script(otherwise=unreadable(IDS[3]))
    deliveries = Deliveries(script.transport())
    outcomes = deliveries()
    assert _rejected(outcomes) == [IDS[3]]
    assert [outcome.unkept for outcome in outcomes if outcome.rejections] == [BATCH[3].body]
    assert sum(outcome.count for outcome in outcomes) == len(BATCH)
    assert [len(received.ids) for received in script.received] == [8, 4, 2, 2, 1, 1, 0, 4]
    assert deliveries.pauses == []


@pytest.mark.parametrize("probe", [Reply(503), accept([]), problem(401, "unauthorized")])
def test_no_event_is_condemned_while_the_probe_is_not_answered_by_the_api(probe: Reply) -> None:
    deliveries = Deliveries(Script(NOT_JSON, probe).transport())
    assert deliveries(BATCH[:1]) == [Outcome(1, ())]
    assert deliveries.pauses == [Pause(0.0, 60.0)]


def test_of_an_event_that_the_api_keeps_itself_nothing_is_to_be_kept() -> None:
    (outcome,) = Deliveries(Script(rejecting(IDS[0])).transport())(BATCH[:1])
    assert outcome.unkept is None


def test_a_batch_of_nothing_is_not_sent() -> None:
    script = Script()
    assert Deliveries(script.transport())([]) == []
    assert script.received == []


def test_what_is_not_wanted_any_more_is_not_halved_either() -> None:
    wanted = iter([True, True, False])
    script = Script(otherwise=TOO_LARGE)
    network = HttpTransport("http://api", "key", 1.0, script.transport())
    sender = Sender(network, RetryPolicy(), lambda _: None, lambda: next(wanted))
    assert list(sender.outcomes(BATCH)) == []
    assert [len(received.ids) for received in script.received] == [8, 4]


def test_a_proxy_that_lets_no_event_through_costs_no_event() -> None:
    script = Script(*[Reply(413)] * 5)
    deliveries = Deliveries(script.transport())
    assert [(outcome.count, outcome.rejections) for outcome in deliveries()] == [
        (1, ()),
        (1, ()),
        (2, ()),
        (4, ()),
    ]
    assert [len(received.ids) for received in script.received] == [8, 4, 2, 1, 1, 1, 1, 2, 4]
    assert deliveries.pauses == [Pause(0.0, 60.0)] * 2


@pytest.mark.parametrize(("status", "fix"), [(401, "check write_key"), (404, "check url")])
def test_a_configuration_error_keeps_the_events_and_says_what_to_fix(
    status: int, fix: str, caplog: pytest.LogCaptureFixture
) -> None:
    deliveries = Deliveries(Script(problem(status, "x")).transport())
    assert deliveries() == [Outcome(len(BATCH), ())]
    assert deliveries.pauses == [Pause(0.0, 60.0)]
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert fix in record.message
    assert "secret-key" not in caplog.text


def test_an_outage_is_told_once_at_warning_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    Deliveries(Script(Reply(503), Reply(503), Reply(503)).transport())()
    assert [record.message for record in caplog.records] == [
        "events could not be delivered, will be tried again: HTTP 503"
    ]


def _fail_first(error: Exception) -> httpx.MockTransport:
    script = Script()
    errors = iter([error])

    def handle(request: httpx.Request) -> httpx.Response:
        for failure in errors:
            raise failure
        return script.transport().handle_request(request)

    return httpx.MockTransport(handle)


@pytest.mark.parametrize(
    "make", [lambda: httpx.ConnectError("no route"), lambda: RuntimeError("a bug"), lambda: OSError("disk")]
)
def test_whatever_fails_while_sending_loses_nothing(make: Callable[[], Exception]) -> None:
    assert Deliveries(_fail_first(make()))() == [Outcome(len(BATCH), ())]


def test_an_unexpected_failure_is_logged_with_its_origin(caplog: pytest.LogCaptureFixture) -> None:
    Deliveries(_fail_first(RuntimeError("a bug")))()
    assert any(record.exc_info for record in caplog.records)


def test_what_is_sent_is_shown_for_debugging_without_what_may_be_personal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    batch = entries(2, player_id="alice")
    with caplog.at_level(logging.DEBUG, "questlog"):
        Deliveries(Script().transport())(batch)
    assert "2 event(s), " in caplog.text
    for entry in batch:
        assert f"sent purchase {entry.event_id}, {len(entry.body)} bytes" in caplog.text
    assert "alice" not in caplog.text
    assert "secret-key" not in caplog.text


def test_nothing_is_shown_unless_debugging_is_wanted(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "questlog"):
        Deliveries(Script().transport())()
    assert caplog.text == ""
