"""The log: one JSON object a line, or text for people; on stderr, in UTC.

Values of events and keys never get into it: an exception is told by its type and the lines it went through,
as its message may hold a value, and boto3, which logs the payload of each call at DEBUG, stays at WARNING
whatever the level of the service.
"""

import json
import logging
import time
import traceback
from datetime import UTC, datetime
from typing import Any, Literal

from questlog_api.request_id import RequestIdFilter

_OWN = ("questlog_api", "uvicorn")
_TEXT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"
_MOST_CAUSES = 10
# What each record has; the others were given as `extra`.
_STANDARD = {
    *vars(logging.makeLogRecord({})),
    *("asctime", "message", "request_id", "taskName"),
    "color_message",  # uvicorn's message once more, for terminals
}


def log_to_stderr(level: str, form: Literal["json", "text"]) -> None:
    """Log to stderr from now on, in this form and nowhere else; what the service logs from `level` on."""
    handler = logging.StreamHandler()
    handler.addFilter(RequestIdFilter())
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter(_TEXT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in _OWN:
        logging.getLogger(name).setLevel(level)


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
