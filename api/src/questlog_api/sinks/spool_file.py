"""The file of the spool: lines that are acknowledged and not delivered yet, in SQLite.

A row is what one write took, in the order of arrival. WAL with `synchronous=FULL` syncs every commit:
https://www.sqlite.org/pragma.html#pragma_synchronous
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import NamedTuple
from zlib import crc32

from questlog_api.sinks.base import Cause, SinkUnavailable, Stream
from questlog_api.sinks.spool_damage import is_sound, sound_rows

_ROW_BYTES = 512 * 1024  # small enough to be paced, large enough that a commit costs nothing
_REJECTS_SHARE = 10  # refused events may take a tenth, however many there are
_WAIT_SECONDS = 1  # for a process that is about to end

_log = logging.getLogger(__name__)


class Row(NamedTuple):
    """Lines of one stream that were written at once."""

    number: int
    stream: Stream
    lines: list[bytes]
    size: int


@dataclass(frozen=True, slots=True)
class Share:
    """What the file holds of one stream; `oldest` is seconds since the epoch, None when there is nothing."""

    lines: int = 0
    bytes: int = 0
    oldest: float | None = None


class SpoolFile:
    """At most `max_bytes` of lines in the file `path`, for one process at a time and one thread at a time."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        """Open the file, or make it; what a damaged one holds is saved into a new one, and it is kept.

        Raises:
            SinkUnavailable: when the file cannot be used, e.g. by another process that uses it.
        """
        self._path = path
        self._most = {Stream.EVENTS: max_bytes, Stream.REJECTS: max_bytes // _REJECTS_SHARE}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = _opened(path)
            self.shares = self._counted()
            """What it holds of each stream."""
        except (OSError, sqlite3.Error) as error:
            raise self._broken(error) from error

    def append(self, stream: Stream, lines: Sequence[bytes]) -> None:
        """Write `lines`; they are on the disk when this returns.

        Raises:
            SinkUnavailable: when they have no room, or the disk does not take them; then none is written.
        """
        if not lines:
            return
        size = sum(map(len, lines))
        self._expect_room_for(stream, size)
        rows = [(stream, time(), len(chunk), *_sealed(b"".join(chunk))) for chunk in _chunks(lines)]
        with self._transaction() as db:
            db.executemany(_INSERT, rows)
        share = self.shares[stream]
        self.shares[stream] = Share(share.lines + len(lines), share.bytes + size, share.oldest or rows[0][1])

    def oldest(self, stream: Stream) -> Row | None:
        """Return the oldest row of `stream`, None when there is none; damaged ones are passed over.

        Raises:
            SinkUnavailable: when the disk fails.
        """
        with self._transaction() as db:
            while row := db.execute(_OLDEST, [stream]).fetchone():
                number, content, checksum = row
                if is_sound(content, checksum):
                    return Row(number, stream, content.splitlines(keepends=True), len(content))
                _log.error("%s: row %d is damaged; it stays in the file and is not sent", self._path, number)
                db.execute("UPDATE spool SET damaged = 1 WHERE number = ?", [number])
                self.shares = self._counted()
        self.shares[stream] = Share()
        return None

    def remove(self, row: Row) -> None:
        """Forget a row that is delivered; the file shrinks once it is empty.

        Raises:
            SinkUnavailable: when the disk fails.
        """
        with self._transaction() as db:
            # By its content as well: after a damage, another row may have its number.
            found = db.execute(_REMOVE, [row.number, b"".join(row.lines)]).rowcount
            [oldest] = db.execute(_OLDEST_TIME, [row.stream]).fetchone()
        share = self.shares[row.stream]
        if found:
            self.shares[row.stream] = Share(share.lines - len(row.lines), share.bytes - row.size, oldest)
        if oldest is None and self.is_empty():
            with suppress(sqlite3.Error):  # a full disk; the row is gone all the same
                self._db.execute("VACUUM")

    def expect_room(self) -> None:
        """Return while events have room for more; otherwise raise `SinkUnavailable`."""
        self._expect_room_for(Stream.EVENTS, 1)

    def is_empty(self) -> bool:
        """Return whether nothing waits in it."""
        return not any(share.lines for share in self.shares.values())

    def close(self) -> None:
        """Let go of the file; what it holds stays."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._db:
                yield self._db
        except sqlite3.Error as error:
            raise self._broken(error) from error

    def _expect_room_for(self, stream: Stream, size: int) -> None:
        if self.shares[stream].bytes + size > self._most[stream] or self._total() + size > max(
            self._most.values()
        ):
            raise SinkUnavailable(f"the spool has no room for more {stream}", Cause.SPOOL_FULL)

    def _total(self) -> int:
        return sum(share.bytes for share in self.shares.values())

    def _counted(self) -> dict[Stream, Share]:
        found = {Stream(stream): Share(*counts) for stream, *counts in self._db.execute(_COUNT)}
        return {stream: found.get(stream, Share()) for stream in Stream}

    def _broken(self, error: Exception) -> SinkUnavailable:
        full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        cause = Cause.SPOOL_FULL if full else Cause.SPOOL_BROKEN
        locked = " (another process uses it: give each its own)" if "locked" in str(error) else ""
        return SinkUnavailable(f"the spool {self._path}: {error}{locked}", cause)


