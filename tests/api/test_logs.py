import asyncio
import gc
import json
import logging
import re
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal

import pytest

from questlog_api import request_id
from questlog_api.logs import log_to_stderr

SECRET = "alice@example.com"
FORMS = pytest.mark.parametrize("form", ["json", "text"])


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("questlog_api", "uvicorn")}
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def fail_twice() -> None:
    try:
        vars()[SECRET]
    except KeyError as error:
        raise ValueError(SECRET) from error


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_one_object_with_the_id_of_the_request(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO", "json")
    before = datetime.now(UTC)
    token = request_id.begin()
    logging.getLogger("questlog_api.x").info(
        "two\nlines of %s", "text", extra={"stream": "events", "lines": 3}
    )
    current = request_id.current()
    request_id.end(token)
    [line] = lines(capsys)
    assert abs(datetime.fromisoformat(line.pop("timestamp")) - before).total_seconds() < 5
    assert line == {
        "level": "INFO",
        "logger": "questlog_api.x",
        "message": "two\nlines of text",
        "request_id": current,
        "stream": "events",
        "lines": 3,
    }


def test_text_has_time_in_utc_level_and_id(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO", "text")
    logging.getLogger("questlog_api.x").warning("about %d", 7, extra={"stream": "events"})
    line = capsys.readouterr().err
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARNING questlog_api\.x \[-\] about 7\n", line
    )
    assert line.startswith(datetime.now(UTC).strftime("%Y-%m-%dT%H:"))


@pytest.mark.parametrize("value", ["\ud800", 2**70, {1: "a"}, object()])
def test_whatever_is_logged_gives_a_line(capsys: pytest.CaptureFixture[str], value: object) -> None:
    log_to_stderr("INFO", "json")
    logging.getLogger("questlog_api").info("%s", value, extra={"value": value})
    assert len(lines(capsys)) == 1


@FORMS
def test_an_exception_is_told_by_its_type_and_place_and_never_by_its_message(
    capsys: pytest.CaptureFixture[str], form: Literal["json", "text"]
) -> None:
    log_to_stderr("INFO", form)
    try:
        fail_twice()
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    printed = capsys.readouterr().err
    assert SECRET not in printed
    assert "ValueError" in printed
    assert "while handling KeyError" in printed
    assert "test_logs.py" in printed


def test_what_another_handler_made_of_an_exception_is_not_used(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO", "text")
    record = logging.makeLogRecord({"name": "questlog_api", "levelno": 40, "exc_text": SECRET})
    logging.getLogger("questlog_api").handle(record)
    assert SECRET not in capsys.readouterr().err


@FORMS
def test_a_task_that_nobody_awaited_does_not_show_what_it_raised(
    capsys: pytest.CaptureFixture[str], form: Literal["json", "text"]
) -> None:
    log_to_stderr("INFO", form)

    async def fail() -> None:
        raise ValueError(SECRET)

    async def forget() -> None:
        task = asyncio.create_task(fail())
        await asyncio.wait([task])

    asyncio.run(forget())
    gc.collect()
    printed = capsys.readouterr().err
    assert "Task exception was never retrieved" in printed
    assert SECRET not in printed


@pytest.mark.parametrize("name", ["boto3", "botocore.endpoint", "urllib3.connectionpool"])
def test_libraries_stay_silent_at_every_level(capsys: pytest.CaptureFixture[str], name: str) -> None:
    log_to_stderr("DEBUG", "json")
    logging.getLogger(name).debug("payload: %s", SECRET)
    logging.getLogger(name).info("payload: %s", SECRET)
    logging.getLogger("questlog_api").debug("seen")
    assert [line["message"] for line in lines(capsys)] == ["seen"]


def test_the_level_holds_for_the_service_and_its_server(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("ERROR", "json")
    for name in ("questlog_api.x", "uvicorn.error"):
        logging.getLogger(name).warning("not seen")
        logging.getLogger(name).error("seen")
    assert [line["message"] for line in lines(capsys)] == ["seen", "seen"]


def test_warnings_are_lines_too(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO", "json")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        # As when the process starts: pytest listens to warnings itself.
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("mind this", stacklevel=1)
        logging.captureWarnings(capture=False)
    [line] = lines(capsys)
    assert line["logger"] == "py.warnings"
    assert "mind this" in line["message"]


def test_the_colours_of_the_server_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO", "json")
    logging.getLogger("uvicorn.error").info("on %s", "http://127.0.0.1:8000", extra={"color_message": "on"})
    [line] = lines(capsys)
    assert "color_message" not in line
