"""What clients that have ended left on the disk, and files that failed: taken over, or deleted."""

from __future__ import annotations

from collections import Counter
from time import monotonic
from typing import TYPE_CHECKING

from questlog._log import get_logger
from questlog._outbox import OutboxError, OutboxFile, OutboxFolder, Row
from questlog._outbox.gate import GATE

if TYPE_CHECKING:
    from pathlib import Path

    from questlog._queue import Told

DAMAGED = "damaged on the disk"
_CLEAR_SECONDS = 3.0  # that a purge waits for another process which is adopting
_logger = get_logger()


class Leftovers:
    """Adopts files of `folder`, one after the other.

    Attributes:
        bytes: Of the files that are left, when that was asked last.
        given_up: Of how many events were lost with their file, by reason.
    """

    def __init__(self, folder: OutboxFolder) -> None:
        self._folder = folder
        self.bytes = 0
        self.given_up: Counter[str] = Counter()
        self._file: OutboxFile | None = None  # is being taken over
        self._own = 0  # events in it that failed here, so that they are known already
        self._failed: dict[Path, int] = {}  # files that failed here -> how many of their events come back
        self._skipped: set[Path] = set()  # told of

    @property
    def away(self) -> int:
        """How many events are in files that failed here: they are pending, and come back by adoption."""
        return self._own + sum(self._failed.values())

    def fail(self, file: OutboxFile) -> None:
        """Close a file whose disk fails; it is adopted as others are, and what is sound in it saved."""
        if file.events:
            self._failed[file.path] = file.events
        file.close()

    def current(self) -> OutboxFile | None:
        """Return the file that is to be taken over, adopted if need be; None when there is none."""
        if self._file is None:
            self._file = self._adopted()
            if self._file is not None:
                self._own = self._failed.pop(_original(self._file), 0)
            elif not self._folder.busy:  # another client has those that are not there
                self._failed = {path: n for path, n in self._failed.items() if path in self._folder.skipped}
                self.bytes = self._folder.bytes_of_others()
        return self._file

    def take(self) -> int:
        """Give the current file away, as a whole; return how many of its events were not known here."""
        file, self._file = self._file, None
        events = file.events if file is not None else 0
        own, self._own = self._own, 0
        self.given_up[DAMAGED] += max(own - events, 0)
        return max(events - own, 0)

    def took(self, row: Row) -> int:
        """Forget a row of the current file, which is elsewhere now; return how many events were not known."""
        if self._file is not None:
            self._file.remove([row.number])
        known = min(self._own, len(row.bodies))
        self._own -= known
        return len(row.bodies) - known

    def finish(self) -> None:
        """Let go of the current file, of which nothing is left."""
        if self._file is not None:
            self.given_up[DAMAGED] += max(self._file.damaged_events, self._own)
            self._own = 0
            self._file.close()
            self._file = None

    def let_go(self) -> None:
        """Let go of the current file; what is left in it is adopted again."""
        if self._file is not None:
            if self._own:
                self._failed[self._file.path] = self._own
            self._own = 0
            self.given_up[DAMAGED] += self._file.damaged_events
            self._file.close()
            self._file = None

    def clear(self, told: Told, own: OutboxFile | None) -> int:
        """Delete `own` and all that is left and in no use; return how many events that were.

        `told` is given what is deleted. What stays is logged.
        """
        self.let_go()
        count, until = _deleted(own, told) or 0, monotonic() + _CLEAR_SECONDS
        try:
            while (events := _deleted(self._adopted_until(until), told)) is not None:
                count += events
        except OutboxError as error:
            _tell_of_rest(error)
        for reason in self._folder.skipped.values():
            _tell_of_rest(reason)
        if self._folder.busy:
            _tell_of_rest("another process looks through them all the time")
        self._failed = {}
        return count

    def abandon(self) -> None:
        """Forget, in a forked child, what is its parent's."""
        if self._file is not None:
            self._file.abandon()
        self._file = None

    def _adopted_until(self, until: float) -> OutboxFile | None:
        """Return the next file; while another one adopts, try again."""
        while True:
            file = self._adopted()
            if file is not None or not self._folder.busy or monotonic() > until:
                return file

    def _adopted(self) -> OutboxFile | None:
        load()
        file = self._folder.adopt()
        for path, error in self._folder.skipped.items():
            if path not in self._skipped:
                self._skipped.add(path)
                _logger.warning("events of an earlier run stay where they are: %s", error)
        if file is not None and file.set_aside is not None:
            _logger.error("a damaged outbox is kept as %s; what is sound in it is sent", file.set_aside)
        return file


def load() -> None:
    """Load SQLite while the process does not fork: a child would have half a module for ever."""
    with GATE:
        import sqlite3  # noqa: F401, PLC0415 - not for the game's start


def _deleted(file: OutboxFile | None, told: Told) -> int | None:
    """Delete a file, and not only its rows, which could be read in its log; return how many events it had.

    `told` is given them, as far as they can be read. None when there is no file, or it stays.
    """
    if file is None:
        return None
    try:
        for row in file.rows():
            told(row.bodies)
    except OutboxError as error:
        _logger.warning("events are deleted unread: %s", error)
    count = file.events
    try:
        file.delete()
    except OutboxError as error:
        _tell_of_rest(error)
        return None
    return count


def _tell_of_rest(reason: object) -> None:
    _logger.error("not all events could be deleted, purge again: %s", reason)


def _original(file: OutboxFile) -> Path:
    """Return where the events of an adopted file were."""
    aside = file.set_aside
    return file.path if aside is None else aside.with_name(aside.name.removesuffix(".damaged"))
