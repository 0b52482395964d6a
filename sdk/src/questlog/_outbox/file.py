"""One file of the outbox: a list of rows on the disk that only its opener reads and writes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from threading import RLock
from time import time
from typing import TYPE_CHECKING
from zlib import crc32

from questlog._outbox.connection import INSERT, calls, connected
from questlog._outbox.errors import OutboxError
from questlog._outbox.rows import Row, joined, packed

if TYPE_CHECKING:
    import sqlite3  # loaded with the first file, not with the game
    from pathlib import Path

_LARGE_BYTES = 4 * 1024 * 1024  # a file that shrinks when it is emptied


class OutboxFile:
    """Events in the file `path`, for one client at a time; its threads may share it.

    It lasts until `close`, or the end of the process. Each method raises `OutboxError` when the disk fails.

    Args:
        path: A file; made if there is none.
        sync: Whether what is appended survives a power cut too, not only the end of the process.

    Attributes:
        events: How many it holds.
        bytes: Of their JSON and the line breaks between them.
        damaged_events: How many were taken out so far, as they were not as they were written.
        set_aside: Where the damaged file is that these events were saved from; None when there was none.

    Raises:
        OutboxInUseError: when another client has it open.
        OutboxDamagedError: when it is not as it was written.
        OutboxError: when it cannot be opened for another reason.
    """

    def __init__(self, path: "Path", *, sync: bool = False) -> None:
        self.path = path
        self.damaged_events = 0
        self.set_aside: Path | None = None
        self._lock = RLock()  # guards what follows
        self._left: dict[int, tuple[bytes, ...]] = {}  # of rows, as long as the disk does not take it
        self._last = self.events = self.bytes = 0
        with calls(path):
            db = connected(path, sync=sync)
            try:
                self._last, self.events, self.bytes = db.execute(_TOTALS).fetchone()
            except BaseException:
                db.close()
                raise
        self._db: sqlite3.Connection | None = db

    @property
    def closed(self) -> bool:
        """Whether it was closed or abandoned."""
        return self._db is None

    def append(self, bodies: Sequence[bytes], *, written_at: int | None = None) -> int:
        """Write events, all of them or none, and return the number of the last row.

        `written_at` is in seconds since the epoch, of events that were written before; None is now.

        Raises:
            ValueError: when one is empty or has a line break.
        """
        contents, now = packed(bodies), int(time()) if written_at is None else written_at
        with self._lock:
            numbered = enumerate(contents, self._last + 1)
            with self._transaction() as db:
                db.executemany(INSERT, [(n, now, count, crc32(it), it) for n, (count, it) in numbered])
            self._last += len(contents)
            self.events += len(bodies)
            self.bytes += sum(len(content) for _, content in contents)
            return self._last

    def oldest(self, max_events: int, max_bytes: int) -> list[Row]:
        """Return the oldest rows within both bounds, at least one if there is any; they stay."""
        with self._lock:
            while numbers := self._oldest_numbers(max_events, max_bytes):
                if rows := self._sound_rows(numbers[0], numbers[-1]):
                    return rows
            return []

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget rows. When the disk does not take it, this object still gives them no more."""
        self._settle(dict.fromkeys(numbers, ()))

    def replace(self, number: int, bodies: Sequence[bytes]) -> None:
        """Keep only `bodies` of a row, none of it for none; when the disk does not take it, as `remove`.

        Raises:
            ValueError: when one is empty or has a line break.
        """
        joined(bodies)
        self._settle({number: tuple(bodies)})

    def close(self) -> None:
        """Let go of the file: it is deleted if it is empty, and else left to be adopted. Never raises."""
        with self._lock, suppress(OutboxError):
            with suppress(OutboxError):
                self._settle({})
            db, self._db = self._opened(), None
            with calls(self.path):
                self._finish(db)

    def abandon(self) -> None:
        """Forget the file in a forked child: it stays the parent's, and is not even closed."""
        self._lock = RLock()  # another thread of the parent may have had it
        self._db = None

    def _oldest_numbers(self, max_events: int, max_bytes: int) -> list[int]:
        numbers: list[int] = []
        with calls(self.path), closing(self._opened().execute(_SHARES)) as found:
            for number, *share in found:
                events, size = self._share_left(number, share)
                max_events, max_bytes = max_events - events, max_bytes - size
                if numbers and min(max_events, max_bytes) < 0:
                    break
                if events:
                    numbers.append(number)
        return numbers

    def _sound_rows(self, first: int, last: int) -> list[Row]:
        """Return the rows from one number to another, and take the damaged ones out."""
        rows, damaged = [], []
        with calls(self.path):
            for number, written_at, checksum, content in self._opened().execute(_CONTENTS, (first, last)):
                if number in self._left:
                    rows.append(Row(number, written_at, self._left[number]))
                elif content and crc32(content) == checksum:
                    rows.append(Row(number, written_at, tuple(content.split(b"\n"))))
                else:
                    damaged.append(number)
        self._take_out(damaged)
        return [row for row in rows if row.bodies]

    def _take_out(self, damaged: list[int]) -> None:
        before = self.events
        with suppress(OutboxError):
            if damaged:
                self.remove(damaged)
        self.damaged_events += before - self.events

    def _settle(self, left: Mapping[int, tuple[bytes, ...]]) -> None:
        with self._lock:
            with calls(self.path):
                for number, bodies in left.items():
                    self._note(number, bodies)
            if self._left:
                with self._transaction() as db:
                    db.executemany(_DELETE, [(n,) for n, bodies in self._left.items() if not bodies])
                    db.executemany(_UPDATE, [_changed(n, b) for n, b in self._left.items() if b])
                self._left.clear()
                self._shrink()

    def _note(self, number: int, bodies: tuple[bytes, ...]) -> None:
        share = self._opened().execute(_SHARE, [number]).fetchone()
        if share is None:
            return
        events, size = self._share_left(number, share)
        self._left[number] = bodies
        self.events += len(bodies) - events
        self.bytes += _size(bodies) - size

    def _share_left(self, number: int, share: Sequence[int]) -> Sequence[int]:
        """Return how many events and bytes a row has, `share` on the disk."""
        left = self._left.get(number)
        return share if left is None else (len(left), _size(left))

    def _shrink(self) -> None:
        db = self._opened()
        if not self.events:
            with suppress(OutboxError), calls(self.path):
                [size] = db.execute(_FILE_BYTES).fetchone()
                if size > _LARGE_BYTES:
                    db.execute("VACUUM")
                    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _finish(self, db: "sqlite3.Connection") -> None:
        try:
            with closing(db.execute(_NUMBERS)) as numbers:
                empty = all(self._left.get(number) == () for (number,) in numbers)
        finally:
            db.close()
        if empty:
            for suffix in ("", "-wal"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    @contextmanager
    def _transaction(self) -> Iterator["sqlite3.Connection"]:
        db = self._opened()
        with calls(self.path):
            if db.in_transaction:  # of the same thread
                raise OutboxError(self.path, "is being written: a signal handler has to try again later")
            db.execute("BEGIN")
            try:
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    def _opened(self) -> "sqlite3.Connection":
        if self._db is None:
            raise OutboxError(self.path, "is closed: open a new one")
        return self._db


# Of damaged rows, too, whatever is in their columns: a row has from 1 to 500 events.
_EVENTS = "IFNULL(MAX(1, MIN(CAST(events AS INTEGER), 500)), 1)"
_BYTES = "IFNULL(LENGTH(content), 0)"
_ROWS = "FROM rows"
_TOTALS = f"SELECT IFNULL(MAX(number), 0), IFNULL(SUM({_EVENTS}), 0), IFNULL(SUM({_BYTES}), 0) {_ROWS}"
_SHARES = f"SELECT number, {_EVENTS}, {_BYTES} {_ROWS} ORDER BY number"
_SHARE = f"SELECT {_EVENTS}, {_BYTES} {_ROWS} WHERE number = ?"
_CONTENTS = """SELECT number, CAST(written_at AS INTEGER), checksum, CAST(IFNULL(content, '') AS BLOB)
FROM rows WHERE number BETWEEN ? AND ? ORDER BY number"""
_NUMBERS = "SELECT number FROM rows"
_DELETE = "DELETE FROM rows WHERE number = ?"
_UPDATE = "UPDATE rows SET events = ?, checksum = ?, content = ? WHERE number = ?"
_FILE_BYTES = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"


def _size(bodies: Sequence[bytes]) -> int:
    return sum(map(len, bodies)) + max(len(bodies) - 1, 0)


def _changed(number: int, bodies: tuple[bytes, ...]) -> tuple[int, int, bytes, int]:
    content = joined(bodies)
    return len(bodies), crc32(content), content, number
