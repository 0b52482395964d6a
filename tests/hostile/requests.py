"""What a hostile request is, and how the bytes of an honest one are written."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from tests.hostile.oracle import Expected

GAMES: Mapping[str, str] = {"orion": "ql_hostile_orion", "vega": "ql_hostile_vega"}
"""Games and their write keys."""

_CHUNK = 8192


class Sending(Enum):
    """What the client does besides sending the bytes."""

    WHOLE = auto()
    """On a connection that is kept; it waits for the answer."""
    PIECES = auto()
    """As `WHOLE`, with pauses in which the server reads."""
    PROBE = auto()
    """On a connection of its own; it takes what is answered soon, and leaves."""
    HALF = auto()
    """As `PROBE`, and says at once that no more will come."""
    LEAVE = auto()
    """As `PROBE`, without waiting for anything but `pause` seconds."""
    RESET = auto()
    """As `LEAVE`, by a reset of the connection."""


@dataclass(frozen=True, slots=True)
class Request:
    """Bytes to send, and what is known of what must come of them.

    `expected` is None where only what holds for every answer is asked. `answers` is how many there are at
    most. `possible` is how lines are known that may be in a stream although nobody heard an answer: digests
    and ids. `secret` is a text that stands in values and must never come back.
    """

    kind: str
    game: str
    content: bytes
    sending: Sending = Sending.WHOLE
    expected: Expected | None = None
    answers: int = 1
    pause: float = 0
    possible: Sequence[str] = ()
    secret: str | None = None
    is_head: bool = False
    may_stay_unheard: bool = False


def honest(
    path: str,
    body: bytes,
    key: str,
    headers: Sequence[tuple[str, str]] = (),
    *,
    chunks: random.Random | None = None,
) -> bytes:
    """Return a request as it should be; in chunks of sizes by chance, unless that is None."""
    length = ("Transfer-Encoding", "chunked") if chunks else ("Content-Length", str(len(body)))
    lines = [("Host", "questlog.test"), ("Authorization", f"Bearer {key}"), *headers, length]
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines) + "\r\n"
    return head.encode("utf-8") + (chunked(body, chunks) if chunks else body)


def chunked(body: bytes, source: random.Random) -> bytes:
    """Return `body` in chunks."""
    parts = []
    while body:
        size = source.choice((1, 7, 500, _CHUNK, len(body)))
        parts.append(b"%x\r\n%b\r\n" % (len(body[:size]), body[:size]))
        body = body[size:]
        if len(parts) > 20:
            size = len(body)
            parts.append(b"%x\r\n%b\r\n" % (size, body) if body else b"")
            break
    return b"".join(parts) + b"0\r\n\r\n"
