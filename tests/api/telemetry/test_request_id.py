import logging
import subprocess
import sys
from uuid import UUID

from questlog_api.telemetry import request_id


def test_outside_of_a_request_there_is_no_id() -> None:
    assert request_id.current() == "-"


def test_each_request_has_an_id_of_its_own() -> None:
    token = request_id.begin()
    first = request_id.current()
    request_id.end(token)
    token = request_id.begin()
    assert request_id.current() not in {first, "-"}
    request_id.end(token)


def test_ids_are_uuids_and_no_two_are_the_same() -> None:
    ids = []
    for _ in range(1000):
        token = request_id.begin()
        ids.append(request_id.current())
        request_id.end(token)
    assert len(set(ids)) == 1000
    assert [str(UUID(text)) for text in ids] == ids


def test_ids_of_two_processes_differ() -> None:
    script = "from questlog_api.telemetry import request_id; request_id.begin(); print(request_id.current())"
    ids = {subprocess.check_output([sys.executable, "-c", script]) for _ in range(2)}
    assert len(ids) == 2


def test_log_records_carry_the_id() -> None:
    record = logging.makeLogRecord({})
    token = request_id.begin()
    try:
        assert request_id.RequestIdFilter().filter(record)
        assert record.__dict__["request_id"] == request_id.current()
    finally:
        request_id.end(token)
