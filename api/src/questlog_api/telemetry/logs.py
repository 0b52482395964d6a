"""The log: one JSON object a line, or text for people; on stderr, in UTC.

Values of events and keys never get into it: an exception is told by its type and the lines it went through,
as its message may hold a value, and boto3, which logs the payload of each call at DEBUG, stays at WARNING
whatever the level of the service.

Nothing waits for who reads it: a thread writes, and what it has no room for is left out and counted.
"""

import json
import logging
import os
import sys
import time
import traceback
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from queue import Full, Queue
from threading import Thread
from typing import Any, Literal

from questlog_api.telemetry.request_id import RequestIdFilter

_OWN = ("questlog_api", "uvicorn")
_TEXT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"
_MOST_CAUSES = 10
_MOST_LINES = 10_000
_FLUSH_SECONDS = 2
_LEFT_OUT = "%d lines of the log were left out: they came faster than it was read"
# What each record has; the others were given as `extra`.
_STANDARD = {
    *vars(logging.makeLogRecord({})),
    *("asctime", "message", "request_id", "taskName"),
    "color_message",  # uvicorn's message once more, for terminals
}


def log_to_stderr(level: str, form: Literal["json", "text"]) -> None:
    """Log to stderr from now on, in this form and nowhere else; what the service logs from `level` on."""
    handler = StderrHandler()
    handler.addFilter(RequestIdFilter())
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter(_TEXT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in _OWN:
        logging.getLogger(name).setLevel(level)


class StderrHandler(logging.Handler):
    """Writes lines to stderr in a thread of its own, in their order.

    A pipe that nobody reads stops that thread and nothing else. Up to 10 000 lines wait for it; a later line
    says how many were left out, also because stderr is closed.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: Queue[bytes | None] = Queue(_MOST_LINES)
        # Each is changed by one side only: the one that logs, under the lock of this handler, and the thread.
        self._left_out = self._unwritten = self._told = 0
        self._told_at = 0.0
        # Never sys.stderr itself: a thread that hangs in a write holds its lock, and Python would abort in
        # the end. Not the number 2 either: when stderr was closed at the start, that is another file.
        self._descriptor = sys.__stderr__.fileno() if sys.__stderr__ else None
        self._thread = Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Let the line wait to be written; it is made here, where the request is known."""
        try:
            self._lines.put_nowait(self._line(record))
        except Exception:  # noqa: BLE001 - what logs goes on, as it does with logging's own handlers
            self._left_out += 1

    def flush(self) -> None:
        """Wait until all lines are written, but no longer than 2 s."""
        with self._lines.all_tasks_done:
            self._lines.all_tasks_done.wait_for(lambda: not self._lines.unfinished_tasks, _FLUSH_SECONDS)

    def close(self) -> None:
        """Let the thread end once it has written what waits."""
        # When nobody reads, it ends with the process.
        with suppress(Full):
            self._lines.put_nowait(None)
        super().close()

    def _line(self, record: logging.LogRecord) -> bytes:
        return (self.format(record) + "\n").encode(errors="backslashreplace")

    def _write_all(self) -> None:
        while (line := self._lines.get()) is not None:
            self._write(line)
            self._tell_what_was_left_out()
            self._lines.task_done()
        self._lines.task_done()

    def _write(self, line: bytes) -> None:
        rest = memoryview(line)
        try:
            while rest and self._descriptor is not None:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            self._unwritten += 1

    def _tell_what_was_left_out(self) -> None:
        """Write how many lines are missing: once a second while lines come too fast, and in the end."""
        missing = self._left_out + self._unwritten - self._told
        if not missing or (time.monotonic() - self._told_at < 1 and not self._lines.empty()):
            return
        self._told += missing
        self._told_at = time.monotonic()
        told = {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING", "request_id": "-"}
        unwritten = self._unwritten
        self._write(self._line(logging.makeLogRecord({**told, "msg": _LEFT_OUT, "args": (missing,)})))
        if self._unwritten > unwritten:
            # Nobody has been told, and this line is none that is missing.
            self._unwritten = unwritten
            self._told -= missing


def flush() -> None:
    """Wait until what was logged is written, but no longer than 2 s."""
    for handler in logging.getLogger().handlers:
        handler.flush()


class OncePerSecond(logging.Filter):
    """Of the lines of a logger that are alike but for their values, lets one a second through.

    It says how many were left out before it. For what each request may log when something is down.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, float] = {}
        self._left_out: Counter[str] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line is logged."""
        text = str(record.msg)
        # A clock that was set back must not silence it.
        if 0 <= record.created - self._last.get(text, 0) < 1:
            self._left_out[text] += 1
            return False
        self._last[text] = record.created
        if left_out := self._left_out.pop(text, 0):
            record.msg = f"{record.getMessage()} (and {left_out} such lines before, which were left out)"
            record.args = None
        return True


class TextFormatter(logging.Formatter):
    """Lines for people."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, followed by those that an exception went through."""
        plain = logging.makeLogRecord({**vars(record), "msg": _message(record), "args": None})
        # What another handler made of the exception has its message.
        plain.exc_info = plain.exc_text = None
        return "\n".join(filter(None, (super().format(plain), _where(record))))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: timestamp, level, logger, message, request_id, and what `extra` gave."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            "request_id": getattr(record, "request_id", "-"),
        }
        entry |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if where := _where(record):
            entry["exception"] = where
        # Not orjson, which refuses what may be logged: a lone surrogate, an integer of more than 64 bits.
        return json.dumps(entry, default=str)


def _message(record: logging.LogRecord) -> str:
    message = record.getMessage()
    # Asyncio goes on with what the task is and how it ended: with an exception's message, then.
    return message.partition("\n")[0] if record.name == "asyncio" else message


def _where(record: logging.LogRecord) -> str:
    """Return the type of the record's exception and of those that led to it, each with its traceback."""
    error = record.exc_info[1] if record.exc_info else None
    parts: list[str] = []
    while error is not None and len(parts) < _MOST_CAUSES:
        parts.append(
            f"{type(error).__qualname__}\n{''.join(traceback.format_tb(error.__traceback__))}".rstrip()
        )
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nwhile handling ".join(parts)
