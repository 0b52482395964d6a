import asyncio
import gc
import json
import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from io import FileIO
from threading import Thread
from time import monotonic
from typing import Any, Literal

import pytest

from questlog_api.telemetry import request_id
from questlog_api.telemetry.logs import OncePerSecond, StderrHandler, flush, log_to_stderr

SECRET = "alice@example.com"
FORMS = pytest.mark.parametrize("form", ["json", "text"])


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("questlog_api", "uvicorn")}
    yield
    logging.captureWarnings(capture=False)
    for handler in root.handlers:
        if isinstance(handler, StderrHandler):
            handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def fail_twice() -> None:
    try:
        vars()[SECRET]
    except KeyError as error:
        raise ValueError(SECRET) from error


def printed(capfd: pytest.CaptureFixture[str]) -> str:
    flush()
    return capfd.readouterr().err


def lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed(capfd).splitlines()]


def test_a_line_is_one_object_with_the_id_of_the_request(capfd: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO", "json")
    before = datetime.now(UTC)
    token = request_id.begin()
    logging.getLogger("questlog_api.x").info(
        "two\nlines of %s", "text", extra={"stream": "events", "lines": 3}
    )
    current = request_id.current()
    request_id.end(token)
    [line] = lines(capfd)
    assert abs(datetime.fromisoformat(line.pop("timestamp")) - before).total_seconds() < 5
    assert line == {
        "level": "INFO",
        "logger": "questlog_api.x",
        "message": "two\nlines of text",
        "request_id": current,
        "stream": "events",
        "lines": 3,
    }


def test_text_has_time_in_utc_level_and_id(capfd: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO", "text")
    logging.getLogger("questlog_api.x").warning("about %d", 7, extra={"stream": "events"})
    line = printed(capfd)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARNING questlog_api\.x \[-\] about 7\n", line
    )
    assert line.startswith(datetime.now(UTC).strftime("%Y-%m-%dT%H:"))


@pytest.mark.parametrize("value", ["\ud800", 2**70, {1: "a"}, object()])
def test_whatever_is_logged_gives_a_line(capfd: pytest.CaptureFixture[str], value: object) -> None:
    log_to_stderr("INFO", "json")
    logging.getLogger("questlog_api").info("%s", value, extra={"value": value})
    assert len(lines(capfd)) == 1


@FORMS
def test_an_exception_is_told_by_its_type_and_place_and_never_by_its_message(
    capfd: pytest.CaptureFixture[str], form: Literal["json", "text"]
) -> None:
    log_to_stderr("INFO", form)
    try:
        fail_twice()
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    text = printed(capfd)
    assert SECRET not in text
    assert "ValueError" in text
    assert "while handling KeyError" in text
    assert "test_logs.py" in text


def test_what_another_handler_made_of_an_exception_is_not_used(capfd: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO", "text")
    record = logging.makeLogRecord({"name": "questlog_api", "levelno": 40, "exc_text": SECRET})
    logging.getLogger("questlog_api").handle(record)
    assert SECRET not in printed(capfd)


@FORMS
def test_a_task_that_nobody_awaited_does_not_show_what_it_raised(
    capfd: pytest.CaptureFixture[str], form: Literal["json", "text"]
) -> None:
    log_to_stderr("INFO", form)

    async def fail() -> None:
        raise ValueError(SECRET)

    async def forget() -> None:
        task = asyncio.create_task(fail())
        await asyncio.wait([task])

    asyncio.run(forget())
    gc.collect()
    text = printed(capfd)
    assert "Task exception was never retrieved" in text
    assert SECRET not in text


@pytest.mark.parametrize("name", ["boto3", "botocore.endpoint", "urllib3.connectionpool"])
def test_libraries_stay_silent_at_every_level(capfd: pytest.CaptureFixture[str], name: str) -> None:
    log_to_stderr("DEBUG", "json")
    logging.getLogger(name).debug("payload: %s", SECRET)
    logging.getLogger(name).info("payload: %s", SECRET)
    logging.getLogger("questlog_api").debug("seen")
    assert [line["message"] for line in lines(capfd)] == ["seen"]


def test_the_level_holds_for_the_service_and_its_server(capfd: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("ERROR", "json")
    for name in ("questlog_api.x", "uvicorn.error"):
        logging.getLogger(name).warning("not seen")
        logging.getLogger(name).error("seen")
    assert [line["message"] for line in lines(capfd)] == ["seen", "seen"]


def test_warnings_are_lines_too(capfd: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO", "json")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        # As when the process starts: pytest listens to warnings itself.
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("mind this", stacklevel=1)
        logging.captureWarnings(capture=False)
    [line] = lines(capfd)
    assert line["logger"] == "py.warnings"
    assert "mind this" in line["message"]


def test_the_colours_of_the_server_are_left_out(capfd: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO", "json")
    logging.getLogger("uvicorn.error").info("on %s", "http://127.0.0.1:8000", extra={"color_message": "on"})
    [line] = lines(capfd)
    assert "color_message" not in line


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[FileIO, FileIO]]:
    """A pipe as stderr: its end to read from, and its end to write to."""
    reading, writing = os.pipe()
    with FileIO(reading) as reader, FileIO(writing, "w") as writer:
        monkeypatch.setattr(sys, "__stderr__", writer)
        yield reader, writer


def warn(count: int) -> None:
    for number in range(count):
        logging.getLogger("questlog_api").warning("%d %s", number, "x" * 100)


def read_all(reader: FileIO, writer: FileIO) -> list[dict[str, Any]]:
    """Read what is logged until it is all there."""
    parts: list[bytes] = []
    thread = Thread(target=lambda: parts.extend(iter(lambda: reader.read(65536), b"")))
    thread.start()
    flush()
    writer.close()
    thread.join()
    return [json.loads(line) for line in b"".join(parts).splitlines()]


def test_a_log_that_is_read_late_is_whole_and_in_its_order(pipe: tuple[FileIO, FileIO]) -> None:
    log_to_stderr("INFO", "json")
    warn(5000)
    told = [line["message"].partition(" ")[0] for line in read_all(*pipe)]
    assert told == [str(number) for number in range(5000)]


def test_a_log_that_nobody_reads_says_later_how_many_lines_are_missing(pipe: tuple[FileIO, FileIO]) -> None:
    log_to_stderr("INFO", "json")
    warn(20_000)
    told = [line["message"] for line in read_all(*pipe)]
    missing = [
        int(found[1]) for text in told if (found := re.fullmatch(r"(\d+) lines .* left out: .*", text))
    ]
    assert sum(missing) > 5000
    assert len(told) - len(missing) + sum(missing) == 20_000


def test_waiting_for_a_log_that_nobody_reads_ends(pipe: tuple[FileIO, FileIO]) -> None:
    log_to_stderr("INFO", "json")
    warn(5000)
    began = monotonic()
    flush()
    assert 1 < monotonic() - began < 10
    assert read_all(*pipe)


def test_what_waits_to_be_written_has_the_id_of_its_own_request(pipe: tuple[FileIO, FileIO]) -> None:
    log_to_stderr("INFO", "json")
    ids = []
    for _ in range(5000):
        token = request_id.begin()
        ids.append(request_id.current())
        logging.getLogger("questlog_api").warning("x" * 100)
        request_id.end(token)
    assert [line["request_id"] for line in read_all(*pipe)] == ids


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_closed_stderr_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, form: Literal["json", "text"]
) -> None:
    monkeypatch.setattr(sys, "__stderr__", None)
    log_to_stderr("INFO", form)
    warn(3)
    flush()


def test_a_reader_that_went_away_is_no_failure(pipe: tuple[FileIO, FileIO]) -> None:
    log_to_stderr("INFO", "json")
    pipe[0].close()
    warn(3)
    began = monotonic()
    flush()
    assert monotonic() - began < 2


def passed(*times: float, text: str = "not delivered: %s") -> list[str]:
    """Return what passes of a line logged at each of `times`, in seconds."""
    once = OncePerSecond()
    records = [
        logging.makeLogRecord({"msg": text, "args": (f"at {time:g}",), "created": time}) for time in times
    ]
    return [record.getMessage() for record in records if once.filter(record)]


def test_lines_that_are_alike_but_for_their_values_are_logged_once_a_second_with_their_count() -> None:
    assert passed(100, 100.1, 100.9, 101.1, 101.2, 103, 105) == [
        "not delivered: at 100",
        "not delivered: at 101.1 (and 2 such lines before, which were left out)",
        "not delivered: at 103 (and 1 such lines before, which were left out)",
        "not delivered: at 105",
    ]


def test_a_clock_that_is_set_back_silences_nothing() -> None:
    assert len(passed(1000, 100, 101)) == 3


def test_other_lines_pass_beside_those_that_are_left_out() -> None:
    once = OncePerSecond()
    records = [logging.makeLogRecord({"msg": text, "created": 100.0}) for text in ("a", "b", "a", "b")]
    assert [record.msg for record in records if once.filter(record)] == ["a", "b"]
