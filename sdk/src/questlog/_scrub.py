"""The game's last word on what is stored and sent: `before_send`."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from questlog._entry import Entry
from questlog._generated.checks import CHECKS
from questlog._generated.events import EVENTS
from questlog._log import get_logger, raised
from questlog.exceptions import InvalidEvent

BeforeSend: TypeAlias = Callable[[dict[str, Any]], dict[str, Any] | None]
"""Given an event as JSON; returns it, changed or not, or None to drop it."""

DROPPED, FAILED = "dropped by before_send", "before_send failed"
_logger = get_logger()


def scrubbed(before_send: BeforeSend, body: bytes) -> bytes | str:
    """Return the event as `before_send` wants it, or why there is none.

    An event that `before_send` fails on is not sent as it was: it may hold what should have been taken out.
    """
    before = Entry.read(body)
    try:
        changed = before_send(json.loads(body))
        if changed is None:
            return DROPPED
        _expect_same(before, changed)
        return Entry.written(changed).body
    except InvalidEvent as error:
        _logger.error("before_send made an invalid event: %s", error)  # noqa: TRY400 - its text tells all
    except BaseException as error:  # noqa: BLE001 - SystemExit too: this thread is not the hook's to end
        told = raised(error)  # and not its text, which `exception` would log
        _logger.error("before_send raised %s; the event is not sent", told)  # noqa: TRY400
    return FAILED


def _expect_same(before: Entry, changed: dict[str, Any]) -> None:
    if (changed.get("event"), changed.get("event_id")) != (before.event, before.event_id):
        raise InvalidEvent("/event_id", "const", "must stay as it is, as must the event's name")
    CHECKS[EVENTS[before.event].__name__](changed)
