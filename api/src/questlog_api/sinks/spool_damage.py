"""What can still be read of a spool that is damaged, and how it takes the place of that file."""

import os
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any
from zlib import crc32

_ROWS = """SELECT number, stream, written_at, lines, CAST(content AS BLOB), checksum FROM spool
WHERE stream IN ('events', 'rejects')"""
_UP, _DOWN = f"{_ROWS} ORDER BY number", f"{_ROWS} ORDER BY number DESC"
_ONE = f"{_ROWS} AND number = ?"
_PROBES = 100_000  # more than the rows of any damaged page; about a second


def is_sound(content: bytes | None, checksum: object) -> bool:
    """Return whether `content` is what was written with `checksum`."""
    return content is not None and crc32(content) == checksum


def sound_rows(path: Path) -> Iterator[tuple[Any, ...]]:
    """Yield number, stream, time, lines, content and checksum of all rows of the file that are sound.

    It reads from both ends, and then row by row what is next to a damage: a damage takes no row with it but
    those that have bytes in it. The file and those beside it stay as they are.

    Raises:
        sqlite3.OperationalError: when another process uses the file.
    """
    index = Path(f"{path}-shm")
    had_index = index.exists()
    # Without a log there is nobody, and nothing to make: https://www.sqlite.org/uri.html#uriimmutable
    mode = "mode=ro" if Path(f"{path}-wal").exists() else "mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=1)) as db:
            # Reads a file that was cut off, too: https://www.sqlite.org/pragma.html#pragma_writable_schema
            db.execute("PRAGMA writable_schema = ON")
            yield from _from_both_ends(db)
    except sqlite3.Error as error:
        _expect_alone(error)
    finally:
        if not had_index:
            index.unlink(missing_ok=True)


def saving_path(path: Path) -> Path:
    """Return where a save is made; what an earlier one left there unfinished is gone."""
    for suffix in ("-shm", "-wal", ""):
        Path(f"{path}.saving{suffix}").unlink(missing_ok=True)
    return Path(f"{path}.saving")


def finished_save(path: Path) -> Path:
    """Return where a save is that is complete; while there is one, it counts and not the file `path`."""
    return Path(f"{path}.saved")


def finish(path: Path) -> None:
    """Say that the save is complete."""
    Path(f"{path}.saving").rename(finished_save(path))
    _sync_folder(path)


def put_in_place(path: Path) -> Path | None:
    """Keep the damaged file aside, put a complete save in its place, and return where the damaged one is.

    None when there is no such save. A kill may have left each step done or not: all are done afterwards.
    """
    saved = finished_save(path)
    if not saved.exists():
        return None
    # The time of the save, as a second try has to find the same name.
    time = datetime.fromtimestamp(saved.stat().st_mtime, UTC)
    aside = path.with_name(f"{path.name}.damaged-{time:%Y%m%dT%H%M%S%f}")
    for suffix in ("-shm", "-wal", ""):
        if Path(f"{path}{suffix}").exists():
            Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
    _sync_folder(path)  # a log that came back would be played into the new file
    saved.rename(path)
    _sync_folder(path)
    return aside


def _sync_folder(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _from_both_ends(db: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    seen: set[int] = set()
    low, is_whole = yield from _until_damage(db, seen, _UP)
    if is_whole:
        return
    high, _ = yield from _until_damage(db, seen, _DOWN)
    for number in _gap(low, high or low + _PROBES):
        yield from _until_damage(db, seen, _ONE, number)


def _gap(low: int, high: int) -> Iterator[int]:
    """Yield the numbers between two, of a large gap those next to its ends: numbers may be sparse."""
    lower = range(low + 1, min(low + 1 + _PROBES, high))
    return chain(lower, range(max(lower.stop, high - _PROBES), high))


def _until_damage(
    db: sqlite3.Connection, seen: set[int], query: str, *parameters: int
) -> Generator[tuple[Any, ...], None, tuple[int, bool]]:
    """Yield what is sound and not seen; return the last number there was, and whether no damage came."""
    number = 0
    try:
        for row in db.execute(query, parameters):
            number = row[0]
            if number not in seen and is_sound(row[-2], row[-1]):
                seen.add(number)
                yield row
    except sqlite3.Error as error:
        _expect_alone(error)
        return number, False
    return number, True


def _expect_alone(error: sqlite3.Error) -> None:
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
        raise error
