"""A short attack, and proof that a service which does wrong would not get through one."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import bodies, oracle, texts, values, wire
from tests.hostile.__main__ import report
from tests.hostile.attack import attack, request
from tests.hostile.audit import Audit
from tests.hostile.client import Answer
from tests.hostile.oracle import Expected, NotJsonError, digest, expected, parsed
from tests.hostile.requests import Request
from tests.hostile.service import attacked_service

GAME = "orion"
SENT_AT = "2026-11-24T12:00:00.000Z"
EVENT = values.valid_event(random.Random(1))


def test_a_service_under_attack_answers_keeps_and_refuses_as_the_reference_says(tmp_path: Path) -> None:
    with attacked_service(tmp_path) as service:
        outcome = attack(service, 20261124, range(3000), lambda _: None)
    assert outcome.findings == [], report(outcome, 20261124)
    statuses = {status for _, status in outcome.audit.statuses}
    assert statuses >= {202, 207, 400, 401, 404, 405, 413, 415, 422}
    assert outcome.sent == 3000


def test_a_number_gives_the_same_request_whatever_came_before() -> None:
    again = [request(7, number) for number in (5, 3, 5)]
    assert again[0] == again[2] == request(7, 5)
    assert again[0] != again[1] != request(8, 3)


@pytest.mark.parametrize("kind", dict.fromkeys([*bodies.KINDS, *wire.KINDS]), ids=lambda kind: kind.__name__)
def test_every_kind_makes_requests_of_many_forms(kind: Callable[[random.Random], Request]) -> None:
    made = {kind(random.Random(number)).content for number in range(40)}
    assert len(made) > 30


def test_changes_leave_some_events_valid_and_break_most() -> None:
    judged = [
        oracle.is_valid(values.changed(values.valid_event(source), source, "secret"))
        for source in map(random.Random, range(400))
    ]
    assert 20 < sum(judged) < 150


@pytest.mark.parametrize(
    "text",
    [
        *(
            b"",
            b"{",
            b"NaN",
            b"[1,]",
            b"01",
            b"\xef\xbb\xbf1",
            b'"\xff"',
            b'"\\ud800"',
            b"1e999",
            b"1 2",
            b"'a'",
        ),
        *(b'{"a":"\\ud800","a":1}', b'{"a":' + b"[" * 1100 + b"]" * 1100 + b',"a":1}', b"[" * 100_000),
    ],
    ids=lambda text: repr(text[:20]),
)
def test_the_oracle_knows_what_is_no_json(text: bytes) -> None:
    with pytest.raises(NotJsonError):
        parsed(text)


def test_the_oracle_takes_the_last_of_two_members() -> None:
    assert parsed(b' {"a": 1, "b": "\\ud83d\\ude00", "a": 2} ') == {"a": 2, "b": "\U0001f600"}


def test_a_digest_is_that_of_the_value_not_of_its_text() -> None:
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2.0], "a": 1.0})
    assert digest({"a": 1}) != digest({"a": True}) != digest({"a": "1"})


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        (EVENT["event"], texts.encoded(EVENT), 202),
        (EVENT["event"], texts.encoded({**EVENT, "a": 1}), 422),
        ("nothing", texts.encoded(EVENT), 404),
        (EVENT["event"], texts.encoded(EVENT) + b" " * 65_536, 413),
        (EVENT["event"], b"{", 400),
        (None, texts.encoded({"sent_at": SENT_AT, "events": [EVENT]}), 202),
        (None, texts.encoded({"sent_at": SENT_AT, "events": [EVENT, {}]}), 207),
        (None, texts.encoded({"sent_at": SENT_AT, "events": []}), 422),
        (None, texts.encoded({"sent_at": SENT_AT, "events": [1] * 501}), 413),
    ],
)
def test_the_oracle_knows_the_answer(name: str | None, body: bytes, status: int) -> None:
    assert expected(name, body).status == status


def line(request_id: str = "r1", game: str = GAME, **members: Any) -> bytes:
    arrival = {"received_at": SENT_AT, "sent_at": None, "game_id": game, "request_id": request_id}
    return json.dumps({**arrival, **members}).encode()


def reject(refused: Any, request_id: str = "r1", **changed: Any) -> bytes:
    text = json.dumps(refused)
    members = {"reason": "invalid_event", "errors": [{}], "payload": text, "payload_bytes": len(text)}
    return line(request_id, **{**members, **changed})


def told(expected: Expected, status: int, body: bytes = b"{}", **changed: Any) -> Audit:
    """An audit that heard one answer."""
    audit = Audit()
    headers = {"questlog-request-id": "r1", "content-type": "application/json"}
    one = Request("event", GAME, b"", expected=expected, **changed)
    audit.hear(1, one, [Answer(status, headers, body)])
    return audit


ACCEPTED = Expected(202, accepted=(digest(EVENT),))
REFUSED = Expected(422, rejected=(digest({"a": 1}),))
OTHER = {**EVENT, "event_id": "01930f3a-7c00-7001-8000-000000000001"}


@pytest.mark.parametrize(
    ("audit", "events", "rejects"),
    [
        (told(ACCEPTED, 202), [line(event=EVENT)], []),
        (told(REFUSED, 422), [], [reject({"a": 1})]),
        (told(Expected(400), 400), [], []),
        (
            told(Expected(422, rejected=(digest("x" * 70_000),)), 422),
            [],
            [reject("", payload="x" * 65_536, payload_bytes=70_002)],
        ),
    ],
    ids=["accepted", "refused", "nothing kept", "cut"],
)
def test_what_is_as_it_should_be_is_no_finding(
    audit: Audit, events: list[bytes], rejects: list[bytes]
) -> None:
    audit.compare(events, rejects)
    assert audit.findings == []


@pytest.mark.parametrize(
    ("audit", "events", "rejects"),
    [
        (told(ACCEPTED, 202), [], []),
        (told(ACCEPTED, 202), [line(event=OTHER)], []),
        (told(ACCEPTED, 202), [line(event=EVENT), line(event=EVENT)], []),
        (told(ACCEPTED, 202), [], [reject(EVENT)]),
        (told(ACCEPTED, 202), [line(event=EVENT)], [reject(EVENT)]),
        (told(ACCEPTED, 202), [line(event=EVENT, game="vega")], []),
        (told(ACCEPTED, 202), [line("r2", event=EVENT)], []),
        (told(ACCEPTED, 202), [line(event=EVENT), line("r2", event=OTHER)], []),
        (told(ACCEPTED, 202), [line(event=EVENT, more=1)], []),
        (told(REFUSED, 422), [], []),
        (told(REFUSED, 422), [line(event=EVENT)], []),
        (told(REFUSED, 422), [], [reject({"a": 2})]),
        (told(REFUSED, 422), [], [reject({"a": 1}, errors=[])]),
        (told(REFUSED, 422), [], [reject({"a": 1}, payload='{"a"', payload_bytes=8)]),
        (told(Expected(400), 400), [line(event=EVENT)], []),
        (told(Expected(413), 413), [], [reject({"a": 1})]),
        (told(Expected(401), 401), [], [reject({"a": 1})]),
    ],
)
def test_a_line_that_is_missing_or_in_the_wrong_place_is_a_finding(
    audit: Audit, events: list[bytes], rejects: list[bytes]
) -> None:
    assert audit.findings == []
    audit.compare(events, rejects)
    assert audit.findings != []


def test_an_invalid_event_among_the_events_is_a_finding_even_if_it_was_expected() -> None:
    audit = told(Expected(202, accepted=(digest({"a": 1}),)), 202)
    audit.compare([line(event={"a": 1})], [])
    assert [finding.text for finding in audit.findings] == ["an invalid event is in the events stream"]


@pytest.mark.parametrize(
    ("audit", "text"),
    [
        (told(ACCEPTED, 500), "was answered 500"),
        (told(ACCEPTED, 503), "was answered 503"),
        (told(ACCEPTED, 422), "was answered 422 instead of 202"),
        (told(REFUSED, 202), "was answered 202 instead of 422"),
        (
            told(REFUSED, 422, b'{"detail": "hush1 is wrong"}', secret="hush1"),
            "the answer repeats a submitted value",
        ),
    ],
)
def test_a_wrong_answer_is_a_finding(audit: Audit, text: str) -> None:
    assert [finding.text for finding in audit.findings] == [text]


def test_a_batch_whose_results_are_of_other_events_is_a_finding() -> None:
    wanted = Expected(207, verdicts=(True, False))
    results = [{"status": "rejected", "errors": [1]}, {"status": "accepted", "errors": []}]
    body = json.dumps({"accepted": 1, "rejected": 1, "events": results}).encode()
    [finding] = told(wanted, 207, body).findings
    assert finding.text == "the results of the events are not those of the reference"


def test_no_answer_is_a_finding_unless_it_may_be_lost() -> None:
    audit = Audit()
    audit.hear(1, Request("event", GAME, b"", expected=ACCEPTED), [])
    audit.hear(2, Request("event", GAME, b"", expected=Expected(413), may_stay_unheard=True), [])
    assert [(finding.number, finding.text) for finding in audit.findings] == [(1, "was not answered")]


def test_a_line_nobody_was_told_of_is_possible_once_when_its_client_left() -> None:
    audit = Audit()
    audit.hear(1, Request("early end", GAME, b"", possible=[digest(EVENT)]), [])
    audit.compare([line("r7", event=EVENT)], [])
    assert audit.findings == []
    audit.compare([line("r8", event=EVENT)], [])
    assert len(audit.findings) == 1
