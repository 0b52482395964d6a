"""The client's options, checked when it is made: a typing mistake must not wait for the first batch."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_BATCH_EVENTS = 500
"""Most events the API takes in one request."""

_DURABILITIES = ("background", "sync")
_MAX_TIMEOUT = 86_400  # sockets take 24 days, and whoever waits for one has other troubles


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Where and how to deliver; units are in `Client`'s docstring.

    Raises:
        ValueError: for an option that cannot work, of whatever type it is.
    """

    url: str
    write_key: str = field(repr=False)  # reports of crashes print the objects of a frame
    batch_size: int
    flush_interval: float
    queue_events: int
    queue_bytes: int
    timeout: float
    folder: Path | None = None
    durability: str = "background"
    outbox_bytes: int = 64 * 1024 * 1024
    outbox_days: float = 14.0

    def __post_init__(self) -> None:
        _check_url(self.url)
        _require(
            _is_text(self.write_key) and re.fullmatch("[!-~]+", self.write_key),
            "write_key must be visible ASCII characters without spaces",
        )
        _require(
            _is_count(self.batch_size) and self.batch_size <= MAX_BATCH_EVENTS,
            f"batch_size must be from 1 to {MAX_BATCH_EVENTS} events",
        )
        _require(_is_span(self.flush_interval), "flush_interval must be 0 or more seconds, and not infinite")
        _require(_is_count(self.queue_events), "queue_events must be 1 or more events")
        _require(_is_count(self.queue_bytes), "queue_bytes must be 1 or more bytes")
        _require(_is_count(self.outbox_bytes), "outbox_bytes must be 1 or more bytes")
        _require(_is_span(self.outbox_days) and self.outbox_days > 0, "outbox_days must be more than 0 days")
        _require(self.durability in _DURABILITIES, 'durability must be "background" or "sync"')
        _require(
            self.durability == "background" or self.folder is not None,
            'durability="sync" needs a folder: outbox must not be None',
        )
        _require(
            _is_span(self.timeout) and 0 < self.timeout <= _MAX_TIMEOUT,
            f"timeout must be more than 0 and at most {_MAX_TIMEOUT} seconds",
        )

    @property
    def sync(self) -> bool:
        """Whether an event is on the disk, also after a power cut, before the call returns."""
        return self.durability == "sync"

    @property
    def outbox_seconds(self) -> float:
        """Age at which events are given up."""
        return self.outbox_days * 86_400

    @property
    def destination(self) -> str:
        """Names URL and key in the outbox; neither can be told from it."""
        from questlog._outbox import destination_of  # noqa: PLC0415 - not for a game without an outbox

        return destination_of(self.url, self.write_key)

    @property
    def once_path(self) -> Path | None:
        """Where it is remembered which installs were stored; None for in memory."""
        return self.folder and self.folder / f"{self.destination}.once"

    @property
    def pattern(self) -> str:
        """Which files of the folder are of this destination (glob)."""
        return f"{self.destination}-*.outbox"


def checked_consent(consent: object) -> bool:
    """Return `consent`.

    Raises:
        TypeError: when it is no bool: of a text such as "no" nobody knows what it means.
    """
    if not isinstance(consent, bool):
        raise TypeError(f"consent must be True or False, not {type(consent).__name__}")
    return consent


def checked_folder(outbox: str | Path | None) -> Path | None:
    """Return the folder that `outbox` names; None when events are kept in memory only.

    Raises:
        ValueError: when it is empty.
        TypeError: when it is neither text nor a path.
    """
    if outbox is None:
        return None
    from questlog._place import outbox_folder  # noqa: PLC0415 - not for a game without an outbox

    return outbox_folder(outbox)


def checked_seconds(timeout: float) -> float:
    """Return `timeout`.

    Raises:
        TypeError: when it is no number.
    """
    if not isinstance(timeout, int | float):
        raise TypeError(f"timeout must be a number of seconds, e.g. 10.0, not {type(timeout).__name__}")
    return timeout


def expect_functions(**hooks: object) -> None:
    """Raise TypeError for a hook that is neither a function nor None."""
    for name, hook in hooks.items():
        if hook is not None and not callable(hook):
            raise TypeError(f"{name} must be a function or None, not {type(hook).__name__}")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and value >= 1


def _is_span(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value < math.inf


def _check_url(url: str) -> None:
    from urllib.parse import urlsplit  # noqa: PLC0415 - not for the import of the package

    _require(
        _is_text(url) and " " not in url and url.isprintable() and _names_a_server(url),
        'url must be like "https://events.example.com"',
    )
    parts = urlsplit(url)
    _require("@" not in parts.netloc, "url must hold no credentials: the key goes into write_key")
    _require(not (parts.query or parts.fragment), "url must end before any ? or #")
    _require(
        not parts.path.rstrip("/").endswith("/v1/events"),
        'url must end before /v1/events, as in "https://events.example.com"',
    )


def _names_a_server(url: str) -> bool:
    from urllib.parse import urlsplit  # noqa: PLC0415 - as above

    try:
        parts = urlsplit(url)
        # As the resolver will encode it: empty labels and labels of over 63 characters are no name.
        host, port = (parts.hostname or "").encode("idna"), parts.port
    except ValueError:
        return False
    # Such as a snowman: http clients refuse it later, https://www.rfc-editor.org/rfc/rfc5892
    readable = all(letter.isalnum() or letter in "-._:%" for letter in parts.hostname or "")
    return parts.scheme in ("http", "https") and host != b"" and readable and port != 0


def _require(condition: object, message: str) -> None:
    if not condition:
        raise ValueError(message)
