"""The id of the request being answered: in the answer, in every line delivered, in every log line."""

import logging
from contextvars import ContextVar, Token
from itertools import count
from uuid import uuid4

HEADER = "Questlog-Request-Id"

_PROCESS = str(uuid4()).rpartition("-")[0]
_count = count(1)

_current: ContextVar[str] = ContextVar("questlog_request_id", default="-")


def begin() -> Token[str]:
    """Give the request that starts here an id; the token ends it."""
    return _current.set(_new())


def end(token: Token[str]) -> None:
    """Forget the id that `begin` gave."""
    _current.reset(token)


def current() -> str:
    """Return the id of the request being answered, `-` outside of one."""
    return _current.get()


def _new() -> str:
    # A UUID for each request would take a microsecond and more; this one differs between processes.
    return f"{_PROCESS}-{next(_count):012x}"


class RequestIdFilter(logging.Filter):
    """Puts the id into each log record as `request_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id; let every record pass."""
        record.request_id = current()
        return True
