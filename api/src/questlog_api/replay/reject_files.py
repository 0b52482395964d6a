"""Reads reject lines back: from files as Firehose wrote them, or from whatever an operator's tools made."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from questlog_api import times
from questlog_api.lines import Arrival

STANDARD_INPUT = "-"

# A record of Firehose holds no more, so neither does a line of it.
_MAX_LINE_BYTES = 1000 * 1024
_GZIP = b"\x1f"  # no line begins with it; of a pipe, more than a byte may not be there yet
_SPOOL = b"SQLite format 3\0"


class UnreadableError(Exception):
    """The rest of a file cannot be read; says why, and holds no content."""


@dataclass(frozen=True, slots=True)
class Reject:
    """What a line says was refused, and how it came in.

    `payload` is its text, or the value itself where a repair unpacked it; `size` the bytes of the whole, None
    where nobody counted.
    """

    arrival: Arrival
    reason: str
    payload: object
    size: int | None

    @classmethod
    def parsed(cls, line: bytes | None) -> "Reject | None":
        """Return what `line` says; None when it is no line of the rejects stream."""
        try:
            members = orjson.loads(line or b"")
            arrival = _arrival(members)
            return None if arrival is None else cls(arrival, *_refused(members))
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return None

    def value(self) -> tuple[bool, Any]:
        """Return whether the payload is readable, and what it says."""
        if not isinstance(self.payload, str):
            return True, self.payload
        try:
            return True, orjson.loads(self.payload)
        except orjson.JSONDecodeError:
            return False, None

    @property
    def is_cut(self) -> bool:
        """Whether the end of the payload is missing. Without it, an object never is JSON."""
        return isinstance(self.payload, str) and (self.size is None or self.size > len(self.payload.encode()))


def _arrival(members: Any) -> Arrival | None:
    received_at, sent_at = members["received_at"], members["sent_at"]
    game_id, request_id = members["game_id"], members["request_id"]
    times_are_right = _is_time(received_at) and (sent_at is None or _is_time(sent_at))
    if times_are_right and _is_text(game_id) and _is_text(request_id):
        return Arrival(received_at, sent_at, game_id, request_id)
    return None


def _is_time(value: object) -> bool:
    return isinstance(value, str) and times.is_date_time(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _refused(members: Any) -> tuple[str, object, int | None]:
    reason, size = members["reason"], members.get("payload_bytes")
    if not isinstance(reason, str) or not isinstance(size, int | None):
        raise TypeError
    return reason, members["payload"], size


@dataclass(frozen=True, slots=True)
class RejectFile:
    """A file of reject lines, plain or gzip of any number of members; `-` is the standard input."""

    name: str

    def lines(self) -> Iterator[bytes | None]:
        """Yield its lines, None for one that is too long to be any; empty ones too, to count by.

        Raises:
            UnreadableError: when the rest cannot be read.
        """
        try:
            with self._opened() as file:
                if file.peek(len(_SPOOL)).startswith(_SPOOL):
                    raise UnreadableError("a spool: name the file, not its folder")
                yield from _lines(_unpacked(file))
        except (OSError, EOFError, zlib.error) as error:
            told = error.strerror if isinstance(error, OSError) else None
            raise UnreadableError(told or "the gzip is broken or ends early") from None

    def _opened(self) -> AbstractContextManager[io.BufferedReader]:
        if self.name == STANDARD_INPUT:
            return nullcontext(cast(io.BufferedReader, sys.stdin.buffer))
        return Path(self.name).open("rb")


def reject_files(names: Sequence[str]) -> Iterator[RejectFile]:
    """Yield the files that `names` mean: a folder is all in it, in order of their paths."""
    for name in names:
        path = Path(name)
        if name != STANDARD_INPUT and path.is_dir():
            yield from (RejectFile(str(found)) for found in sorted(path.rglob("*")) if _counts(found))
        else:
            yield RejectFile(name)


def _counts(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".")


def _unpacked(file: io.BufferedReader) -> BinaryIO:
    # By content: Firehose names its objects as it likes, and a download may have unpacked them.
    packed = file.peek(1).startswith(_GZIP)
    return cast(BinaryIO, gzip.open(file)) if packed else file


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    while line := file.readline(_MAX_LINE_BYTES):
        if len(line) == _MAX_LINE_BYTES and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = file.readline(_MAX_LINE_BYTES)
            yield None
        else:
            yield line
