"""The id of the request being answered: in the answer, in every line delivered, in every log line."""

import logging
from contextvars import ContextVar, Token
from uuid import uuid4

HEADER = "Questlog-Request-Id"

_current: ContextVar[str] = ContextVar("questlog_request_id", default="-")


def begin() -> Token[str]:
    """Give the request that starts here an id; the token ends it."""
    return _current.set(str(uuid4()))


def end(token: Token[str]) -> None:
    """Forget the id that `begin` gave."""
    _current.reset(token)


def current() -> str:
    """Return the id of the request being answered, `-` outside of one."""
    return _current.get()


class RequestIdFilter(logging.Filter):
    """Puts the id into each log record as `request_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id; let every record pass."""
        record.request_id = current()
        return True
