"""What happens once an installation: `install`, however often the game says it."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from questlog._entry import Entry

if TYPE_CHECKING:
    from pathlib import Path

ONCE = (b'{"event":"install"',)
"""How the JSON of such events begins."""

_INSTALL_ID = b'"install_id":"'
_MOST = 100_000  # a game server that says it for its players; the warehouse knows each install's first one
_MOST_BYTES = 16 * 1024 * 1024  # of the file
_LINE = re.compile(rb"^([0-9a-f]{64}):([0-9a-f]{64})$", re.MULTILINE)  # SHA-256 of installation and event


class Once:
    """Remembers for which installations such an event was stored: at once here, and in `path` with `save`.

    Other processes may remember in the same file: what they do is read here before it matters. Who is
    installed cannot be told from it. None for `path` remembers in memory only.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.RLock()  # guards what follows
        self._known: dict[bytes, bytes] = {}  # installation -> the event that was stored for it
        self._unsaved: dict[bytes, bytes] = {}  # those of them that are not in the file
        self._read_from = (0, 0)  # which file was read
        self._read_bytes = 0

    def firsts(self, bodies: list[bytes]) -> list[bytes]:
        """Return the events that are to be stored: all but those that were before, or are here twice."""
        if not any(body.startswith(ONCE) for body in bodies):
            return bodies
        here: set[bytes] = set()
        with self._lock:
            self._read()
            return [body for body in bodies if not body.startswith(ONCE) or self._is_first(body, here)]

    def remember(self, bodies: Sequence[bytes]) -> None:
        """Take note of events that are stored now, in memory until `save`."""
        notes = {_installation(body): _event(body) for body in bodies if body.startswith(ONCE)}
        if notes:
            with self._lock:
                self._know(notes)
                self._unsaved |= notes

    def save(self) -> None:
        """Remember over the end of the process. What the disk does not take is tried again."""
        with self._lock, suppress(OSError):
            if self._unsaved and self._path is not None:
                size = _appended(self._path, self._unsaved)
                self._unsaved = {}
                if size > _MOST_BYTES:
                    self._rewrite(self._path)

    def forget(self, bodies: Sequence[bytes]) -> None:
        """Take note that these events are deleted, undelivered: others may be stored in their place."""
        gone = {_event(body) for body in bodies if body.startswith(ONCE)}
        if not gone:
            return
        with self._lock:
            self._read()
            self._known = {key: event for key, event in self._known.items() if event not in gone}
            self._unsaved = {key: event for key, event in self._unsaved.items() if event not in gone}
            if self._path is not None and self._path.exists():
                with suppress(OSError):
                    self._rewrite(self._path)

    def _is_first(self, body: bytes, here: set[bytes]) -> bool:
        key = _installation(body)
        if key in self._known or key in here:
            return False
        here.add(key)
        return True

    def _know(self, notes: dict[bytes, bytes]) -> None:
        self._known |= notes
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]

    def _read(self) -> None:
        """Learn what was written since, by whomever."""
        if self._path is None:
            return
        with suppress(OSError), self._path.open("rb") as file:
            status = os.fstat(file.fileno())
            if self._read_from != (status.st_dev, status.st_ino) or status.st_size < self._read_bytes:
                self._known, self._read_bytes = dict(self._unsaved), 0  # somebody wrote it anew
            self._read_from = status.st_dev, status.st_ino
            file.seek(max(self._read_bytes, status.st_size - _MOST_BYTES))
            self._know(dict(_LINE.findall(file.read())))
            self._read_bytes = file.tell()

    def _rewrite(self, path: Path) -> None:
        """Keep what is known here; what others write meanwhile may be sent again, and is told apart later."""
        short = path.with_suffix(".saving")
        with open(short, "wb", opener=_private) as file:
            file.write(_lines({key: event for key, event in self._known.items() if key not in self._unsaved}))
        short.replace(path)


def _appended(path: Path, notes: dict[bytes, bytes]) -> int:
    """Write notes at the end of the file; return how many bytes it has."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "ab", opener=_private) as file:
        file.write(b"\n" + _lines(notes))  # apart from a line that was cut off
        return file.tell()


def _lines(notes: dict[bytes, bytes]) -> bytes:
    return b"".join(b"%b:%b\n" % note for note in notes.items())


def _private(path: str, flags: int) -> int:
    """Open a file that only this user can read."""
    return os.open(path, flags, 0o600)


def _installation(body: bytes) -> bytes:
    """Return what tells event and installation apart, and from which neither can be told."""
    _, _, rest = body.partition(_INSTALL_ID)
    return _hash(body.split(b'"', 4)[3] + b"/" + rest[:36])


def _event(body: bytes) -> bytes:
    return _hash(Entry.read(body).event_id.encode())


def _hash(text: bytes) -> bytes:
    from hashlib import sha256  # noqa: PLC0415 - not for the game's start

    return sha256(text).hexdigest().encode()
