"""Times as the service writes them: RFC 3339, UTC, milliseconds, `Z`."""

from datetime import UTC, datetime
from functools import lru_cache
from time import time_ns

from questlog_api._generated.keywords import FORMATS

_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


def now() -> str:
    """Return the present moment."""
    seconds, nanoseconds = divmod(time_ns(), 1_000_000_000)
    return f"{_second(seconds)}.{nanoseconds // 1_000_000:03d}Z"


def is_date_time(text: str) -> bool:
    """Return whether `text` is an RFC 3339 time as contracts have it."""
    return FORMATS["date-time"].fullmatch(text) is not None


def in_utc(date_time: str) -> str:
    """Return a valid RFC 3339 `date_time` in UTC, cut to milliseconds.

    A moment that leaves the years 1 to 9999 on the way to UTC becomes the nearest one within them.
    """
    moment = datetime.fromisoformat(date_time)
    try:
        return _text(moment.astimezone(UTC))
    except OverflowError:
        return _text(_FIRST if moment.year == 1 else _LAST)


@lru_cache(maxsize=1)
def _second(seconds: int) -> str:
    # Every request asks for the time, and most of it is the same for a second.
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
