"""Events that the API refuses: kept in a file for people to look at, so that they block no others."""

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from questlog._outbox.connection import alone, calls
from questlog._outbox.errors import OutboxError

if TYPE_CHECKING:
    from pathlib import Path  # loaded by who has one, not by every game

MOST_BYTES = 1024 * 1024
"""Of each of two files: the one that is written, and the one before."""


def set_aside(folder: "Path", destination: str, reason: str, body: bytes) -> None:
    """Append the event `body` with the reason and the time to `<destination>.refused.jsonl` in `folder`.

    A full one becomes `<destination>.refused.1.jsonl`, in place of an older one. Any number of processes may.

    Raises:
        OutboxError: when the disk does not take it.
    """
    path = folder / f"{destination}.refused.jsonl"
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    known = json.dumps({"set_aside_at": now, "reason": reason})
    line = b'%s, "event": %s}\n' % (known[:-1].encode(), body)
    with calls(path):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Who is not alone after a while appends all the same, and leaves the rest to the next one.
    with alone(path.with_suffix(".lock")) as is_alone, calls(path):
        if is_alone:
            line = _made_room(path, line)
        _append(path, line)


def _made_room(path: "Path", line: bytes) -> bytes:
    """Begin a new file if `line` has no room, or a new line if a full disk cut the last one off."""
    size = path.stat().st_size if path.exists() else 0
    if size + len(line) > MOST_BYTES and size:
        with suppress(PermissionError):  # Windows renames no file that another process has open
            path.replace(path.with_suffix(".1.jsonl"))
            return line
    return line if _ends_a_line(path) else b"\n" + line


def _ends_a_line(path: "Path") -> bool:
    with suppress(FileNotFoundError), path.open("rb") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            return file.read() == b"\n"
    return True


def _append(path: "Path", line: bytes) -> None:
    as_bytes = getattr(os, "O_BINARY", 0)  # Windows writes text otherwise
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | as_bytes, 0o600)
    try:
        if os.write(file, line) < len(line):
            raise OutboxError(path, "has no room: free some space on its disk", full=True)
    finally:
        os.close(file)
