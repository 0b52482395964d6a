"""Tells what is wrong with settings, without what stands there: it may be a secret in the wrong place."""

import re

from pydantic import ValidationError
from pydantic_settings import SettingsError

from questlog_api.settings import Settings

_GAME_ID = re.compile(r"(?!ql_)[a-z0-9][a-z0-9_-]{0,62}")
# Names of several words: `sink` may mean the thing.
_SETTING = re.compile(rf"\b(?:{'|'.join(name for name in Settings.model_fields if '_' in name)})\b")


_KEYS = "write_keys"
_JSON = {_KEYS: '{"<game_id>": ["<hash>"]}', "cors_origins": '["https://play.example.com"]'}
_OF_KEYS = {
    "string_pattern_mismatch": 'not a SHA-256 in hex; it wants the hash that "python -m questlog_api key" '
    "prints, not the key",
    "tuple_type": 'not a list of hashes; write ["<hash>"]',
    "dict_type": f"not an object; write {_JSON[_KEYS]}",
}
_OF_GAMES = "a game_id is 1 to 64 of a-z, 0-9, _ and -, and begins with a letter or a digit"


def told(error: ValueError) -> list[str]:
    """Return a line for each defect because of which there are no settings, or no service with them."""
    if isinstance(error, ValidationError):
        return explained(error)
    if isinstance(error, SettingsError) and (field := re.search(r'field "(\w+)"', str(error))):
        return [f"QUESTLOG_{field[1]}".upper() + f": not JSON; write {_JSON.get(field[1], 'it as JSON')}"]
    return [str(error)]


def explained(error: ValidationError) -> list[str]:
    """Return a line for each defect: the setting, the place in it, and what it must be."""
    return [
        _line(*defect["loc"], kind=defect["type"], message=defect["msg"].removeprefix("Value error, "))
        for defect in error.errors(include_input=False)
    ]


def _line(*place: int | str, kind: str, message: str) -> str:
    if not place:
        return _named(message)
    setting, *inside = place
    name = f"QUESTLOG_{setting}".upper()
    if setting == _KEYS:
        message = _OF_GAMES if "[key]" in inside else _OF_KEYS.get(kind, message)
        where = ", ".join(_shown_of_keys(part) for part in inside if part != "[key]")
        return ": ".join(filter(None, (name, where, message)))
    return " ".join([name, *map(_shown, inside)]) + f": {message}"


def _shown_of_keys(part: int | str) -> str:
    return f"key {part + 1}" if isinstance(part, int) else _shown(part)


def _named(message: str) -> str:
    """Return `message` with settings as the environment calls them."""
    return _SETTING.sub(lambda name: f"QUESTLOG_{name[0]}".upper(), message)


def _shown(part: int | str) -> str:
    if isinstance(part, int) or _GAME_ID.fullmatch(part):
        return str(part)
    return "(a name that is no game's)"
