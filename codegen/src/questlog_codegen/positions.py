"""Where in a JSON text a JSON Pointer leads, for editors and error messages."""

import json
import math
import re

_SPACE = re.compile(r"[ \t\n\r]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s{}\[\],:"]+')
_COLON = re.compile(r"[ \t\n\r]*:")
_DECODER = json.JSONDecoder()
_WORDS = frozenset({"true", "false", "null"})
_Place = tuple[int, int]


def locate(text: str, pointer: str) -> tuple[int, int]:
    """Return line and column, from 1, of what `pointer` names: a member's key, or an element of a list.

    Where the pointer leads nowhere it is the nearest place on the way; in what is refused, the error's place.
    """
    return Positions(text).locate(pointer)


class Positions:
    """The places in one text; an object or list is gone through once, when a pointer first leads into it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._parts: dict[int, dict[str, _Place]] = {}
        self._error = _error(text)

    def locate(self, pointer: str) -> tuple[int, int]:
        """Return line and column as the function of that name does."""
        if self._error:
            return self._error
        place = value = self._after_space(0)
        for step in pointer.split("/")[1:]:
            found = self._parts_of(value).get(step.replace("~1", "/").replace("~0", "~"))
            if found is None:
                break
            place, value = found
        return _line_and_column(self._text, place)

    def _parts_of(self, start: int) -> dict[str, _Place]:
        """Return where each member or element of the value at `start` stands, and where its value does."""
        if start not in self._parts:
            self._parts[start] = self._scan(start) if self._text[start] in "{[" else {}
        return self._parts[start]

    def _scan(self, start: int) -> dict[str, _Place]:
        parts: dict[str, _Place] = {}
        in_object, count = self._text[start] == "{", 0
        at = self._after_space(start + 1)
        while self._text[at] not in "]}":
            key, value = self._key(at) if in_object else (str(count), at)
            parts[key] = (at, value)
            _, end = _DECODER.raw_decode(self._text, value)
            at = self._after_space(end)
            if self._text[at] == ",":
                at = self._after_space(at + 1)
            count += 1
        return parts

    def _key(self, at: int) -> tuple[str, int]:
        key, end = _DECODER.raw_decode(self._text, at)
        return key, self._after_space(self._after_space(end) + 1)

    def _after_space(self, at: int) -> int:
        match = _SPACE.match(self._text, at)
        return match.end() if match else at


def _error(text: str) -> tuple[int, int] | None:
    """Return where a text stops to be JSON, the start when it is too deep to know, None when it is JSON."""
    try:
        json.loads(text, parse_int=float)
    except json.JSONDecodeError as error:
        return error.lineno, error.colno
    except RecursionError:
        return 1, 1
    refused = _refused(text)
    return None if refused is None else _line_and_column(text, refused)


def _refused(text: str) -> int | None:
    """Return where Python takes what others refuse: a key for the second time, NaN, a number too large."""
    keys: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        word = token.group()
        if word in "{[":
            keys.append(set())
        elif word in "}]":
            keys.pop()
        elif word[0] != '"':
            if word not in _WORDS and not math.isfinite(float(word)):
                return token.start()
        elif _COLON.match(text, token.end()):
            key = json.loads(word)
            if key in keys[-1]:
                return token.start()
            keys[-1].add(key)
    return None


def _line_and_column(text: str, place: int) -> tuple[int, int]:
    return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
