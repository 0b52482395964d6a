"""The commands of `python -m questlog`, and what they have in common."""

import math
from argparse import ArgumentTypeError
from pathlib import Path


class UsageError(Exception):
    """The command cannot be run like that: what is wrong, and what to write."""


def read_key(path: Path) -> str:
    """Return the write key that a file holds, without spaces and line breaks around it.

    Raises:
        UsageError: when the file cannot be read.
    """
    try:
        return path.read_text("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--key-file: {path} cannot be read: {reason_of(error)}") from None


def reason_of(error: OSError | ValueError) -> str:
    """Return why a file cannot be read, without what is in it."""
    return (isinstance(error, OSError) and error.strerror) or "it is not text in UTF-8"


def seconds(text: str) -> float:
    """Return an option's seconds: more than 0, at most a day."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= 86_400:  # noqa: PLR2004 - a day, as the message says
        raise ArgumentTypeError("must be more than 0 and at most 86400 seconds")
    return value
