from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from questlog_warehouse.local import LocalSnowflake
from questlog_warehouse.local.deployment import deploy
from questlog_warehouse.scripts import Script

SCHEMA = Script("V0001__schema.sql", "CREATE SCHEMA IF NOT EXISTS REF;")
VIEW = Script("R__view.sql", "CREATE OR REPLACE VIEW REF.ONE AS SELECT 1 AS N;")
FAILS = Script("V0002__fails.sql", "CREATE TABLE IF NOT EXISTS NOWHERE.T (N NUMBER(1,0));")


def table(number: int) -> Script:
    return Script(f"V{number:04}__t.sql", f"CREATE TABLE IF NOT EXISTS REF.T{number} (N NUMBER(1,0));")


@pytest.fixture
def snowflake() -> Iterator[LocalSnowflake]:
    with closing(LocalSnowflake()) as local:
        deploy(local, [VIEW, table(2), SCHEMA])
        yield local


def ran(snowflake: LocalSnowflake, *scripts: Script) -> list[str]:
    """The names of what the next deployment of these scripts creates."""
    before = len(snowflake.ledger)
    deploy(snowflake, scripts)
    return [entry.statement.split("(")[0].split(" AS ")[0].split()[-1] for entry in snowflake.ledger[before:]]


def test_a_numbered_script_runs_once_and_a_repeatable_one_each_time(snowflake: LocalSnowflake) -> None:
    assert ran(snowflake, SCHEMA, table(2), VIEW) == ["REF.ONE"]


def test_scripts_with_higher_numbers_run_in_their_order(snowflake: LocalSnowflake) -> None:
    assert ran(snowflake, VIEW, table(10), table(9)) == ["REF.T9", "REF.T10", "REF.ONE"]


def test_a_number_below_the_highest_is_left_out_as_schemachange_does(snowflake: LocalSnowflake) -> None:
    deploy(snowflake, [table(9)])
    assert ran(snowflake, table(8)) == []


def test_a_script_that_fails_runs_again() -> None:
    with closing(LocalSnowflake()) as fresh:
        with pytest.raises(Exception, match="NOWHERE"):
            deploy(fresh, [SCHEMA, FAILS, VIEW])
        assert ran(fresh, SCHEMA, table(2), VIEW) == ["REF.T2", "REF.ONE"]


def test_what_has_run_is_known_in_a_database_that_is_opened_again(tmp_path: Path) -> None:
    with closing(LocalSnowflake(tmp_path)) as first:
        deploy(first, [SCHEMA, table(2)])
    with closing(LocalSnowflake(tmp_path)) as second:
        assert ran(second, SCHEMA, table(2), table(3)) == ["REF.T3"]
