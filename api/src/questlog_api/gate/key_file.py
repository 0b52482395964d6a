"""The file of write keys: read at the start, and again when it is another one."""

import logging
import os
from pathlib import Path
from typing import Any, TypeAlias

import orjson
from pydantic import ValidationError

from questlog_api.gate.keys import WriteKeyHashes
from questlog_api.setting_errors import explained
from questlog_api.settings import Settings

# Thousands of keys; as it is read between requests, they wait for it: some milliseconds.
_MOST_BYTES = 1024 * 1024

_State: TypeAlias = tuple[int, int, int] | None

_log = logging.getLogger(__name__)


class KeyFile:
    """Write keys in JSON, as QUESTLOG_WRITE_KEYS has them, besides those that `settings` have.

    A file that is replaced works as well as one that is written anew, and a link that points elsewhere, as
    Kubernetes mounts a secret. Replace it: one that is read half written counts as broken until it is whole.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        self._path = path
        self._settings = settings
        self._seen: _State = None
        self.is_broken = False

    def read(self) -> WriteKeyHashes:
        """Return all keys there are.

        Raises:
            ValueError: when the file cannot be read or does not hold write keys, or there is none at
                all, with its place and the defect, and without what stands there.
        """
        try:
            text = self._text()
            checked = Settings.model_validate({**dict(self._settings), "write_keys": self._merged(text)})
        except OSError as error:
            raise ValueError(f"{self._path}: {error.strerror}") from None
        except orjson.JSONDecodeError as error:
            place = f"line {error.lineno}, column {error.colno}"
            raise ValueError(f"{self._path}: this is not JSON, at {place}") from None
        except ValidationError as error:
            defects = (line.removeprefix("QUESTLOG_WRITE_KEYS: ") for line in explained(error))
            raise ValueError(f"{self._path}: {'; '.join(defects)}") from None
        # More likely a mistake than a wish: nobody could send any more.
        if not any(checked.write_keys.values()):
            raise ValueError(f"{self._path}: it holds no key")
        return checked.write_keys

    def changed(self) -> WriteKeyHashes | None:
        """Return all keys there are if the file is another one than before, None if it is not.

        A broken file is logged, once, and changes nothing.
        """
        if self._state() == self._seen:
            return None
        try:
            write_keys = self.read()
        except ValueError as error:
            _log.error("the write keys of before stay in use: %s", error)
            self.is_broken = True
            return None
        _log.info("%s: %s are in use", self._path, _counted(write_keys))
        self.is_broken = False
        return write_keys

    def _state(self) -> _State:
        try:
            return _identity(self._path.stat())
        except OSError:
            return _GONE

    def _text(self) -> bytes:
        # What it is before it is read, so that a broken one is not read again before it changes.
        self._seen = self._state()
        with self._path.open("rb") as file:
            self._seen = _identity(os.fstat(file.fileno()))
            text = file.read(_MOST_BYTES + 1)
        if len(text) > _MOST_BYTES:
            raise ValueError(f"{self._path}: this is more than {_MOST_BYTES} bytes")
        return text

    def _merged(self, text: bytes) -> Any:
        """Return the keys of `text` besides the settings'; the same key may stand in both."""
        keys: Any = orjson.loads(text)
        if not isinstance(keys, dict):
            return keys
        merged: dict[str, Any] = dict(self._settings.write_keys)
        for game_id, hashes in keys.items():
            both = isinstance(hashes, list)
            merged[game_id] = (
                [*(h for h in merged.get(game_id, ()) if h not in hashes), *hashes] if both else hashes
            )
        return merged


_GONE: _State = (0, 0, 0)


def _counted(write_keys: WriteKeyHashes) -> str:
    keys, games = sum(map(len, write_keys.values())), sum(map(bool, write_keys.values()))
    return f"{keys} write key{'s' * (keys != 1)} of {games} game{'s' * (games != 1)}"


def _identity(stat: os.stat_result) -> _State:
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
