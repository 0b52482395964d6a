"""Lines as the spool writes and reads them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

from questlog_api.sinks.base import Stream

MOST_BYTES = 512 * 1024
"""Of a row, and of rows read at once: few enough to be paced, so many that a commit costs nothing."""


class Rows(NamedTuple):
    """Rows of one stream, oldest first, each its number and its content."""

    stream: Stream
    found: list[tuple[int, bytes]]

    @property
    def lines(self) -> list[bytes]:
        """All lines, in the order of writing."""
        return [line for _, content in self.found for line in content.splitlines(keepends=True)]

    @property
    def size(self) -> int:
        """Bytes of all lines."""
        return sum(len(content) for _, content in self.found)


@dataclass(frozen=True, slots=True)
class Share:
    """What the file holds of one stream; `oldest` is seconds since the epoch, None when there is nothing."""

    lines: int = 0
    bytes: int = 0
    oldest: float | None = None


def sealed(content: bytes) -> tuple[bytes, int]:
    """Return `content` and its checksum."""
    return content, crc32(content)


def chunks(lines: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Split `lines` into what becomes a row each: `MOST_BYTES` at most, but for a line that is larger."""
    chunk: list[bytes] = []
    size = 0
    for line in lines:
        if chunk and size + len(line) > MOST_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(line)
        size += len(line)
    if chunk:
        yield chunk
