"""Who may do what with the deployed database, and what masks leave of values: everything else is refused."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from questlog_warehouse.local import (
    AccessDeniedError,
    LocalSnowflake,
    LocalWarehouse,
    UnknownObjectError,
    UnknownStatementError,
)
from questlog_warehouse.local.deployment import deploy
from questlog_warehouse.scripts import scripts
from tests.warehouse.conftest import Pipeline
from tests.warehouse.contracts import EVENT, catalog, quest, sql_of
from tests.warehouse.lines import event_id, line, purchase

ANALYST, READER, OPERATOR = "QUESTLOG_ANALYST", "QUESTLOG_PII_READER", "QUESTLOG_OPERATOR"
LOADER, DEPLOYER = "QUESTLOG_LOADER", "QUESTLOG_DEPLOYER"
ROLES = (ANALYST, READER, OPERATOR, LOADER)
PLAYERS = "SELECT PLAYER_ID, PRODUCT_ID FROM MART.PURCHASE ORDER BY EVENT_ID"
LAND = "INSERT INTO LANDING.EVENTS (RECORD_CONTENT) SELECT PARSE_JSON('{}')"


def kept(warehouse: LocalWarehouse) -> list[str]:
    """The names of all deployed tables and views; to this engine a stream is a view."""
    rows = warehouse.query(
        "SELECT TABLE_SCHEMA || '.' || TABLE_NAME AS NAME FROM INFORMATION_SCHEMA.TABLES"
        " WHERE TABLE_SCHEMA IN ('LANDING', 'CORE', 'REF', 'MART')"
    )
    streams = {entry.statement.split()[5] for entry in warehouse.ledger if entry.kind == "CREATE STREAM"}
    return sorted({row["NAME"] for row in rows} - streams)


def readable(warehouse: LocalWarehouse, role: str, names: list[str]) -> list[str]:
    return [name for name in names if not _refused(warehouse, role, f"SELECT * FROM {name}")]


def _refused(warehouse: LocalWarehouse, role: str, sql: str) -> bool:
    try:
        warehouse.query(sql, role=role)
    except AccessDeniedError:
        return True
    return False


def test_an_analyst_reads_every_view_of_mart_and_all_of_ref_and_nothing_else(
    warehouse: LocalWarehouse,
) -> None:
    names = kept(warehouse)
    expected = [name for name in names if name.startswith(("MART.", "REF."))]
    assert readable(warehouse, ANALYST, names) == expected
    assert {"CORE.PURCHASE_1", "CORE.REJECTED", "LANDING.EVENTS"} <= set(names) - set(expected)


def test_an_operator_reads_everything(warehouse: LocalWarehouse) -> None:
    assert readable(warehouse, OPERATOR, kept(warehouse)) == kept(warehouse)


def test_a_loader_adds_to_landing_and_reads_nothing_beyond_it(warehouse: LocalWarehouse) -> None:
    warehouse.execute(LAND, role=LOADER)
    assert readable(warehouse, LOADER, kept(warehouse)) == ["LANDING.EVENTS", "LANDING.REJECTS"]


@pytest.mark.parametrize(
    ("role", "sql"),
    [
        (LOADER, "DELETE FROM LANDING.EVENTS WHERE TRUE"),
        (LOADER, "UPDATE LANDING.EVENTS SET RECORD_METADATA = NULL WHERE TRUE"),
        (LOADER, "INSERT INTO CORE.REJECTED (STAGE, REASON) VALUES ('a', 'b')"),
        (LOADER, "INSERT INTO LANDING.EVENTS (RECORD_CONTENT) SELECT RECORD_CONTENT FROM CORE.REJECTED"),
        (LOADER, "DROP TABLE LANDING.EVENTS"),
        (ANALYST, LAND),
        (ANALYST, "DELETE FROM REF.FX_RATE WHERE TRUE"),
        (ANALYST, "CREATE TABLE MART.MINE (A VARCHAR)"),
        (
            ANALYST,
            "SELECT COUNT(*) AS N FROM MART.PURCHASE JOIN CORE.PURCHASE_1 USING (EVENT_ID)",
        ),
        (ANALYST, "WITH A AS (SELECT * FROM CORE.REJECTED) SELECT * FROM A"),
        (ANALYST, "SELECT (SELECT MAX(EVENT_ID) FROM CORE.PURCHASE_1) AS ID"),
        (READER, "SELECT * FROM CORE.PURCHASE_1"),
        (OPERATOR, "UPDATE REF.FX_RATE SET RATE = 1 WHERE TRUE"),
        (OPERATOR, "DELETE FROM REF.FX_RATE WHERE TRUE"),
        (OPERATOR, "UPDATE CORE.PURCHASE_1 SET QUANTITY = 1 WHERE TRUE"),
        ("PUBLIC", "SELECT * FROM MART.PURCHASE"),
    ],
)
def test_a_role_may_not_do_what_it_was_not_granted(warehouse: LocalWarehouse, role: str, sql: str) -> None:
    with pytest.raises(AccessDeniedError, match=f"role {role} may not "):
        warehouse.execute(sql, role=role)


def test_the_refusal_names_the_missing_grant(warehouse: LocalWarehouse) -> None:
    refusal = (
        "role QUESTLOG_OPERATOR may not DELETE from REF.FX_RATE:"
        " grant DELETE ON TABLE REF.FX_RATE to it or to one it inherits"
    )
    with pytest.raises(AccessDeniedError, match=refusal):
        warehouse.execute("DELETE FROM REF.FX_RATE WHERE TRUE", role=OPERATOR)


def test_a_role_that_does_not_exist_is_an_error(warehouse: LocalWarehouse) -> None:
    with pytest.raises(UnknownObjectError, match="there is no ROLE NOBODY"):
        warehouse.query("SELECT 1 AS N", role="NOBODY")


def test_an_analyst_sees_hashes_of_pseudonyms_and_a_reader_the_values(pipeline: Pipeline) -> None:
    for number, player in enumerate(("alice", "alice", "bob")):
        pipeline.take(line(purchase(event_id=event_id(number), player_id=player)))
    masked = pipeline.warehouse.query(PLAYERS, role=ANALYST)
    clear = pipeline.warehouse.query(PLAYERS, role=READER)
    first, second, third = (row["PLAYER_ID"] for row in masked)
    assert first == second != third
    assert {len(first), len(third)} == {32}
    assert [row["PLAYER_ID"] for row in clear] == ["alice", "alice", "bob"]
    assert [row["PRODUCT_ID"] for row in masked] == [row["PRODUCT_ID"] for row in clear]
    assert pipeline.warehouse.query(PLAYERS, role=OPERATOR) == pipeline.warehouse.query(PLAYERS) == clear


def test_a_mask_is_in_every_view_over_the_column_and_leaves_null_alone(pipeline: Pipeline) -> None:
    pipeline.take(line(purchase(player_id="alice")), line(purchase(event_id=event_id(1), player_id=None)))
    sales = "SELECT PLAYER_ID FROM MART.SALE"
    assert {row["PLAYER_ID"] for row in pipeline.warehouse.query(sales)} == {"alice", None}
    players = {row["PLAYER_ID"] for row in pipeline.warehouse.query(sales, role=ANALYST)}
    assert len(players) == 2
    assert None in players
    assert "alice" not in players


def test_an_analyst_cannot_find_a_player_by_the_value(pipeline: Pipeline) -> None:
    pipeline.take(line(purchase(player_id="alice")))
    sql = "SELECT COUNT(*) AS N FROM MART.PURCHASE WHERE PLAYER_ID = %s"
    assert pipeline.warehouse.query(sql, ("alice",), ANALYST) == [{"N": 0}]
    assert pipeline.warehouse.query(sql, ("alice",), READER) == [{"N": 1}]


@pytest.fixture
def quests() -> Iterator[LocalSnowflake]:
    """A warehouse whose event has a personal name, a personal number and a personal list."""
    fields: dict[str, Any] = quest().schema["properties"]
    personal: dict[str, Any] = {
        name: {**fields[name], "x-pii": "personal"}
        for name in ("name", "score", "won", "day", "tags", "ratio")
    }
    masking = [script for script in scripts() if script.name == "R__masking.sql"]
    with closing(LocalSnowflake()) as snowflake:
        deploy(snowflake, [*sql_of(catalog(quest(**personal))), *masking])
        snowflake.run_script(f"GRANT USAGE ON SCHEMA MART TO ROLE {ANALYST};")
        snowflake.execute(
            "INSERT INTO LANDING.EVENTS (RECORD_CONTENT) SELECT PARSE_JSON(%s)", (json.dumps(line(EVENT)),)
        )
        snowflake.run_tasks()
        yield snowflake


def test_a_personal_text_is_starred_and_other_personal_types_are_null(quests: LocalSnowflake) -> None:
    sql = "SELECT NAME, SCORE, WON, DAY, TAGS, RATIO, CODE FROM MART.QUEST"
    hidden = {
        "NAME": "***",
        "SCORE": None,
        "WON": None,
        "DAY": None,
        "TAGS": None,
        "RATIO": None,
        "CODE": "a.b.1",
    }
    assert quests.query(sql, role=ANALYST) == [hidden]
    (shown,) = quests.query(sql, role=READER)
    assert (shown["NAME"], shown["SCORE"], shown["WON"]) == ("Dragon's lair", 7, True)


@pytest.mark.parametrize(
    ("sql", "missing"),
    [
        ("GRANT SELECT ON VIEW MART.NOTHING TO ROLE QUESTLOG_ANALYST", "VIEW MART.NOTHING"),
        ("GRANT SELECT ON TABLE MART.QUEST TO ROLE QUESTLOG_ANALYST", "TABLE MART.QUEST"),
        ("GRANT USAGE ON SCHEMA NOWHERE TO ROLE QUESTLOG_ANALYST", "SCHEMA NOWHERE"),
        ("GRANT SELECT ON VIEW MART.QUEST TO ROLE NOBODY", "ROLE NOBODY"),
        ("GRANT ROLE NOBODY TO ROLE QUESTLOG_ANALYST", "ROLE NOBODY"),
        ("GRANT ROLE QUESTLOG_ANALYST TO USER NOBODY", "USER NOBODY"),
        ("GRANT USAGE ON WAREHOUSE NONE TO ROLE QUESTLOG_ANALYST", "WAREHOUSE NONE"),
        ("USE ROLE NOBODY", "ROLE NOBODY"),
        ("ALTER TABLE CORE.QUEST_1 MODIFY COLUMN NAME SET TAG CORE.NONE = 'personal'", "TAG CORE.NONE"),
        ("ALTER TAG CORE.PII SET MASKING POLICY CORE.NONE FORCE", "masking policy CORE.NONE"),
        (
            "ALTER MASKING POLICY CORE.MASK_DATE SET BODY -> IFF(IS_ROLE_IN_SESSION('NOBODY'), VAL, NULL)",
            "ROLE NOBODY",
        ),
    ],
)
def test_a_statement_about_what_does_not_exist_is_an_error(
    quests: LocalSnowflake, sql: str, missing: str
) -> None:
    with pytest.raises(UnknownObjectError, match=f"there is no {missing}"):
        quests.run_script(sql)


def test_a_circle_of_roles_is_an_error(quests: LocalSnowflake) -> None:
    with pytest.raises(UnknownObjectError, match="a circle cannot be granted"):
        quests.run_script(f"GRANT ROLE {OPERATOR} TO ROLE {ANALYST}")


@pytest.mark.parametrize(
    "sql",
    [
        "GRANT OWNERSHIP ON VIEW MART.QUEST TO ROLE QUESTLOG_ANALYST",
        "GRANT INSERT ON VIEW MART.QUEST TO ROLE QUESTLOG_ANALYST",
        "GRANT SELECT ON ALL VIEWS IN SCHEMA MART TO ROLE QUESTLOG_ANALYST",
        "GRANT SELECT ON VIEW MART.QUEST TO ROLE QUESTLOG_ANALYST WITH GRANT OPTION",
        "REVOKE SELECT ON VIEW MART.QUEST FROM ROLE QUESTLOG_ANALYST",
        "CREATE MASKING POLICY IF NOT EXISTS CORE.M AS (VAL DATE) RETURNS NUMBER -> 1",
    ],
)
def test_a_statement_about_access_that_is_not_deployed_is_unknown(quests: LocalSnowflake, sql: str) -> None:
    with pytest.raises(UnknownStatementError, match="the stand-in cannot run: "):
        quests.run_script(sql)


def test_a_view_that_is_replaced_keeps_its_grants_only_if_it_says_so(quests: LocalSnowflake) -> None:
    sql = "SELECT N FROM MART.ONE"
    quests.run_script("CREATE OR REPLACE VIEW MART.ONE AS SELECT 1 AS N;")
    quests.run_script(f"GRANT SELECT ON VIEW MART.ONE TO ROLE {ANALYST};")
    quests.run_script("CREATE OR REPLACE VIEW MART.ONE COPY GRANTS AS SELECT 2 AS N;")
    assert quests.query(sql, role=ANALYST) == [{"N": 2}]
    quests.run_script("CREATE OR REPLACE VIEW MART.ONE AS SELECT 3 AS N;")
    with pytest.raises(AccessDeniedError):
        quests.query(sql, role=ANALYST)


def test_every_deployed_view_keeps_its_grants_when_it_is_replaced(warehouse: LocalWarehouse) -> None:
    views = [entry.statement for entry in warehouse.ledger if entry.kind == "CREATE VIEW"]
    assert views
    assert [sql.splitlines()[0] for sql in views if "COPY GRANTS" not in sql] == []


def test_grants_tags_and_masks_are_there_when_the_folder_is_opened_again(tmp_path: Path) -> None:
    with LocalWarehouse(tmp_path) as first:
        first.deploy()
    with LocalWarehouse(tmp_path) as second:
        assert second.query(PLAYERS, role=ANALYST) == []
        with pytest.raises(AccessDeniedError):
            second.query("SELECT * FROM CORE.PURCHASE_1", role=ANALYST)


@pytest.mark.parametrize("role", ROLES)
def test_no_other_role_inherits_the_one_that_deploys(quests: LocalSnowflake, role: str) -> None:
    assert DEPLOYER not in quests.access.roles(role)
