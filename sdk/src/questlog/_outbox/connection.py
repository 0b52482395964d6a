"""Connections to SQLite: how they are opened, used between forks, and never closed by a child."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from questlog._outbox.errors import OutboxDamagedError, OutboxError, OutboxInUseError, explained
from questlog._outbox.gate import GATE

if TYPE_CHECKING:
    import sqlite3  # loaded with the first file, not with the game
    from pathlib import Path

TABLE = """CREATE TABLE rows (
    number INTEGER PRIMARY KEY,
    written_at INTEGER NOT NULL, -- seconds since the epoch
    events INTEGER NOT NULL,
    checksum INTEGER NOT NULL, -- CRC-32 of the content
    content BLOB NOT NULL -- JSON of each event, with line breaks between them
)"""
INSERT = "INSERT INTO rows (number, written_at, events, checksum, content) VALUES (?, ?, ?, ?, ?)"
PAGE_BYTES = 4096
_PRAGMAS = (
    f"page_size = {PAGE_BYTES}",
    # The kernel lets go of the lock when its process ends, however it ends: https://www.sqlite.org/lockingv3.html
    "locking_mode = EXCLUSIVE",
    "journal_mode = WAL",
    "journal_size_limit = 4194304",  # bytes that the log keeps when its content is in the file
    "cache_size = -128",  # KiB; rows are written and read once, so that a larger cache only takes memory
    "secure_delete = ON",  # what is delivered is overwritten; measured, that takes no longer than FAST
)
_WAIT_SECONDS = 0.2  # for another that adopts


@contextmanager
def calls(path: "Path") -> Iterator[None]:
    """Call SQLite or the system within; what they raise becomes an `OutboxError` that names `path`."""
    if not GATE.usable:
        raise OutboxError(
            path, "cannot be used in this process, forked while another thread used one: start it anew"
        )
    with GATE:
        import sqlite3  # noqa: PLC0415 - see above; a child forked meanwhile would have half a module

        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise explained(path, error) from error


def connected(path: "Path", *, sync: bool) -> "sqlite3.Connection":
    """Open the file, or make it, for this connection alone; to be called within `calls`.

    It has to be closed: nothing else ever closes it.
    """
    make(path)
    db = opened(path)
    try:
        for pragma in (*_PRAGMAS, f"synchronous = {'FULL' if sync else 'NORMAL'}"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("BEGIN EXCLUSIVE")  # and kept, also where there can be no log
        _expect_table(path, db)
        db.execute("COMMIT")
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def transaction(path: "Path", db: "sqlite3.Connection") -> Iterator["sqlite3.Connection"]:
    """Do all that is done within, or nothing.

    Raises:
        OutboxError: when the disk does not take it, or within another one of the same thread.
    """
    with calls(path):
        if db.in_transaction:
            raise OutboxError(path, "is being written: a signal handler has to try again later")
        db.execute("BEGIN")
        try:
            yield db
            db.execute("COMMIT")
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")


def make(path: "Path") -> None:
    """Make an empty file that only this user can read, if there is none: events may be personal."""
    # Not opened if it is there: closing it would give away the lock that this process may have on it.
    # https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


@contextmanager
def alone(path: "Path") -> Iterator[bool]:
    """Yield whether this is the only one, of all threads and processes, that is within with this `path`."""
    with calls(path):
        make(path)
        db = opened(path, timeout=_WAIT_SECONDS)
    try:
        yield _is_taken(path, db)
    finally:
        with calls(path):
            db.close()


def opened(path: "Path", mode: str = "rw", timeout: float = 0) -> "sqlite3.Connection":
    """Open a file that exists, its locks wait `timeout` seconds; call it within `calls`, and close it."""
    import sqlite3  # noqa: PLC0415 - see above

    address = f"{path.absolute().as_uri()}?mode={mode}"
    db = sqlite3.connect(address, timeout=timeout, isolation_level=None, check_same_thread=False, uri=True)
    db.text_factory = bytes  # a damaged text must not raise
    # SQLite now holds the connection, and the connection SQLite: a forked child that ends finalises
    # its copies of all objects but this one. It would write its parent's log into the file and delete it.
    db.create_function("questlog_keeps_its_connection", 0, db.interrupt)
    return db


def _expect_table(path: "Path", db: "sqlite3.Connection") -> None:
    [pages] = db.execute("PRAGMA page_count").fetchone()
    tables = [sql for (sql,) in db.execute("SELECT sql FROM sqlite_master")]
    if not tables and pages <= 1:
        db.execute(TABLE)
    elif tables != [TABLE.encode()]:
        raise OutboxDamagedError(path, "it has no such table")
    else:
        with closing(db.execute("PRAGMA quick_check(1)")) as check:
            [verdict] = check.fetchone()
        if verdict != b"ok":
            raise OutboxDamagedError(path, verdict.decode(errors="replace"))


def _is_taken(path: "Path", db: "sqlite3.Connection") -> bool:
    try:
        with calls(path):
            db.execute("PRAGMA journal_mode = MEMORY")  # a full disk takes no journal
            db.execute("BEGIN EXCLUSIVE")
    except OutboxInUseError:
        return False
    except OutboxDamagedError:
        with calls(path):
            path.unlink(missing_ok=True)  # it holds nothing; the next one makes it anew
        return False
    return True
