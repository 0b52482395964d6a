"""One file of the outbox: a list of rows on the disk that only its opener reads and writes."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, suppress
from threading import RLock
from time import time
from typing import TYPE_CHECKING
from zlib import crc32

from questlog._outbox.connection import INSERT, calls, connected, transaction
from questlog._outbox.errors import OutboxError
from questlog._outbox.queries import CONTENTS, DELETE, FILE_BYTES, NUMBERS, SHARE, SHARES, TOTALS, UPDATE
from questlog._outbox.rows import Row, changed, joined, packed, size_of

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
        self._traces = False  # of removed rows, in the log
        self._left: dict[int, tuple[bytes, ...]] = {}  # of rows, as long as the disk does not take it
        self._last = self.events = self.bytes = 0
        with calls(path):
            db = connected(path, sync=sync)
            try:
                self._last, self.events, self.bytes = db.execute(TOTALS).fetchone()
            except BaseException:
                db.close()
                raise
        self._db: sqlite3.Connection | None = db

    @property
    def last(self) -> int:
        """The number of the row that was written last; 0 when there was none."""
        return self._last

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

    def rows(self) -> Iterator[Row]:
        """Yield all rows that are as they were written, oldest first; they stay."""
        with self._lock:
            with calls(self.path), closing(self._opened().execute(NUMBERS)) as found:
                numbers = [number for (number,) in found]
            for number in numbers:
                yield from self._sound_rows(number, number)

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

    def wipe(self) -> None:
        """Leave nothing to be read of what was removed; it waits for the disk, so do it now and then."""
        with self._lock:
            if self._traces:
                with calls(self.path):
                    self._opened().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                self._traces = False

    def close(self) -> None:
        """Let go of the file: it is deleted if it is empty, and else left to be adopted. Never raises."""
        with self._lock, suppress(OutboxError):
            with suppress(OutboxError):
                self._settle({})
            db, self._db = self._opened(), None
            with calls(self.path):
                self._finish(db)

    def delete(self) -> None:
        """Delete the file with all that is in it, and let go of it; that works on a full disk, too."""
        with self._lock:
            db, self._db = self._opened(), None
            with calls(self.path):
                self._delete(db)
            self._left.clear()
            self.events = self.bytes = 0

    def abandon(self) -> None:
        """Forget the file in a forked child: it stays the parent's, and is not even closed."""
        self._lock = RLock()  # another thread of the parent may have had it
        self._db = None

    def _oldest_numbers(self, max_events: int, max_bytes: int) -> list[int]:
        numbers: list[int] = []
        with calls(self.path), closing(self._opened().execute(SHARES)) as found:
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
            for number, written_at, checksum, content in self._opened().execute(CONTENTS, (first, last)):
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
                    db.executemany(DELETE, [(n,) for n, bodies in self._left.items() if not bodies])
                    db.executemany(UPDATE, [changed(n, b) for n, b in self._left.items() if b])
                self._left.clear()
                self._traces = True
                self._shrink()

    def _note(self, number: int, bodies: tuple[bytes, ...]) -> None:
        share = self._opened().execute(SHARE, [number]).fetchone()
        if share is None:
            return
        events, size = self._share_left(number, share)
        self._left[number] = bodies
        self.events += len(bodies) - events
        self.bytes += size_of(bodies) - size

    def _share_left(self, number: int, share: Sequence[int]) -> Sequence[int]:
        """Return how many events and bytes a row has, `share` on the disk."""
        left = self._left.get(number)
        return share if left is None else (len(left), size_of(left))

    def _shrink(self) -> None:
        db = self._opened()
        if not self.events:
            with suppress(OutboxError), calls(self.path):
                [size] = db.execute(FILE_BYTES).fetchone()
                if size > _LARGE_BYTES:
                    db.execute("VACUUM")
                    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _finish(self, db: "sqlite3.Connection") -> None:
        try:
            with closing(db.execute(NUMBERS)) as numbers:
                empty = all(self._left.get(number) == () for (number,) in numbers)
        except BaseException:
            db.close()
            raise
        if empty:
            self._delete(db)
        else:
            db.close()

    def _delete(self, db: "sqlite3.Connection") -> None:
        """Delete the file, and then close it: in between, another process would adopt what is deleted."""
        if os.name == "nt":  # no file that is open can be deleted
            db.close()
        try:
            for suffix in ("", "-wal"):  # in this order: a log without its file is swept
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        finally:
            db.close()

    def _transaction(self) -> AbstractContextManager["sqlite3.Connection"]:
        return transaction(self.path, self._opened())

    def _opened(self) -> "sqlite3.Connection":
        if self._db is None:
            raise OutboxError(self.path, "is closed: open a new one")
        return self._db
