"""The id of the request being answered: in the answer, in every line delivered, in every log line."""

import logging
from contextvars import ContextVar, Token
from random import getrandbits

HEADER = "Questlog-Request-Id"

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
    """Return a random UUID (RFC 9562, version 4); it is no secret, and `uuid4` asks the kernel each time."""
    digits = f"{getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


class RequestIdFilter(logging.Filter):
    """Puts the id into each log record as `request_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id; let every record pass."""
        record.request_id = current()
        return True
