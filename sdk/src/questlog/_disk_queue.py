"""The queue on the disk: an event that is in it survives whatever becomes of the process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic

from questlog._clock import Clock
from questlog._entry import Entry
from questlog._leftovers import DAMAGED, Leftovers, load
from questlog._loan import Loan
from questlog._log import get_logger
from questlog._outbox import OutboxError, OutboxFile, OutboxFolder, Row
from questlog._queue import MemoryQueue, Told, fitting
from questlog._row_ages import RELEASED, RowAges

_RETRY_SECONDS = 5.0
_TOGETHER_EVENTS, _TOGETHER_BYTES = 2000, 4 * 1024 * 1024  # more than any batch
TOO_OLD = "too old"
_logger = get_logger()


class DiskQueue:
    """Events in a file of `folder`, for one client; what a disk does not take waits in memory instead.

    Args:
        folder: Where files are.
        sync: Whether each write waits for the disk, so that it survives a power cut too.
        max_bytes: Most bytes of JSON in all files of the folder together, as far as they are of this client's
            URL and key.
        max_seconds: Age in seconds at which events are given up.
        memory: Where events wait while the disk does not take them.
        clock: Tells how old events are.
    """

    def __init__(  # noqa: PLR0913 - each is an option of its own, by keyword
        self,
        folder: OutboxFolder,
        *,
        sync: bool,
        max_bytes: int,
        max_seconds: float,
        memory: MemoryQueue,
        clock: Clock | None = None,
    ) -> None:
        self._folder = folder
        self._sync = sync
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        self._memory = memory
        self._clock = clock or Clock()
        self._leftovers = Leftovers(folder)
        self._file: OutboxFile | None = None
        self._ages = RowAges(self._clock)  # of the file's rows
        self._left = 0  # events in the file when it was closed
        self._try_at = 0.0  # while the disk fails
        self._loan = Loan(None, [], 0)
        self._given_up: Counter[str] = Counter()

    def __len__(self) -> int:
        file = self._file
        return (self._left if file is None else file.events) + len(self._memory)

    @property
    def away(self) -> int:
        """How many events are in a file whose disk failed; they come back when it is adopted."""
        return self._leftovers.away

    @property
    def durable(self) -> bool:
        """Whether all it holds is on the disk."""
        return self._memory.durable

    def put(self, bodies: Sequence[bytes]) -> int:
        """Write events, the first ones as far as there is room; return how many that are."""
        kept = fitting(bodies, self._room())
        return len(kept) if not kept or self._saved(kept) else self._memory.put(kept)

    def oldest(self, max_events: int, max_bytes: int) -> list[Entry]:
        """Return the oldest events within both bounds, at least one if there is any; they stay queued."""
        rows = self._fresh_rows(max_events, max_bytes)
        if rows:
            entries = [Entry.read(body) for row in rows for body in row.bodies][:max_events]
        else:
            entries = self._memory.oldest(max_events, max_bytes)
        self._loan = Loan(self._file if rows else None, rows, len(entries))
        return entries

    def remove(self, count: int) -> None:
        """Forget the first `count` events of the last `oldest`: they were answered."""
        loan = self._loan
        loan.events -= count
        if loan.file is None:
            self._memory.remove(count)
        elif loan.file is self._file:  # else it failed since, and is adopted again
            done, rest = loan.answered(count)
            self._remove(done)
            if rest is not None:
                self._with_file(lambda file: file.replace(rest.number, rest.bodies))

    def absorb(self) -> int | None:
        """Take over some of what clients that have ended left behind; return how many, None for no more."""
        if len(self._memory) and not self._saved(()):
            return None  # the disk fails, or it will be asked again
        try:
            left = self._leftovers.current()
            if left is not None:
                return self._moved(left)
        except OutboxError as error:
            self._leftovers.let_go()
            _logger.warning("events of earlier runs stay where they are for now: %s", error)
        if self._file is not None:
            with suppress(OutboxError):  # it is told when it is used
                self._file.wipe()
        return None

    def clear(self, told: Told = lambda _: None) -> int:
        """Forget all events, those that others left behind as well; return how many that were.

        Nothing of them stays on the disk. `told` is given what is deleted, in parts.
        """
        self._loan, self._left = Loan(None, [], 0), 0
        count = self._memory.clear(told)
        file, self._file = self._file, None
        return count + self._leftovers.clear(told, file)

    def given_up(self) -> Counter[str]:
        """Return of how many events it let go without an answer since this was asked last, and why."""
        given_up = self._given_up + self._leftovers.given_up
        self._given_up.clear()
        self._leftovers.given_up.clear()
        return given_up

    def close(self) -> None:
        """Let go of the file; what is in it is for whoever adopts it."""
        self._leftovers.let_go()
        if self._file is not None:
            self._left = self._file.events
            self._file.close()
            self._file = None

    def abandon(self) -> None:
        """Forget, in a forked child, what is its parent's."""
        self._leftovers.abandon()
        if self._file is not None:
            self._file.abandon()
        self._file = None

    def _room(self) -> int:
        stored = self._memory.bytes + (self._file.bytes if self._file else 0)
        return self._max_bytes - self._leftovers.bytes - stored

    def _saved(self, bodies: Sequence[bytes]) -> bool:
        """Write what waits in memory, and `bodies` after it; return whether the disk took them."""
        loan, file = self._loan, self._file
        lent = loan.file is None and loan.events > 0
        if monotonic() < self._try_at or (lent and file is not None and file.events):
            return False
        try:
            file = self._append([*self._memory.bodies, *bodies])
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
            self._loan = Loan(file, rows, loan.events)
        return True

    def _append(self, bodies: Sequence[bytes], written_at: int | None = None) -> OutboxFile:
        """Write events into the file, which is opened if need be, and return it."""
        if self._file is None:
            load()
            self._file, self._ages = self._folder.open(sync=self._sync), RowAges(self._clock)
        now = int(self._clock.now().timestamp())
        self._ages.note(self._file.last + 1, now=written_at is None)
        self._file.append(bodies, written_at=now if written_at is None else written_at)
        return self._file

    def _failed(self, error: OutboxError) -> None:
        if not self._try_at:  # the first time
            _logger.error("events wait in memory, which ends with the process: %s", error)
        self._try_at = monotonic() + _RETRY_SECONDS
        if not error.full:
            self._give_up_file()

    def _give_up_file(self) -> None:
        """Go on with a new one."""
        file, self._file = self._file, None
        if file is not None:
            self._leftovers.fail(file)

    def _fresh_rows(self, max_events: int, max_bytes: int) -> list[Row]:
        """Return the oldest rows that are not too old; those are given up."""
        while rows := self._rows(max_events, max_bytes):
            stale = [row for row in rows if self._ages.age(row) > self._max_seconds]
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
            self._give_up_file()
            return []
        return rows

    def _remove(self, numbers: list[int]) -> None:
        self._with_file(lambda file: file.remove(numbers))

    def _with_file(self, call: Callable[[OutboxFile], None]) -> None:
        if self._file is not None:
            try:
                call(self._file)
            except OutboxError as error:
                self._failed(error)

    def _moved(self, left: OutboxFile) -> int:
        """Move some of `left` into the own file, or make it that; return how many events are new here."""
        own = self._file
        if not self._sync and (own is None or not own.events):
            if own is not None:
                own.close()
            self._file, self._ages = left, RowAges(self._clock)
            return self._leftovers.take()
        rows = left.oldest(1, 1)
        if not rows:
            self._leftovers.finish()
            return 0
        [row] = rows
        # In this order: a kill in between has events sent twice, which their ids tell, but none lost.
        self._append(row.bodies, row.written_at if row.written_at >= RELEASED else None)
        return self._leftovers.took(row)
