"""A kind of statement: how to know it, and how to execute it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from questlog_warehouse.local.access import Access
from questlog_warehouse.local.database import Database
from questlog_warehouse.local.ledger import How
from questlog_warehouse.local.rewrites import DATABASE
from questlog_warehouse.local.streams import Streams
from questlog_warehouse.local.tasks import Tasks


class UnknownStatementError(Exception):
    """Raised for a statement the stand-in cannot run; the message has its first line."""

    def __init__(self, statement: str) -> None:
        super().__init__(f"the stand-in cannot run: {statement.splitlines()[0][:100]}")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a statement may change."""

    database: Database
    streams: Streams
    tasks: Tasks
    access: Access


Executor: TypeAlias = Callable[[Parts, re.Match[str]], How]


@dataclass(frozen=True, slots=True)
class Statement:
    """`name` is what the ledger calls it; `pattern` matches all of it; `execute` returns how it did."""

    name: str
    pattern: re.Pattern[str]
    execute: Executor


def statement(name: str, pattern: str, execute: Executor) -> Statement:
    """Return a kind of statement; in `pattern`, a dot matches line breaks too."""
    return Statement(name, re.compile(rf"(?:{pattern})$", re.DOTALL), execute)


def local_name(name: str) -> str:
    """Return a name as this database knows it: without its own name in front."""
    return name.removeprefix(f"{DATABASE}.")
