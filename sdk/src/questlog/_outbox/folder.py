"""A folder with the files of all clients, of all processes; a client owns one and adopts abandoned ones."""

from contextlib import suppress
from typing import TYPE_CHECKING

from questlog._outbox.connection import alone, calls
from questlog._outbox.errors import OutboxDamagedError, OutboxError, OutboxInUseError
from questlog._outbox.file import OutboxFile
from questlog._outbox.gate import GATE
from questlog._outbox.rescue import mend, save, set_damaged_aside
from questlog._uuid7 import uuid7

if TYPE_CHECKING:
    from pathlib import Path  # loaded by who has one, not by every game

_TRIES = 5  # to make a file before another process takes it for an abandoned one


def destination_of(url: str, write_key: str) -> str:
    """Return the name of a URL and a key in an outbox, from which neither can be told."""
    from hashlib import sha256  # noqa: PLC0415 - a game that has no outbox need not load it

    return sha256(f"{url.rstrip('/')}\n{write_key}".encode()).hexdigest()[:16]


class OutboxFolder:
    """The files for one destination in the folder `path`, which may hold those of others as well.

    Args:
        path: A folder; made, for this user alone, with the first file.
        destination: Where the events go, as `destination_of` names it.

    Attributes:
        skipped: Files that the last `adopt` could not open, and why; those in use are none of them.
        busy: Whether the last `adopt` gave way to another one, of this process or of another.
    """

    def __init__(self, path: "Path", destination: str) -> None:
        self.path = path
        self.skipped: dict[Path, OutboxError] = {}
        self.busy = False
        self._destination = destination
        self._opened: list[OutboxFile] = []

    def open(self, *, sync: bool = False) -> OutboxFile:
        """Return a new file; with `sync`, what is appended survives a power cut, too.

        Raises:
            OutboxError: when the folder or the file cannot be made.
        """
        with calls(self.path):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        failure: OutboxError = OutboxInUseError(self.path)
        for _ in range(_TRIES):
            path = self._new_path()
            try:
                file = OutboxFile(path, sync=sync)
                # Another process may have found it before it was locked, and deleted it as an empty one.
                if path.exists():
                    return self._mine(file)
                file.close()
            except OutboxError as error:
                failure = error
                _delete(path)  # or a full disk would have one more after every attempt
        raise failure

    def adopt(self) -> OutboxFile | None:
        """Return the oldest abandoned file, now this client's; None when there is none at this time.

        Empty ones are deleted. Of a damaged one, what can be read is saved into the file that is returned;
        that may be nothing, and `set_aside` names where the damaged one is now.

        Raises:
            OutboxError: when the folder cannot be used.
        """
        self.skipped = {}
        self.busy = False
        if not self._others():
            return None
        with GATE, alone(self.path / f"{self._destination}.lock") as is_alone:
            self.busy = not is_alone
            candidates = self._others() if is_alone else []
            adopted = next(filter(None, map(self._adopted, candidates)), None)
            if is_alone:
                self._sweep()
        return adopted and self._mine(adopted)

    def bytes_of_others(self) -> int:
        """Return how many bytes the files of this destination have that were not opened here."""
        return sum(_file_bytes(path) for path in self._others())

    def _adopted(self, path: "Path") -> OutboxFile | None:
        try:
            return self._with_events(path)
        except OutboxInUseError:
            return None
        except OutboxError as error:
            if path.exists():  # and was not emptied and deleted in between
                self.skipped[path] = error
            return None

    def _with_events(self, path: "Path") -> OutboxFile | None:
        try:
            mend(path)
            file = OutboxFile(path)
        except OutboxDamagedError:
            return self._rescued(path)
        if file.events:
            return file
        file.close()
        return None

    def _rescued(self, damaged: "Path") -> OutboxFile:
        path = self._new_path()
        save(damaged, path)
        # In this order: a kill in between has events sent twice, which their ids tell, but none lost.
        try:
            aside = set_damaged_aside(damaged)
        except OutboxError:
            path.unlink(missing_ok=True)  # or each attempt would leave one
            raise
        file = OutboxFile(path)
        file.set_aside = aside
        return file

    def _sweep(self) -> None:
        """Delete logs without a file, as a kill between two deletions leaves them."""
        for path in self.path.glob(f"{self._destination}-*.outbox-*"):
            if not path.with_name(path.name.rpartition("-")[0]).exists():
                path.unlink(missing_ok=True)

    def _mine(self, file: OutboxFile) -> OutboxFile:
        self._opened = [each for each in self._opened if not each.closed]
        self._opened.append(file)
        return file

    def _others(self) -> list["Path"]:
        """Return the files not open here, oldest first."""
        mine = {file.path for file in self._opened if not file.closed}
        with calls(self.path):
            found = sorted(self.path.glob(f"{self._destination}-*.outbox"))
            return [path for path in found if path not in mine and path.is_file()]

    def _new_path(self) -> "Path":
        return self.path / f"{self._destination}-{uuid7().hex}.outbox"


def _delete(path: "Path") -> None:
    for suffix in ("-journal", "-wal", ""):
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink()


def _file_bytes(path: "Path") -> int:
    size = 0
    for suffix in ("", "-wal"):
        with suppress(OSError):  # it may be gone by now
            size += path.with_name(path.name + suffix).stat().st_size
    return size
