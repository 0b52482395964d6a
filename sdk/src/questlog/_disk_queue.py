"""The queue on the disk: an event that is in it survives whatever becomes of the process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic, time
from typing import TYPE_CHECKING

from questlog._entry import Entry
from questlog._log import get_logger
from questlog._outbox import OutboxError, OutboxFile, OutboxFolder, Row
from questlog._outbox.gate import GATE
from questlog._queue import MemoryQueue

if TYPE_CHECKING:
    from pathlib import Path

_RETRY_SECONDS = 5.0
_TOGETHER_EVENTS, _TOGETHER_BYTES = 2000, 4 * 1024 * 1024  # more than any batch
TOO_OLD, DAMAGED = "too old", "damaged on the disk"
_logger = get_logger()


@dataclass(slots=True)
class _Loan:
    """What `oldest` returned last, as far as it is not removed; `file` is None for the memory's."""

    file: OutboxFile | None
    rows: list[Row]
    events: int


class DiskQueue:
    """Events in a file of `folder`, for one client; what a disk does not take waits in memory instead.

    Args:
        folder: Where files are.
        sync: Whether each write waits for the disk, so that it survives a power cut too.
        max_bytes: Most bytes of JSON in all files of the folder together, as far as they are of this client's
            URL and key.
        max_seconds: Age in seconds at which events are given up.
        memory: Where events wait while the disk does not take them.
    """

    def __init__(
        self, folder: OutboxFolder, *, sync: bool, max_bytes: int, max_seconds: float, memory: MemoryQueue
    ) -> None:
        self._folder = folder
        self._sync = sync
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        self._memory = memory
        self._file: OutboxFile | None = None
        self._adopted: OutboxFile | None = None  # is being taken over
        self._others = 0  # bytes in files of other clients
        self._left = 0  # events in the file when it was closed
        self._try_at = 0.0  # while the disk fails
        self._skipped: set[Path] = set()  # told of
        self._loan = _Loan(None, [], 0)
        self._given_up: Counter[str] = Counter()

    def __len__(self) -> int:
        file = self._file
        return (self._left if file is None else file.events) + len(self._memory)

    def put(self, bodies: Sequence[bytes]) -> int:
        """Write events, the first ones as far as there is room; return how many that are."""
        kept = bodies[: self._room_for(bodies)]
        return len(kept) if not kept or self._saved(kept) else self._memory.put(kept)

    def oldest(self, max_events: int, max_bytes: int) -> list[Entry]:
        """Return the oldest events within both bounds, at least one if there is any; they stay queued."""
        rows = self._fresh_rows(max_events, max_bytes)
        if rows:
            entries = [Entry.read(body) for row in rows for body in row.bodies][:max_events]
        else:
            entries = self._memory.oldest(max_events, max_bytes)
        self._loan = _Loan(self._file if rows else None, rows, len(entries))
        return entries

    def remove(self, count: int) -> None:
        """Forget the first `count` events of the last `oldest`: they were answered."""
        loan = self._loan
        loan.events -= count
        if loan.file is None:
            self._memory.remove(count)
        elif loan.file is self._file:  # else it failed since, and is adopted again
            self._remove_rows(loan.rows, count)

    def absorb(self) -> int | None:
        """Take over some of what clients that have ended left behind; return how many, None for no more."""
        if len(self._memory) and not self._saved(()):
            return None  # the disk fails, or it will be asked again
        try:
            self._adopted = self._adopted or self._adoptable()
            if self._adopted is not None:
                return self._moved(self._adopted)
            self._others = self._folder.bytes_of_others()
        except OutboxError as error:
            self._let_go_of_adopted()
            _logger.warning("events of earlier runs stay where they are for now: %s", error)
        return None

    def clear(self) -> int:
        """Forget all events, those that others left behind as well; return how many that were."""
        self._let_go_of_adopted()
        self._loan, self._left = _Loan(None, [], 0), 0
        count = self._memory.clear()
        try:
            if self._file is not None:
                count += _emptied(self._file)
            while left := self._adoptable():
                try:
                    count += _emptied(left)
                finally:
                    left.close()
        except OutboxError as error:
            _logger.error("not all events could be deleted: %s", error)  # noqa: TRY400 - its text tells all
        return count

    def given_up(self) -> Counter[str]:
        """Return of how many events it let go without an answer since this was asked last, and why."""
        given_up, self._given_up = self._given_up, Counter()
        return +given_up

    def close(self) -> None:
        """Let go of the file; what is in it is for whoever adopts it."""
        self._let_go_of_adopted()
        if self._file is not None:
            self._left = self._file.events
            self._close_file()

    def abandon(self) -> None:
        """Forget, in a forked child, what is its parent's."""
        for file in (self._file, self._adopted):
            if file is not None:
                file.abandon()
        self._file = self._adopted = None

    def _room_for(self, bodies: Sequence[bytes]) -> int:
        stored = self._memory.bytes + (self._file.bytes if self._file else 0)
        room = self._max_bytes - self._others - stored
        if sum(map(len, bodies)) <= room:
            return len(bodies)
        for count, body in enumerate(bodies):
            room -= len(body)
            if room < 0:
                return count
        return len(bodies)

    def _saved(self, bodies: Sequence[bytes]) -> bool:
        """Write what waits in memory, and `bodies` after it; return whether the disk took them."""
        loan, file = self._loan, self._file
        lent = loan.file is None and loan.events > 0
        if monotonic() < self._try_at or (lent and file is not None and file.events):
            return False
        try:
            file = self._opened()
            file.append([*self._memory.bodies, *bodies])
        except OutboxError as error:
            self._failed(error)
            return False
        except Exception:
            _logger.exception("events wait in memory, as storing them failed in an unexpected way")
            self._try_at = monotonic() + _RETRY_SECONDS
            return False
        self._try_at = 0.0
        self._memory.clear()
        if lent:  # it is the oldest in the file now
            rows = self._rows(loan.events + _TOGETHER_EVENTS, _TOGETHER_BYTES)
            self._loan = _Loan(file, rows, loan.events)
        return True

    def _opened(self) -> OutboxFile:
        if self._file is None:
            _load()
            self._file = self._folder.open(sync=self._sync)
        return self._file

    def _failed(self, error: OutboxError) -> None:
        if not self._try_at:  # the first time
            _logger.error("events wait in memory, which ends with the process: %s", error)
        self._try_at = monotonic() + _RETRY_SECONDS
        if not error.full:
            self._close_file()  # go on with a new one; this one is adopted, and what is sound in it saved

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _fresh_rows(self, max_events: int, max_bytes: int) -> list[Row]:
        """Return the oldest rows that are not too old; those are given up."""
        while rows := self._rows(max_events, max_bytes):
            oldest = time() - self._max_seconds
            stale = [row for row in rows if row.written_at < oldest]
            if not stale:
                break
            self._given_up[TOO_OLD] += sum(len(row.bodies) for row in stale)
            self._remove([row.number for row in stale])
        return rows

    def _rows(self, max_events: int, max_bytes: int) -> list[Row]:
        file = self._file
        if file is None:
            return []
        try:
            before = file.damaged_events
            rows = file.oldest(max_events, max_bytes)
            self._given_up[DAMAGED] += file.damaged_events - before
        except OutboxError as error:
            self._failed(error)
            self._close_file()
            return []
        return rows

    def _remove_rows(self, rows: list[Row], count: int) -> None:
        """Forget the first `count` events of `rows`."""
        done: list[int] = []
        while count and rows:
            row = rows.pop(0)
            if len(row.bodies) > count:
                rows.insert(0, row._replace(bodies=row.bodies[count:]))
                break
            done.append(row.number)
            count -= len(row.bodies)
        self._remove(done)
        if count and rows:
            self._with_file(lambda file: file.replace(rows[0].number, rows[0].bodies))

    def _remove(self, numbers: list[int]) -> None:
        self._with_file(lambda file: file.remove(numbers))

    def _with_file(self, call: Callable[[OutboxFile], None]) -> None:
        if self._file is not None:
            try:
                call(self._file)
            except OutboxError as error:
                self._failed(error)

    def _adoptable(self) -> OutboxFile | None:
        _load()
        file = self._folder.adopt()
        for path, error in self._folder.skipped.items():
            if path not in self._skipped:
                self._skipped.add(path)
                _logger.warning("events of an earlier run stay where they are: %s", error)
        if file is not None and file.set_aside is not None:
            _logger.error("a damaged outbox is kept as %s; what is sound in it is sent", file.set_aside)
        return file

    def _moved(self, left: OutboxFile) -> int:
        """Move some of `left` into the own file, or make it that."""
        own = self._file
        if not self._sync and (own is None or not own.events):
            self._close_file()
            self._file, self._adopted = left, None
            return left.events
        rows = left.oldest(1, 1)
        if not rows:
            self._let_go_of_adopted()
            return 0
        for row in rows:
            # In this order: a kill in between has events sent twice, which their ids tell, but none lost.
            self._opened().append(row.bodies, written_at=row.written_at)
            left.remove([row.number])
        return sum(len(row.bodies) for row in rows)

    def _let_go_of_adopted(self) -> None:
        if self._adopted is not None:
            self._given_up[DAMAGED] += self._adopted.damaged_events
            self._adopted.close()
            self._adopted = None


def _load() -> None:
    """Load SQLite while the process does not fork: a child would have half a module for ever."""
    with GATE:
        import sqlite3  # noqa: F401, PLC0415 - not for the game's start


def _emptied(file: OutboxFile) -> int:
    """Remove all events; return how many that were."""
    count = 0
    while rows := file.oldest(_TOGETHER_EVENTS, _TOGETHER_BYTES):
        file.remove([row.number for row in rows])
        count += sum(len(row.bodies) for row in rows)
    return count
