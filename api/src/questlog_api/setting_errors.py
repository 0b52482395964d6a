"""Tells what is wrong with settings, without what stands there: it may be a secret in the wrong place."""

import re

from pydantic import ValidationError

from questlog_api.settings import Settings

_GAME_ID = re.compile(r"(?!ql_)[a-z0-9][a-z0-9_-]{0,62}")
# Names of several words: `sink` may mean the thing.
_SETTING = re.compile(rf"\b(?:{'|'.join(name for name in Settings.model_fields if '_' in name)})\b")


def explained(error: ValidationError) -> list[str]:
    """Return a line for each defect: the setting, the place in it, and what it must be."""
    return [_line(*defect["loc"], message=defect["msg"]) for defect in error.errors(include_input=False)]


def _line(*place: int | str, message: str) -> str:
    if not place:
        return _named(message.removeprefix("Value error, "))
    setting, *inside = place
    return " ".join([f"QUESTLOG_{setting}".upper(), *map(_shown, inside)]) + f": {message}"


def _named(message: str) -> str:
    """Return `message` with settings as the environment calls them."""
    return _SETTING.sub(lambda name: f"QUESTLOG_{name[0]}".upper(), message)


def _shown(part: int | str) -> str:
    if isinstance(part, int) or part == "[key]" or _GAME_ID.fullmatch(part):
        return str(part)
    return "(a name that is no game's)"
