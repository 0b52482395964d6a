"""`schemas/released.json`: the hashes of everything that was released. It only ever grows."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from questlog_codegen.errors import ContractError, Finding

PATH = "schemas/released.json"

_KEY = re.compile(r"[a-z][a-z0-9_]*/[1-9][0-9]*\.[0-9]+")
SCRIPT_NAME = re.compile(r"V[0-9]{4,}__[a-z0-9_]+\.sql")
"""How a `V` migration is named: a number, two underscores, what it does."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Released:
    """What is frozen: `contracts` by key (`purchase/1.0`), `migrations` by file name, both -> SHA-256."""

    contracts: Mapping[str, str]
    migrations: Mapping[str, str]


def parsed(text: str) -> Released:
    """Return what the text of the file says.

    Raises:
        ContractError: when it is no such file; nothing can be trusted then.
    """
    try:
        groups = json.loads(text)
        released = Released(groups["contracts"], groups["migrations"])
        readable = _all_match(released.contracts, _KEY) and _all_match(released.migrations, SCRIPT_NAME)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        readable = False
    if not readable:
        message = 'must be {"contracts": {...}, "migrations": {...}} with hashes: restore it from git'
        raise ContractError([Finding(PATH, "", "RELEASED_UNREADABLE", message)])
    return released


def _all_match(entries: Mapping[str, str], name: re.Pattern[str]) -> bool:
    return all(name.fullmatch(key) and _DIGEST.fullmatch(digest) for key, digest in entries.items())


def restored(file: str) -> str:
    """Return how to get back a file that was edited or removed, uncommitted or long ago."""
    return f"git checkout -- {file}, or that from the commit `git log -- {file}` says released it"


def digest_of(text: str) -> str:
    """Return the SHA-256 of a migration's text, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read_released(root: Path) -> Released:
    """Return what is released in the repository `root`.

    Raises:
        ContractError: when the file is missing or no such file.
    """
    try:
        text = (root / PATH).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    return parsed(text)