_TABLE = """CREATE TABLE IF NOT EXISTS spool (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    written_at REAL NOT NULL, -- seconds since the epoch
    lines INTEGER NOT NULL,
    content BLOB NOT NULL,
    checksum INTEGER NOT NULL, -- CRC-32 of the content
    damaged INTEGER NOT NULL DEFAULT 0
)"""
_INDEX = "CREATE INDEX IF NOT EXISTS waiting ON spool (stream, number) WHERE damaged = 0"
_INSERT = "INSERT INTO spool (stream, written_at, lines, content, checksum) VALUES (?, ?, ?, ?, ?)"
_REMOVE = "DELETE FROM spool WHERE number = ? AND CAST(content AS BLOB) = ?"
_STRAY = "UPDATE spool SET damaged = 1 WHERE damaged = 0 AND stream NOT IN ('events', 'rejects')"
_WAITING = "FROM spool WHERE stream = ? AND damaged = 0 ORDER BY number LIMIT 1"
_OLDEST = f"SELECT number, CAST(content AS BLOB), checksum {_WAITING}"
_OLDEST_TIME = (
    "SELECT (SELECT written_at FROM spool WHERE stream = ? AND damaged = 0 ORDER BY number LIMIT 1)"
)
_COUNT = """SELECT stream, SUM(lines), SUM(LENGTH(content)), MIN(written_at)
FROM spool WHERE damaged = 0 GROUP BY stream"""
_SAVED = "INSERT INTO spool (number, stream, written_at, lines, content, checksum) VALUES (?, ?, ?, ?, ?, ?)"


def _opened(path: Path) -> sqlite3.Connection:
    try:
        return _connected(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # locked, read-only, full: the file itself is sound
        return _saved(path)


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_WAIT_SECONDS, check_same_thread=False)
    try:
        # Exclusive: a second process would send everything a second time.
        for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
            db.execute(f"PRAGMA {pragma}")
        with db:
            db.execute(_TABLE)
            db.execute(_INDEX)
        _check(db)
        with db:
            strays = db.execute(_STRAY).rowcount
        if strays:
            _log.error("%s: %d rows are of no stream; they stay in the file and are not sent", path, strays)
    except BaseException:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection) -> None:
    [verdict] = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _saved(path: Path) -> sqlite3.Connection:
    """Move a damaged file out of the way and return a new one with all that can be read of it."""
    fresh = path.with_name(f"{path.name}.saved")
    fresh.unlink(missing_ok=True)
    with closing(_connected(fresh)) as db:
        with db:
            saved = db.executemany(_SAVED, sound_rows(path)).rowcount
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # into the file itself
    # Only now, as the disk may be full: the damaged file stays in its place until all of it is saved.
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    for suffix in ("-shm", "-wal", ""):
        if Path(f"{path}{suffix}").exists():
            Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
    fresh.rename(path)
    _log.error("the spool %s was damaged; it is kept as %s, and %d rows of it were saved", path, aside, saved)
    return _connected(path)


def _sealed(content: bytes) -> tuple[bytes, int]:
    return content, crc32(content)


def _chunks(lines: Sequence[bytes]) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    size = 0
    for line in lines:
        if chunk and size + len(line) > _ROW_BYTES:
            yield chunk
            chunk, size = [], 0
        chunk.append(line)
        size += len(line)
    if chunk:
        yield chunk
