"""What the outbox raises: `OutboxError`, of which `OutboxInUseError` and `OutboxDamagedError` are cases."""

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path  # loaded by who has one, not by every game

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_ACCESS = {errno.EACCES, errno.EPERM, errno.EROFS}


class OutboxError(Exception):
    """Raised when a file of the outbox cannot be used; its text says which, why, and what to do.

    Attributes:
        path: The file or folder.
        full: Whether there is no room: the same may work later.
    """

    def __init__(self, path: "Path", detail: str, *, full: bool = False) -> None:
        super().__init__(path, detail)
        self.path = path
        self.full = full

    def __str__(self) -> str:
        return "the outbox {} {}".format(*self.args)


class OutboxInUseError(OutboxError):
    """Raised for a file that another client has open, of this process or of another."""

    def __init__(self, path: "Path") -> None:
        super().__init__(path, "is in use by another client; it can be adopted when that one has ended")


class OutboxDamagedError(OutboxError):
    """Raised for a file that is not as it was written; `OutboxFolder.adopt` saves what can be read of it."""

    def __init__(self, path: "Path", reason: object) -> None:
        super().__init__(path, f"is damaged ({reason}): close it, go on with a new one, and adopt it")


def explained(path: "Path", error: Exception) -> OutboxError:
    """Return what SQLite or the system raised for `path` as an error of the outbox."""
    import sqlite3  # noqa: PLC0415 - it is only loaded where an outbox is used

    code = getattr(error, "sqlite_errorcode", 0)
    number = getattr(error, "errno", None)
    if code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return OutboxInUseError(path)
    if code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return OutboxDamagedError(path, error)
    # SQLite says FULL for ENOSPC only: a quota and a limit of the file size are failed writes to it.
    # https://www.sqlite.org/rescode.html#ioerr_write
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE} or number in _NO_ROOM:
        return OutboxError(path, f"has no room ({error}): free some space on its disk", full=True)
    if code & 0xFF in _denials() or number in _NO_ACCESS:
        advice = "let the program write to its folder, or choose another folder"
        return OutboxError(path, f"cannot be written ({error}): {advice}")
    return OutboxError(path, f"cannot be used ({error}): check its disk, or choose another folder")


def _denials() -> set[int]:
    import sqlite3  # noqa: PLC0415 - as above

    return {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
