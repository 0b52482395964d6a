"""The client's options, checked when it is made: a typing mistake must not wait for the first batch."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

MAX_BATCH_EVENTS = 500
"""Most events the API takes in one request."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Where and how to deliver; units are in `Client`'s docstring."""

    url: str
    write_key: str
    batch_size: int
    flush_interval: float
    queue_events: int
    queue_bytes: int
    timeout: float

    def __post_init__(self) -> None:
        _check_url(self.url)
        _require(
            re.fullmatch("[!-~]+", self.write_key),
            "write_key must be visible ASCII characters without spaces",
        )
        _require(
            1 <= self.batch_size <= MAX_BATCH_EVENTS,
            f"batch_size must be from 1 to {MAX_BATCH_EVENTS} events",
        )
        _require(self.flush_interval >= 0, "flush_interval must be 0 or more seconds")
        _require(self.queue_events >= 1, "queue_events must be 1 or more events")
        _require(self.queue_bytes >= 1, "queue_bytes must be 1 or more bytes")
        _require(self.timeout > 0, "timeout must be more than 0 seconds")


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    _require(
        parts.scheme in ("http", "https") and parts.hostname, 'url must be like "https://events.example.com"'
    )
    _require("@" not in parts.netloc, "url must hold no credentials: the key goes into write_key")
    _require(not (parts.query or parts.fragment), "url must end before any ? or #")


def _require(condition: object, message: str) -> None:
    if not condition:
        raise ValueError(message)
