"""Write keys: who may send events, and for which game."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence

from starlette.requests import Request

from questlog_api.problems import Kind, ProblemError

_PREFIX = "ql_"  # lets secret scanners recognise a leaked key


def new_key() -> str:
    """Return a random write key of 256 bits."""
    return _PREFIX + secrets.token_urlsafe(32)


def key_hash(key: bytes) -> str:
    """Return what settings hold of `key`: its SHA-256, hexadecimal. Keys are random, so no salt is needed."""
    return hashlib.sha256(key).hexdigest()


class KeyRing:
    """The write keys of all games, by their hashes."""

    def __init__(self, write_keys: Mapping[str, Sequence[str]]) -> None:
        self._games = [(known, game) for game, hashes in write_keys.items() for known in hashes]

    def authorize(self, request: Request) -> str:
        """Return the game whose write key the request has, as `Authorization: Bearer <write key>`.

        Raises:
            ProblemError: when no game has that key (401).
        """
        scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
        key = rest.strip()
        game = self._game_of(key) if key and scheme.lower() == "bearer" else None
        if game is None:
            detail = "Send Authorization: Bearer <write key>, with a key of your game."
            raise ProblemError(Kind.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})
        return game

    def _game_of(self, key: str) -> str | None:
        hashed = key_hash(key.encode("latin-1"))  # the bytes of the header, as Starlette decodes it
        found = None
        for known, game in self._games:
            # No early exit: how long this takes must not tell which hash came close.
            if hmac.compare_digest(known, hashed):
                found = game
        return found
