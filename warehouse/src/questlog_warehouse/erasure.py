"""Erases one player of one game from every table of the warehouse.

What it cannot reach, and for how long that is still there:

- Time Travel keeps deleted rows for DATA_RETENTION_TIME_IN_DAYS of their table, and Fail-safe for 7 days more
  (https://docs.snowflake.com/en/user-guide/data-failsafe);
- an append-only stream also gives rows that were deleted before a task read them: erase again when the tasks
  have run, some minutes later (https://docs.snowflake.com/en/user-guide/streams-intro);
- the objects of Firehose in S3, which their bucket's lifecycle rule deletes: a replay lands them again;
- events that wait in the outbox of an SDK, for up to 14 days: erase again after those;
- Snowflake's own history of queries, which has the ids in the text of these statements for a year
  (https://docs.snowflake.com/en/sql-reference/account-usage/query_history);
- values of other players' events: a field of a contract that names somebody else is part of that row.

So an erasure is done when it has been repeated after all of these, and deleted nothing.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any
from uuid import UUID

from questlog_warehouse.warehouse import Warehouse

_DELETED_FROM = re.compile(r"DELETE FROM (\S+)")


class ErasureError(Exception):
    """Raised when nothing was erased; the message says why, and never whom it was about."""


def erase_player(warehouse: Warehouse, game_id: str, player_id: str) -> dict[str, int]:
    """Delete all rows of a player of a game, and return table -> rows deleted.

    Rows without a player that come from an install the player was seen on are theirs; rows of other players
    on the same install stay. Of what was refused, a row that names no player goes when the id, or one of
    those installs, is a word of its text; so a very short id may take rejects of others with it, but never
    a typed row. Deletes all or nothing; a second time, nothing.

    Raises:
        ErasureError: when an id cannot be one, or the warehouse refused a statement.
    """
    game, player = _given(game_id, "game id"), _given(player_id, "player id")
    find, *deletes = _statements()
    with _anonymous():
        rows = warehouse.query(find, (game, player, _array()))
    return _erased(warehouse, deletes, game, player, [str(row["INSTALL_ID"]) for row in rows])


def erase_install(warehouse: Warehouse, game_id: str, install_id: str) -> dict[str, int]:
    """Delete all rows of an install that name no player, and return table -> rows deleted.

    For somebody who never logged in: rows of players on the same install stay.

    Raises:
        ErasureError: when an id cannot be one, or the warehouse refused a statement.
    """
    game = _given(game_id, "game id")
    try:
        install = str(UUID(install_id))
    except ValueError:
        raise ErasureError("an install id is a UUID: look it up where the game shows it") from None
    _, *deletes = _statements()
    return _erased(warehouse, deletes, game, None, [install])


def _erased(
    warehouse: Warehouse, deletes: Sequence[str], game: str, player: str | None, installs: Sequence[str]
) -> dict[str, int]:
    binds = (game, player, _array(*installs))
    with _anonymous(), warehouse.transaction():
        return {_table(delete): _deleted(warehouse.query(delete, binds)) for delete in deletes}


def _statements() -> list[str]:
    """The query for installs, and the deletions; each with the same binds."""
    script = files("questlog_warehouse").joinpath("_generated/operations/erase_player.sql")
    lines = script.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("--"))
    return [statement.strip() for statement in text.split(";") if statement.strip()]


def _table(delete: str) -> str:
    (table,) = _DELETED_FROM.findall(delete)
    return str(table)


def _deleted(rows: list[dict[str, Any]]) -> int:
    """Snowflake answers a DELETE with one row, `number of rows deleted`."""
    (row,) = rows
    (count,) = row.values()
    return int(count)


def _array(*installs: str) -> str:
    """With a null, which no install equals: without elements a statement would delete nothing."""
    return json.dumps([None, *installs])


def _given(value: str, name: str) -> str:
    if not value.strip():
        raise ErasureError(f"the {name} is empty: say whose rows to delete")
    return value


@contextmanager
def _anonymous() -> Iterator[None]:
    """Keep ids out of errors: the warehouse's own may show the statement."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, its message may have the statement
        kind, number = type(error).__name__, getattr(error, "errno", None)
        code = "" if number is None else f", error {number}"
        raise ErasureError(
            f"nothing was erased: the warehouse refused a statement ({kind}{code}). "
            "The role needs SELECT and DELETE on the tables of LANDING and CORE."
        ) from None
