"""Write keys: who may send events, and for which game."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Self

from questlog_api.problems import Kind, ProblemError

if TYPE_CHECKING:
    from questlog_api.settings import Settings  # which imports this module

_PREFIX = "ql_"  # lets secret scanners recognise a leaked key
_LOOK_SECONDS = 2

WriteKeyHashes = Mapping[str, Sequence[str]]
"""Games and the hashes of their write keys."""


def new_key() -> str:
    """Return a random write key of 256 bits."""
    return _PREFIX + secrets.token_urlsafe(32)


def key_hash(key: bytes) -> str:
    """Return what settings hold of `key`: its SHA-256, hexadecimal. Keys are random, so no salt is needed."""
    return hashlib.sha256(key).hexdigest()


@dataclass(frozen=True, slots=True)
class Game:
    """Whose write key a request has; `key_id` tells the keys of a game apart and is no secret."""

    game_id: str
    key_id: str


class KeyRing:
    """The write keys of all games, by their hashes; `changed` is asked now and then for the keys there are.

    It returns None when they are the same as before.
    """

    def __init__(
        self, write_keys: WriteKeyHashes, changed: Callable[[], WriteKeyHashes | None] | None = None
    ) -> None:
        self._games = _by_hash(write_keys)
        self._changed = changed
        self._look_at = monotonic() + _LOOK_SECONDS
        self._is_stale: Callable[[], bool] = lambda: False

    @classmethod
    def from_settings(cls, settings: "Settings") -> Self:
        """Return the keys of `settings` and of the file they name, which is read again when it changes.

        Raises:
            ValueError: when the file is not there or does not hold write keys.
        """
        from questlog_api.gate.key_file import KeyFile  # noqa: PLC0415 - it imports settings, which import this

        if settings.write_keys_file is None:
            return cls(settings.write_keys)
        file = KeyFile(settings.write_keys_file, settings)
        ring = cls(file.read(), file.changed)
        ring._is_stale = lambda: file.is_broken
        return ring

    @property
    def is_stale(self) -> bool:
        """Whether the file of keys is broken, so that those of before are in use.

        Looks at the file too, so that a change of it is seen and logged where nobody sends.
        """
        self._look()
        return self._is_stale()

    def authorize(self, authorization: bytes) -> Game:
        """Return the game whose write key the header has, as `Bearer <write key>`; empty is no header.

        Raises:
            ProblemError: when no game has that key (401).
        """
        game = self.game_of(authorization)
        if game is None:
            detail = "Send Authorization: Bearer <write key>, with a key of your game."
            raise ProblemError(Kind.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})
        return game

    def game_of(self, authorization: bytes | None) -> Game | None:
        """Return the game whose write key the header has, None when no game has it.

        How long it takes tells nothing about the keys there are: what is looked up is the SHA-256 of what was
        sent. Whoever learnt from the time how a lookup went would know something about hashes that they
        cannot choose: to come close to a known one takes as many tries as to find its key, 2^256. The last
        comparison takes the same time for all hashes.
        """
        self._look()
        scheme, _, rest = (authorization or b"").partition(b" ")
        key = rest.strip()
        if not key or (scheme != b"Bearer" and scheme.lower() != b"bearer"):
            return None
        hashed = key_hash(key)
        known, game = self._games.get(hashed, _NOBODY)
        return game if hmac.compare_digest(known, hashed) else None

    def _look(self) -> None:
        if self._changed is not None and monotonic() >= self._look_at:
            self._look_at = monotonic() + _LOOK_SECONDS
            if (write_keys := self._changed()) is not None:
                self._games = _by_hash(write_keys)


_NOBODY = ("0" * 64, None)


def _by_hash(write_keys: WriteKeyHashes) -> dict[str, tuple[str, Game | None]]:
    return {
        known: (known, Game(game_id, known[:8])) for game_id, hashes in write_keys.items() for known in hashes
    }
