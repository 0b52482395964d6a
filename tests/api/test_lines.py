import json

import pytest

from questlog_api.lines import Arrival, Counted, Lines
from questlog_api.payload import MAX_PAYLOAD_BYTES, Payload
from questlog_api.refusals import Reason, Refusal
from questlog_api.violations import FieldError

ARRIVAL = Arrival("2026-11-02T18:04:06.000Z", "2026-11-02T18:04:05.500Z", "orion", "request-1")
REFUSAL = Refusal(Reason.INVALID_EVENT, [FieldError("/quantity", "minimum", "must be at least 1")])
MEMBERS = {
    "received_at": "2026-11-02T18:04:06.000Z",
    "sent_at": "2026-11-02T18:04:05.500Z",
    "game_id": "orion",
    "request_id": "request-1",
}


def test_an_accepted_event_is_one_line_with_its_arrival() -> None:
    line = ARRIVAL.accepted(b'{"event":"purchase"}')
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert json.loads(line) == {**MEMBERS, "event": {"event": "purchase"}}


def test_a_reject_is_one_line_with_its_reasons_and_the_text_of_the_event() -> None:
    line = ARRIVAL.rejected(REFUSAL, Payload('{"quantity":0}', 14))
    assert line.endswith(b"\n")
    assert json.loads(line) == {
        **MEMBERS,
        "reason": "invalid_event",
        "errors": [{"pointer": "/quantity", "keyword": "minimum", "detail": "must be at least 1"}],
        "payload": '{"quantity":0}',
        "payload_bytes": 14,
    }


def test_a_reject_of_the_greatest_size_fits_a_firehose_record() -> None:
    line = ARRIVAL.rejected(REFUSAL, Payload('"' * MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES))
    assert len(line) < 1000 * 1024


def test_the_lines_of_a_request_are_counted() -> None:
    lines = Lines(ARRIVAL)
    event = {"event": "purchase", "schema_version": "1.0"}
    lines.accept(event, b"{}")
    lines.reject(event, REFUSAL, Payload("{}", 2))
    lines.reject([], REFUSAL, Payload("[]", 2))
    assert (len(lines.accepted), len(lines.rejected)) == (1, 2)
    assert lines.size == len(b"".join([*lines.accepted, *lines.rejected]))


def test_what_is_to_be_counted_is_known_of_each_event() -> None:
    lines = Lines(ARRIVAL)
    event = {"event": "purchase", "schema_version": "1.0"}
    lines.accept(event, b"{}")
    lines.reject(event, REFUSAL, Payload("{}", 2))
    assert lines.contracts == [("purchase", "1.0")]
    assert lines.refusals == [Counted("purchase", "1.0", "minimum", "invalid_event")]


@pytest.mark.parametrize("event", [None, 7, [], "purchase", {}])
def test_what_says_not_what_it_is_is_counted_as_nothing(event: object) -> None:
    lines = Lines(ARRIVAL)
    lines.reject(event, REFUSAL, Payload("{}", 2))
    assert lines.refusals == [Counted(None, None, "minimum", "invalid_event")]


def test_the_lines_of_a_request_are_those_of_its_arrival() -> None:
    lines = Lines(ARRIVAL)
    payload = Payload("{}", 2)
    lines.accept({"event": "purchase", "schema_version": "1.0"}, b"{}")
    lines.reject({}, REFUSAL, payload)
    assert lines.accepted == [ARRIVAL.accepted(b"{}")]
    assert lines.rejected == [ARRIVAL.rejected(REFUSAL, payload)]
