"""Events in a file: one JSON object, a list of them, or one a line."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from questlog._commands import UsageError, reason_of

STDIN = "-"


def read_events(name: str) -> list[Any]:
    """Return what the file `name` holds, "-" is the standard input; what it is made of is not checked.

    Raises:
        UsageError: when it cannot be read, is no JSON, or holds nothing.
    """
    content = _parsed(_text(name), name)
    events = content if isinstance(content, list) else [content]
    if not events:
        raise UsageError(f"--json: {_named(name)} holds no event")
    return events


def read_object(name: Path, option: str) -> Mapping[str, Any]:
    """Return the JSON object that the file `name` is, given as `option`.

    Raises:
        UsageError: when it is none.
    """
    try:
        content = _json(name.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{option}: {name} cannot be read: {reason_of(error)}") from None
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise UsageError(f"{option}: {name} is no JSON object")
    return content


def _text(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
        return data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--json: {_named(name)} cannot be read: {reason_of(error)}") from None


def _parsed(text: str, name: str) -> object:
    try:
        return _json(text)
    except ValueError:
        lines = {number: line for number, line in enumerate(text.splitlines(), 1) if line.strip()}
    events = []
    for number, line in lines.items():
        try:
            events.append(_json(line))
        except ValueError:
            raise UsageError(f"--json: {_named(name)} is no JSON, nor is its line {number}") from None
    return events


def _json(text: str) -> object:
    """Return what `text` says.

    Raises:
        ValueError: when it is no JSON (RFC 8259).
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _refuse(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")


def _named(name: str) -> str:
    return "the standard input" if name == STDIN else name
