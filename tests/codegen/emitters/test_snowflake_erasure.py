import re

from questlog_codegen.contracts import Version
from questlog_codegen.emitters.snowflake_erasure import PLAYER_CHARACTERS, script
from questlog_codegen.emitters.snowflake_tables import tables_of
from tests.repository import shipped_catalog
from tests.warehouse.contracts import catalog, quest

ID = {"description": "Whose it is.", "type": "string", "maxLength": 64, "x-pii": "pseudonymous"}


def statements(*versions: Version) -> list[str]:
    lines = script(tuple(tables_of(catalog(*versions)))).splitlines()
    text = "\n".join(line for line in lines if not line.startswith("--"))
    return [statement.strip() for statement in text.split(";") if statement.strip()]


def condition(*versions: Version) -> str | None:
    """On which rows of the quest's table go; None when the script leaves the table alone."""
    found = [sql for sql in statements(*versions) if "DELETE FROM CORE.QUEST_1" in sql]
    return found[0].split("\nWHERE ")[1] if found else None


def test_rows_of_a_player_and_rows_of_their_installs_without_a_player_go() -> None:
    theirs = "PLAYER_ID = ERASED_PLAYER OR (PLAYER_ID IS NULL AND INSTALL_ID = ERASED_INSTALL)"
    assert condition(quest(player_id=ID, install_id=ID)) == f"GAME_ID = ERASED_GAME AND ({theirs})"


def test_a_table_without_players_is_asked_for_installs() -> None:
    assert condition(quest(install_id=ID)) == "GAME_ID = ERASED_GAME AND INSTALL_ID = ERASED_INSTALL"


def test_a_table_without_installs_is_asked_for_the_player() -> None:
    assert condition(quest(player_id=ID)) == "GAME_ID = ERASED_GAME AND (PLAYER_ID = ERASED_PLAYER)"


def test_a_table_that_identifies_nobody_is_left_alone() -> None:
    assert condition(quest()) is None


def test_every_major_has_rows_to_delete() -> None:
    majors = quest(1, player_id=ID), quest(2, player_id=ID)
    deleted = re.findall("DELETE FROM (CORE.QUEST_[0-9])", script(tuple(tables_of(catalog(*majors)))))
    assert deleted == ["CORE.QUEST_1", "CORE.QUEST_2"]


def test_installs_are_found_first_and_every_statement_has_the_same_binds() -> None:
    first, *others = statements(quest(player_id=ID, install_id=ID))
    assert "SELECT DISTINCT INSTALL_ID" in first
    assert all(sql.startswith("DELETE FROM ") for sql in others)
    assert {sql.count("%s") for sql in (first, *others)} == {3}


def test_what_landed_and_what_was_rejected_is_deleted_too() -> None:
    deleted = {sql.split()[2] for sql in statements(quest())[1:]}
    assert deleted == {"LANDING.EVENTS", "LANDING.REJECTS", "CORE.REJECTED"}


def test_the_characters_of_a_player_id_are_those_of_the_envelope() -> None:
    patterns = {
        version.schema["properties"]["player_id"]["pattern"] for version in shipped_catalog().versions
    }
    assert patterns == {f"^{PLAYER_CHARACTERS}{{1,64}}$"}
