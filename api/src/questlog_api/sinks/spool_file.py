"""The file of the spool: lines that are acknowledged and not delivered yet, in SQLite.

A row is what one write took, in the order of arrival. WAL with `synchronous=FULL` syncs every commit:
https://www.sqlite.org/pragma.html#pragma_synchronous
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import monotonic, time

from questlog_api.sinks.base import Cause, SinkUnavailable, Stream
from questlog_api.sinks.spool_damage import finish, is_sound, put_in_place, saving_path, sound_rows
from questlog_api.sinks.spool_rows import MOST_BYTES, Rows, Share, chunks, sealed

_REJECTS_SHARE = 10  # refused events may take a tenth, however many there are
_WAIT_SECONDS = 1  # for a process that is about to end
_FULL_SECONDS = 5  # until a disk that was full is thought to have room

_log = logging.getLogger(__name__)


class SpoolFile:
    """At most `max_bytes` of lines in the file `path`, for one process at a time and one thread at a time."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        """Open the file, or make it; what a damaged one holds is saved into a new one, and it is kept.

        Raises:
            SinkUnavailable: when the file cannot be used, e.g. by another process that uses it.
        """
        self._path = path
        self._full: SinkUnavailable | None = None
        self._full_until = 0.0
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
        rows = [(stream, time(), len(chunk), *sealed(b"".join(chunk))) for chunk in chunks(lines)]
        with self._remembering_full(), self._transaction() as db:
            db.executemany(_INSERT, rows)
        share = self.shares[stream]
        self.shares[stream] = Share(share.lines + len(lines), share.bytes + size, share.oldest or rows[0][1])

    def oldest(self, stream: Stream, most_bytes: int = MOST_BYTES) -> Rows | None:
        """Return the oldest rows of `stream`, None when there are none; damaged ones are passed over.

        They are as many as `most_bytes` have room for, and at least one.

        Raises:
            SinkUnavailable: when the disk fails.
        """
        with self._transaction() as db:
            found, damaged = self._read(db, stream, most_bytes)
            for number in damaged:
                _log.error("%s: row %d is damaged; it stays in the file and is not sent", self._path, number)
                db.execute("UPDATE spool SET damaged = 1 WHERE number = ?", [number])
            if damaged:
                self.shares = self._counted()
        if found:
            return Rows(stream, found)
        self.shares[stream] = Share()
        return None

    def remove(self, rows: Rows) -> None:
        """Forget rows that are delivered, all of them or none; the file shrinks once it is empty.

        Raises:
            SinkUnavailable: when the disk fails.
        """
        with self._transaction() as db:
            # By their content as well: after a damage, another row may have such a number.
            gone = Rows(rows.stream, [row for row in rows.found if db.execute(_REMOVE, row).rowcount])
            [oldest] = db.execute(_OLDEST_TIME, [rows.stream]).fetchone()
        share = self.shares[rows.stream]
        if gone.found:
            self.shares[rows.stream] = Share(share.lines - len(gone.lines), share.bytes - gone.size, oldest)
        if oldest is None and self.is_empty():
            with suppress(sqlite3.Error):  # a full disk; the rows are gone all the same
                self._db.execute("VACUUM")

    def expect_room(self) -> None:
        """Return while events have room for more; raise `SinkUnavailable` when a write would find none."""
        if self._full is not None and monotonic() < self._full_until:
            raise SinkUnavailable(str(self._full), self._full.cause)
        self._expect_room_for(Stream.EVENTS, min(MOST_BYTES, self._most[Stream.EVENTS] // 10))

    def is_empty(self) -> bool:
        """Return whether nothing waits in it."""
        return not any(share.lines for share in self.shares.values())

    def close(self) -> None:
        """Let go of the file; what it holds stays."""
        self._db.close()

    def _read(
        self, db: sqlite3.Connection, stream: Stream, most_bytes: int
    ) -> tuple[list[tuple[int, bytes]], list[int]]:
        """Return the oldest rows, and the numbers of damaged ones among them."""
        found: list[tuple[int, bytes]] = []
        damaged = []
        with closing(db.execute(_OLDEST, [stream])) as rows:
            for number, content, checksum in rows:
                if is_sound(content, checksum):
                    most_bytes -= len(content)
                    if found and most_bytes < 0:
                        break
                    found.append((number, content))
                else:
                    damaged.append(number)
        return found, damaged

    @contextmanager
    def _remembering_full(self) -> Iterator[None]:
        """Let `expect_room` know that the disk is full, which only a write finds out."""
        try:
            yield
        except SinkUnavailable as error:
            if error.cause is Cause.SPOOL_FULL:
                self._full, self._full_until = error.with_traceback(None), monotonic() + _FULL_SECONDS
            raise
        self._full = None

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
_WAITING = "FROM spool WHERE stream = ? AND damaged = 0 ORDER BY number"
_OLDEST = f"SELECT number, CAST(content AS BLOB), checksum {_WAITING}"
_OLDEST_TIME = f"SELECT (SELECT written_at {_WAITING} LIMIT 1)"
_COUNT = """SELECT stream, SUM(lines), SUM(LENGTH(content)), MIN(written_at)
FROM spool WHERE damaged = 0 GROUP BY stream"""
_SAVED = "INSERT INTO spool (number, stream, written_at, lines, content, checksum) VALUES (?, ?, ?, ?, ?, ?)"


def _opened(path: Path) -> sqlite3.Connection:
    if aside := put_in_place(path):
        _log.error("the spool %s was damaged; it is kept as %s, and an earlier save was ended", path, aside)
    try:
        return _connected(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # locked, read-only, full: the file itself is sound
        return _saved(path)


def _connected(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600)  # events may be personal; SQLite gives its other files the same mode
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
    with closing(_connected(saving_path(path))) as db:
        with db:
            saved = db.executemany(_SAVED, sound_rows(path)).rowcount
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # into the file itself
    # Only now, as the disk may be full: the damaged file stays in its place until all of it is saved.
    finish(path)
    aside = put_in_place(path)
    _log.error("the spool %s was damaged; it is kept as %s, and %d rows of it were saved", path, aside, saved)
    return _connected(path)
