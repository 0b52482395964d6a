"""The script that erases a player: from every typed table, and from what landed or was refused.

A row is a player's when it names them, or when it names nobody and comes from one of their installs. What was
refused has any shape, and its text may be cut: where it names nobody, the ids are looked for in its text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from questlog_codegen.emitters.snowflake_rules import UUID
from questlog_codegen.emitters.snowflake_tables import Table
from questlog_codegen.emitters.snowflake_template import filled
from questlog_codegen.emitters.snowflake_types import literal
from questlog_codegen.writer import header

NAME = "operations/erase_player.sql"
"""In a folder of its own: what lies beside the generated scripts is deployed."""

# https://docs.snowflake.com/en/sql-reference/sql/delete: a row that several of USING match is deleted once.
_WHO = """(
  SELECT %s::VARCHAR AS ERASED_GAME, %s::VARCHAR AS ERASED_PLAYER, VALUE::VARCHAR AS ERASED_INSTALL
  FROM TABLE(FLATTEN(INPUT => PARSE_JSON(%s)))
) AS WHO"""

PLAYER_CHARACTERS = "[0-9A-Za-z_.:-]"
"""What the envelope lets a player id be made of; a value with others names nobody."""


@dataclass(frozen=True, slots=True)
class _Lines:
    """A table of untyped lines, and whom the event in one names; NULL where it cannot be read."""

    name: str
    player: str
    install: str


def _lines(name: str, members: str) -> _Lines:
    return _Lines(name, *(f"{members}{member}::VARCHAR" for member in ("player_id", "install_id")))


_PAYLOAD = "TRY_PARSE_JSON(RECORD_CONTENT:payload::VARCHAR)"
_ACCEPTED = _lines("LANDING.EVENTS", "RECORD_CONTENT:event.")
_UNTYPED = (
    _ACCEPTED,
    _lines("LANDING.REJECTS", f"{_PAYLOAD}:"),
    _lines("CORE.REJECTED", f"COALESCE(RECORD_CONTENT:event, {_PAYLOAD}):"),
)


def script(tables: Sequence[Table]) -> str:
    """Return a SELECT of the player's installs, and a DELETE for each table that may have rows of theirs."""
    seen = (*_typed_players(tables), *map(_untyped_players, _UNTYPED))
    rows = {
        **{f"CORE.{table.name}": _typed_row(_ids(table)) for table in tables if _ids(table)},
        **{lines.name: _untyped_row(lines) for lines in _UNTYPED},
    }
    return filled(
        "erase_player",
        header=header("--", "schemas/"),
        who=_WHO,
        seen="\n  UNION ALL\n  ".join(seen),
        uuid=literal(UUID),
        deletes="\n\n".join(_delete(name, row) for name, row in rows.items()),
    )


def _delete(name: str, row: str) -> str:
    return f"DELETE FROM {name}\nUSING {_WHO}\nWHERE {row};"  # noqa: S608 - as below


def _ids(table: Table) -> set[str]:
    return {column.name for column in table.columns} & {"PLAYER_ID", "INSTALL_ID"}


def _typed_players(tables: Sequence[Table]) -> Iterator[str]:
    for table in tables:
        if len(_ids(table)) > 1:
            yield f"SELECT GAME_ID, PLAYER_ID, INSTALL_ID FROM CORE.{table.name}"  # noqa: S608 - names a linter let pass


def _untyped_players(lines: _Lines) -> str:
    values = f"RECORD_CONTENT:game_id::VARCHAR, {lines.player}, {lines.install}"
    return f"SELECT {values} FROM {lines.name}"  # noqa: S608 - names of this module


def _typed_row(ids: set[str]) -> str:
    by_install = "INSTALL_ID = ERASED_INSTALL"
    if "PLAYER_ID" not in ids:
        return f"GAME_ID = ERASED_GAME AND {by_install}"
    nobodys = f" OR (PLAYER_ID IS NULL AND {by_install})" if "INSTALL_ID" in ids else ""
    return f"GAME_ID = ERASED_GAME AND (PLAYER_ID = ERASED_PLAYER{nobodys})"


def _untyped_row(lines: _Lines) -> str:
    """A line that does not tell its game may be the player's, whatever game it was of."""
    return f"""COALESCE(RECORD_CONTENT:game_id::VARCHAR, ERASED_GAME) = ERASED_GAME
  AND (
    {lines.player} = ERASED_PLAYER
    OR ({lines.player} IS NULL AND {lines.install} = ERASED_INSTALL)
    OR (
      {_names_nobody(lines)}
      AND ({_in_text("ERASED_PLAYER")}
        OR {_in_text("ERASED_INSTALL")})
    )
  )"""


def _names_nobody(lines: _Lines) -> str:
    """Accepted lines have to name no install either.

    Valid events before a login name one, and what equals a short id in them may be a quantity.
    """
    player = f"COALESCE(NOT REGEXP_LIKE({lines.player}, {literal(f'^{PLAYER_CHARACTERS}+$')}), TRUE)"
    if lines is not _ACCEPTED:
        return player
    return f"{player}\n      AND COALESCE(NOT REGEXP_LIKE({lines.install}, {literal(UUID)}), TRUE)"


def _in_text(identity: str) -> str:
    text = "COALESCE(RECORD_CONTENT:payload::VARCHAR, TO_JSON(RECORD_CONTENT))"
    return f"CONTAINS({_words(text)}, {_words(identity)})"


def _words(text: str) -> str:
    """One space for all that stands between words: so `p-1` is not found in `p-12`."""
    return f"' ' || REGEXP_REPLACE({text}, '[^0-9A-Za-z_-]+', ' ') || ' '"
