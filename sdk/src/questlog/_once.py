"""What happens once an installation: `install`, however often the game says it."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ONCE = (b'{"event":"install"',)
"""How the JSON of such events begins."""

_INSTALL_ID = b'"install_id":"'
_MOST = 100_000  # a game server that says it for its players; the warehouse knows each install's first one
_MOST_BYTES = 16 * 1024 * 1024  # of the file


class Once:
    """Remembers in `path` for which installations such an event was stored; None remembers in memory only.

    Other processes may remember in the same file: what they do is read here before it matters.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[bytes, None] = {}
        self._read_bytes = 0

    def firsts(self, bodies: list[bytes]) -> list[bytes]:
        """Return the events that are to be stored: all but those that were before, or are here twice."""
        if not any(body.startswith(ONCE) for body in bodies):
            return bodies
        self._read()
        here: set[bytes] = set()
        return [body for body in bodies if not body.startswith(ONCE) or self._is_first(_key(body), here)]

    def remember(self, bodies: list[bytes]) -> None:
        """Take note of events that are stored now. Only memory knows if the disk does not take it."""
        keys = [_key(body) for body in bodies if body.startswith(ONCE)]
        if not keys:
            return
        self._know(keys)
        if self._path is not None:
            with suppress(OSError):
                self._write(b"".join(b"\n%b\n" % key for key in keys))  # apart from one that was cut off

    def _is_first(self, key: bytes, here: set[bytes]) -> bool:
        if key in self._known or key in here:
            return False
        here.add(key)
        return True

    def _know(self, keys: list[bytes]) -> None:
        self._known.update(dict.fromkeys(keys))
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]

    def _read(self) -> None:
        """Learn what was written since, by whomever."""
        if self._path is None:
            return
        with suppress(OSError):
            size = self._path.stat().st_size
            if size < self._read_bytes:
                self._read_bytes = 0  # it was shortened
            if size > self._read_bytes:
                with self._path.open("rb") as file:
                    file.seek(max(self._read_bytes, size - _MOST_BYTES))
                    self._know(file.read().split())
                    self._read_bytes = file.tell()

    def _write(self, lines: bytes) -> None:
        assert self._path is not None  # noqa: S101 - for mypy; the caller asked
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self._path, "ab", opener=_private) as file:
            file.write(lines)
            size = file.tell()
        if size > _MOST_BYTES:
            self._shorten()

    def _shorten(self) -> None:
        """Keep what is known here; what others write meanwhile may be sent again, and is told apart later."""
        assert self._path is not None  # noqa: S101 - as above
        short = self._path.with_suffix(".saving")
        with open(short, "wb", opener=_private) as file:
            file.write(b"".join(b"%b\n" % key for key in self._known))
        short.replace(self._path)


def _private(path: str, flags: int) -> int:
    """Open a file that only this user can read."""
    return os.open(path, flags, 0o600)


def _key(body: bytes) -> bytes:
    """Return event and installation."""
    _, _, rest = body.partition(_INSTALL_ID)
    return body.split(b'"', 4)[3] + b"/" + rest[:36]
