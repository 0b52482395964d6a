"""What becomes of a damaged file: what can be read of it is saved, and the rest kept aside.

Whoever calls this is alone with the file.
"""

import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from questlog._outbox.connection import INSERT, PAGE_BYTES, TABLE, calls, make, opened

if TYPE_CHECKING:
    import sqlite3  # loaded when it is needed
    from pathlib import Path

_Row = tuple[int, int, int, int, bytes]  # number, time, events, checksum, content
_INSERT = INSERT.replace("INSERT", "INSERT OR IGNORE")  # a damage may show a row twice
_PROBES = 10_000  # rows behind a damage that are tried one by one
_ROWS = """SELECT number, CAST(written_at AS INTEGER), checksum, CAST(content AS BLOB) FROM rows
WHERE number > ? ORDER BY number"""


def mend(path: "Path") -> None:
    """Give a file that was cut off whole its first page back, so that its log is read and not deleted."""
    # https://www.sqlite.org/src/file/src/pager.c: a log without a file counts as an old one's remains.
    with calls(path):
        log = path.with_name(f"{path.name}-wal")
        if not path.stat().st_size and log.exists() and log.stat().st_size:
            os.truncate(path, PAGE_BYTES)


def save(damaged: "Path", path: "Path") -> None:
    """Write what can be read of `damaged` into a new file `path`, which appears when it is complete.

    Raises:
        OutboxError: when there is no room; nothing has changed then.
    """
    saving = path.with_suffix(".saving")
    with calls(path):
        _sweep(path)
        try:
            _write(saving, _rows(_readable(damaged, path.with_suffix(".saving-copy"))))
            saving.rename(path)
        finally:
            _sweep(path)


def set_damaged_aside(path: "Path") -> "Path":
    """Rename the file and its log, and return its new name; of earlier ones, the last is kept."""
    aside = path.with_name(f"{path.name}.damaged")
    with calls(path):
        earlier = sorted(_siblings(path, "outbox.damaged"), key=lambda each: each.stat().st_mtime)
        for each in earlier[:-1]:
            _beside(each, "-wal").unlink(missing_ok=True)
            each.unlink(missing_ok=True)
        _beside(path, "-shm").unlink(missing_ok=True)  # made by reading
        for suffix in ("-wal", "-journal", ""):
            if _beside(path, suffix).exists():
                _beside(path, suffix).rename(_beside(aside, suffix))
    return aside


def _sweep(path: "Path") -> None:
    for unfinished in _siblings(path, "saving*"):  # of this process, or of one that was killed
        unfinished.unlink(missing_ok=True)


def _write(path: "Path", rows: Iterable[_Row]) -> None:
    make(path)
    with closing(opened(path)) as db:  # without a log beside it, as its name will change
        db.execute("BEGIN")
        db.execute(TABLE)
        db.executemany(_INSERT, rows)
        db.execute("COMMIT")


def _readable(path: "Path", copy: "Path") -> "Path":
    """Return `path`, or if its first page is damaged a copy with the first page that all files have."""
    import shutil  # noqa: PLC0415 - see above

    if _has_table(path):
        return path
    for suffix in ("", "-wal"):
        if _beside(path, suffix).exists():
            make(_beside(copy, suffix))  # before it holds anything: nobody else may read it
            shutil.copyfile(_beside(path, suffix), _beside(copy, suffix))
    with copy.open("r+b") as file:
        file.write(_first_page())
    return copy


def _has_table(path: "Path") -> bool:
    import sqlite3  # noqa: PLC0415 - see above

    try:
        with closing(_opened_for_reading(path)) as db:
            return db.execute("SELECT sql FROM sqlite_master").fetchall() == [(TABLE.encode(),)]
    except sqlite3.Error:
        return False


def _first_page() -> bytes:
    import sqlite3  # noqa: PLC0415 - see above

    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        db.execute(TABLE)
        page = bytearray(db.serialize()[:PAGE_BYTES])
    # As many pages as there are: https://www.sqlite.org/fileformat.html#in_header_database_size
    page[28:32] = bytes(4)
    return bytes(page)


def _siblings(path: "Path", suffix: str) -> list["Path"]:
    destination, _, _ = path.name.partition("-")
    return [*path.parent.glob(f"{destination}-*.{suffix}")]


def _beside(path: "Path", suffix: str) -> "Path":
    return path.with_name(path.name + suffix)


def _rows(path: "Path") -> Iterator[_Row]:
    """Yield every row that can be read, be it as it was written or not: its checksum tells later."""
    number = failures = 0
    with closing(_opened_for_reading(path)) as db:
        while failures < _PROBES:
            last, is_whole = yield from _until_damage(db, number)
            if is_whole:
                return
            failures = 0 if last > number else failures + 1
            number = max(last, number + 1)


def _opened_for_reading(path: "Path") -> "sqlite3.Connection":
    # Without a log there is nobody else: https://www.sqlite.org/uri.html#uriimmutable
    db = opened(path, "ro" if _beside(path, "-wal").exists() else "ro&immutable=1")
    # Reads a file that was cut off, too: https://www.sqlite.org/pragma.html#pragma_writable_schema
    db.execute("PRAGMA writable_schema = ON")
    return db


def _until_damage(db: "sqlite3.Connection", number: int) -> Generator[_Row, None, tuple[int, bool]]:
    """Yield the rows behind `number`; return the last one's, and whether no damage came."""
    import sqlite3  # noqa: PLC0415 - see above

    last = number
    try:
        for last, written_at, checksum, content in db.execute(_ROWS, [number]):
            if content:
                yield last, written_at or 0, content.count(b"\n") + 1, checksum or 0, content
    except sqlite3.Error:
        return last, False
    return last, True
