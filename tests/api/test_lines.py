import json

from questlog_api.lines import Arrival, Lines
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
    lines.accept(b"{}")
    lines.reject(REFUSAL, Payload("{}", 2))
    lines.reject(REFUSAL, Payload("[]", 2))
    assert (len(lines.accepted), len(lines.rejected), lines.reasons) == (1, 2, {"invalid_event": 2})
    assert lines.size == len(b"".join([*lines.accepted, *lines.rejected]))
