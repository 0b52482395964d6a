"""What can still be read of a spool that is damaged."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import chain
from pathlib import Path
from typing import Any
from zlib import crc32

_ROWS = """SELECT number, stream, written_at, lines, CAST(content AS BLOB), checksum FROM spool
WHERE stream IN ('events', 'rejects')"""
_UP, _DOWN = f"{_ROWS} ORDER BY number", f"{_ROWS} ORDER BY number DESC"
_ONE = f"{_ROWS} AND number = ?"


def is_sound(content: bytes | None, checksum: object) -> bool:
    """Return whether `content` is what was written with `checksum`."""
    return content is not None and crc32(content) == checksum


def sound_rows(path: Path) -> Iterator[tuple[Any, ...]]:
    """Yield number, stream, time, lines, content and checksum of all rows of the file that are sound.

    It reads from both ends, and then row by row what is between: a damage takes no row with it but its own.
    """
    address = f"{path.absolute().as_uri()}?mode=ro"
    with suppress(sqlite3.Error), closing(sqlite3.connect(address, uri=True)) as db:
        # Reads a file that was cut off, too: https://www.sqlite.org/pragma.html#pragma_writable_schema
        db.execute("PRAGMA writable_schema = ON")
        seen: set[int] = set()
        for row in chain(_until_damage(db, _UP), _until_damage(db, _DOWN)):
            if row[0] not in seen:
                seen.add(row[0])
                yield row
        for number in set(range(min(seen, default=0), max(seen, default=0))) - seen:
            yield from _until_damage(db, _ONE, number)


def _until_damage(db: sqlite3.Connection, query: str, *parameters: int) -> Iterator[tuple[Any, ...]]:
    with suppress(sqlite3.Error):
        yield from (row for row in db.execute(query, parameters) if is_sound(row[-2], row[-1]))
