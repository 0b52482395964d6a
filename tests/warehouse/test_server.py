"""The stand-in over Snowflake's protocol: the real schemachange deploys to it, as it would to an account."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.errors import ProgrammingError

from questlog_warehouse.local import LocalSnowflake, LocalWarehouse
from questlog_warehouse.local.deployment import prepare
from questlog_warehouse.local.server import HISTORY, serving
from questlog_warehouse.scripts import scripts
from tests.repository import ROOT

SCHEMACHANGE = Path(sys.executable).with_name("schemachange")
SCRIPTS = ROOT / "warehouse" / "src" / "questlog_warehouse"


@pytest.fixture
def snowflake_() -> Iterator[LocalSnowflake]:
    with closing(LocalSnowflake()) as local:
        prepare(local)
        yield local


@pytest.fixture
def connection(snowflake_: LocalSnowflake) -> Iterator[dict[str, Any]]:
    with serving(snowflake_) as parameters:
        yield parameters


def deploy(
    connection: dict[str, Any], folder: Path, root: Path = SCRIPTS
) -> subprocess.CompletedProcess[str]:
    """Run what DEPLOYING.md says; `folder` gets the file of connections."""
    uses = {"role": "QUESTLOG_DEPLOYER", "warehouse": "QUESTLOG_QUERIES"}
    section = "".join(f"{name} = {value!r}\n" for name, value in {**connection, **uses}.items())
    connections = folder / "connections.toml"
    connections.write_text(f"[questlog]\n{section}", encoding="utf-8")
    connections.chmod(0o600)
    # What an account's name says is told apart from it: schemachange leaves that out of connections.toml.
    place = {f"SNOWFLAKE_{name.upper()}": str(connection[name]) for name in ("host", "port", "protocol")}
    command: list[str | Path] = [
        SCHEMACHANGE,
        "deploy",
        "--root-folder",
        root,
        "--connection-name",
        "questlog",
    ]
    command += ["--schemachange-connections-file-path", connections]
    command += ["--change-history-table", HISTORY, "--create-change-history-table"]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **place},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def history(snowflake_: LocalSnowflake) -> list[str]:
    rows = snowflake_.query(f"SELECT SCRIPT, STATUS FROM {HISTORY} ORDER BY INSTALLED_ON, SCRIPT")
    return [f"{row['SCRIPT']} {row['STATUS']}" for row in rows]


def objects(database: LocalSnowflake | LocalWarehouse) -> set[tuple[str, str]]:
    rows = database.query("SELECT TABLE_SCHEMA, TABLE_NAME FROM INFORMATION_SCHEMA.TABLES")
    found = {(row["TABLE_SCHEMA"], row["TABLE_NAME"]) for row in rows}
    return {(schema, name) for schema, name in found if schema not in {"STAND_IN", "SCHEMACHANGE"}}


def test_schemachange_deploys_what_the_package_does_and_the_second_time_nothing(
    snowflake_: LocalSnowflake, connection: dict[str, Any], tmp_path: Path, warehouse: LocalWarehouse
) -> None:
    first = deploy(connection, tmp_path)
    assert first.returncode == 0, first.stdout + first.stderr
    applied, executed = history(snowflake_), len(snowflake_.ledger)
    assert sorted(applied) == sorted(f"{script.name} Success" for script in scripts())
    second = deploy(connection, tmp_path)
    assert second.returncode == 0, second.stdout + second.stderr
    assert history(snowflake_) == applied
    assert len(snowflake_.ledger) == executed
    assert objects(snowflake_) == objects(warehouse)


def test_schemachange_stops_at_a_statement_the_stand_in_does_not_know(
    snowflake_: LocalSnowflake, connection: dict[str, Any], tmp_path: Path
) -> None:
    scripts_ = tmp_path / "scripts"
    scripts_.mkdir()
    (scripts_ / "V0001__bad.sql").write_text("CREATE SCHEMA IF NOT EXISTS A;\nDROP DATABASE QUESTLOG;\n")
    ended = deploy(connection, tmp_path, scripts_)
    assert ended.returncode != 0
    assert "the stand-in cannot run: DROP DATABASE QUESTLOG" in ended.stdout + ended.stderr
    assert history(snowflake_) == ["V0001__bad.sql Failed"]


def test_a_connector_is_told_what_a_grant_lacks(connection: dict[str, Any]) -> None:
    with (
        snowflake.connector.connect(**connection) as connected,
        pytest.raises(ProgrammingError, match="there is no ROLE NOBODY: create it first"),
    ):
        connected.cursor().execute("GRANT USAGE ON DATABASE QUESTLOG TO ROLE NOBODY")
