"""Rows of the outbox: many events each, as a row costs the same however many it holds."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from zlib import crc32

ROW_EVENTS = 500
ROW_BYTES = 1024 * 1024
"""At most, but for an event that is larger: it has a row of its own."""


class Row(NamedTuple):
    """Events that were written together.

    Attributes:
        number: Ascends in the order of writing.
        written_at: Seconds since the epoch.
        bodies: JSON of each event, oldest first.
    """

    number: int
    written_at: int
    bodies: tuple[bytes, ...]


def size_of(bodies: Sequence[bytes]) -> int:
    """Return how many bytes events have, with the line breaks between them."""
    return sum(map(len, bodies)) + max(len(bodies) - 1, 0)


def joined(bodies: Sequence[bytes]) -> bytes:
    """Return the content of one row.

    Raises:
        ValueError: when an event is empty, or has a line break, which JSON needs nowhere.
    """
    content = b"\n".join(bodies)
    if bodies and (content.count(b"\n") != len(bodies) - 1 or not all(bodies)):
        raise ValueError("an event is empty or has a line break: write its JSON on one line")
    return content


def packed(bodies: Sequence[bytes]) -> list[tuple[int, bytes]]:
    """Return how many events, and which content, each row has that `bodies` become.

    Raises:
        ValueError: when an event is empty or has a line break.
    """
    content = joined(bodies)
    if not bodies:
        return []
    if len(bodies) <= ROW_EVENTS and len(content) <= ROW_BYTES:
        return [(len(bodies), content)]
    return [(len(chunk), joined(chunk)) for chunk in _chunks(bodies)]


def changed(number: int, bodies: Sequence[bytes]) -> tuple[int, int, bytes, int]:
    """Return what `queries.UPDATE` takes for a row that holds `bodies` from now on."""
    content = joined(bodies)
    return len(bodies), crc32(content), content, number


def _chunks(bodies: Sequence[bytes]) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    size = 0  # with a line break after each event, of which a row has one less
    for body in bodies:
        size += len(body) + 1
        if chunk and (len(chunk) == ROW_EVENTS or size - 1 > ROW_BYTES):
            yield chunk
            chunk, size = [], len(body) + 1
        chunk.append(body)
    yield chunk
