"""Releases deployed one by one over the data of the ones before: nothing is lost, nothing looks different."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any

import duckdb
import pytest
from snowflake.connector.errors import ProgrammingError

from questlog_codegen.contracts import Catalog, Version
from questlog_codegen.emitters.snowflake_migrations import migrations
from questlog_codegen.emitters.snowflake_tables import Table, tables_of
from questlog_codegen.emitters.snowflake_types import Column
from questlog_codegen.reference import violations
from questlog_warehouse.local import LocalSnowflake, LocalWarehouse, UnknownObjectError
from questlog_warehouse.local.deployment import deploy
from questlog_warehouse.scripts import Script, scripts
from tests.repository import shipped_catalog
from tests.warehouse.contracts import EVENT, QUEST, catalog, quest, sql_of
from tests.warehouse.lines import line, reject
from tests.warehouse.test_scripts import syntax_errors

FIELDS = QUEST["properties"]
LEVEL = {"description": "Level.", "type": "integer", "minimum": 0, "maximum": 9}
NAME = {**FIELDS["name"], "maxLength": 40}
SCORE = {**FIELDS["score"], "maximum": 10**6}
KIND = {**FIELDS["kind"], "enum": [*FIELDS["kind"]["enum"], "bonus"]}
RANK = {"description": "Rank reached.", "type": "string", "maxLength": 4}


def version(major: int, minor: int, **properties: Any) -> Version:
    number = {**FIELDS["schema_version"], "const": f"{major}.{minor}"}
    return quest(major, minor, schema_version=number, **properties)


HISTORY = (
    version(1, 0),
    version(1, 1, level=LEVEL),
    version(1, 2, level=LEVEL, name=NAME, score=SCORE),
    version(1, 3, level=LEVEL, name=NAME, score=SCORE, optional=["won"]),
    version(1, 4, level=LEVEL, name=NAME, score=SCORE, kind=KIND, optional=["won"]),
    version(2, 0, code=None, score=RANK),
)
NEW: dict[str, dict[str, Any]] = {
    "1.0": {},
    "1.1": {"level": 9},
    "1.2": {"name": "n" * 40, "score": 10**6},
    "1.3": {"won": None},
    "1.4": {"kind": "bonus"},
    "2.0": {"score": "gold", "code": None},
}
"""Version -> what an event could not say before it; None takes a member away."""

MIGRATIONS = ["1_0", "1_1", "1_2", "1_3", "2_0"]
"""The versions that change a table: one more value of an enum does not."""


def releases() -> list[tuple[Script, ...]]:
    """The scripts of each release, one after the other: a draft beside the migrations frozen so far."""
    history, frozen = [], dict[str, str]()
    for count in range(1, len(HISTORY) + 1):
        versions = *(replace(old, status="released") for old in HISTORY[: count - 1]), HISTORY[count - 1]
        state = replace(catalog(*versions), frozen=frozen, next_migration=11 + len(frozen))
        history.append(sql_of(state))
        frozen = migrations(state)
    return history


RELEASES = releases()


def event(number: str, batch: int, **changes: Any) -> dict[str, Any]:
    """An event that says what is new in its version, with an id of its own."""
    identity = f"01930f3a-7c00-7{number.replace('.', '')}0-8000-{batch:012}"
    merged = {**EVENT, "schema_version": number, "event_id": identity, **NEW[number], **changes}
    return {name: value for name, value in merged.items() if value is not None}


def land(snowflake: LocalSnowflake, events: Sequence[dict[str, Any]]) -> None:
    landing = "INSERT INTO LANDING.EVENTS SELECT VALUE, NULL FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))"
    snowflake.execute(landing, (json.dumps([line(one) for one in events]),))
    snowflake.run_tasks()


def known(count: int, batch: int) -> list[dict[str, Any]]:
    return [event(version.number, batch) for version in HISTORY[:count]]


def rows(snowflake: LocalSnowflake, name: str) -> dict[str, dict[str, Any]]:
    """Rows by event id; none when the table is not there yet."""
    exists = snowflake.query("SELECT 1 FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = %s", (name,))
    found = snowflake.query(f"SELECT * FROM CORE.{name}") if exists else []
    return {row["EVENT_ID"]: {key: value for key, value in row.items() if value is not None} for row in found}


def both(snowflake: LocalSnowflake) -> dict[str, dict[str, Any]]:
    return {**rows(snowflake, "QUEST_1"), **rows(snowflake, "QUEST_2")}


def structure(snowflake: LocalSnowflake | LocalWarehouse, name: str) -> list[tuple[str, ...]]:
    """Name, nullability and type of each column, as far as the stand-in knows them."""
    found = snowflake.query(
        "SELECT COLUMN_NAME, IS_NULLABLE, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION"
        " FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'CORE' AND TABLE_NAME = %s"
        " ORDER BY ORDINAL_POSITION",
        (name,),
    )
    return [tuple(map(str, row.values())) for row in found]


def expected(table: Table) -> list[tuple[str, ...]]:
    return [tuple(_column(column)) for column in table.columns]


def _column(column: Column) -> Iterator[str]:
    """The stand-in calls VARCHAR a TEXT, holds arrays as VARIANT and knows no precision of times."""
    size = column.type.partition("(")[2].removesuffix(",0)").removesuffix(")")
    yield column.name
    yield "NO" if column.required else "YES"
    yield {"VARCHAR": "TEXT", "ARRAY": "VARIANT"}.get(column.family, column.family)
    yield (size or "16777216") if column.family == "VARCHAR" else "None"
    yield size if column.family == "NUMBER" else "None"


@pytest.fixture(scope="module")
def fresh() -> Iterator[LocalSnowflake]:
    """A database that knows nothing of the history but its end."""
    with closing(LocalSnowflake()) as snowflake:
        deploy(snowflake, RELEASES[-1])
        yield snowflake


@pytest.mark.parametrize("number", NEW)
def test_the_history_is_one_of_widening_and_its_events_say_something_new(number: str) -> None:
    """Else the replays below would prove nothing."""
    schemas = {version.number: version.schema for version in HISTORY}
    sent = event(number, 0)
    assert list(violations(schemas[number], sent)) == []
    for older in [other for other in schemas if other < number]:
        assert list(violations(schemas[older], {**sent, "schema_version": older})) != []


def test_each_release_keeps_the_migrations_of_the_ones_before() -> None:
    numbered = [[script for script in release if script.name.startswith("V")] for release in RELEASES]
    for before, after in pairwise(numbered):
        assert after[: len(before)] == before
    names = [f"V{number:04}__quest_{slug}.sql" for number, slug in enumerate(MIGRATIONS, 11)]
    assert [script.name for script in numbered[-1][2:]] == names


def test_every_migration_is_snowflake_sql_to_sqlfluff() -> None:
    numbered = [script.text for script in RELEASES[-1] if script.name.startswith("V")]
    assert [syntax_errors(text) for text in numbered] == [[]] * len(numbered)


@pytest.mark.parametrize("start", range(1, len(HISTORY) + 1), ids=lambda start: HISTORY[start - 1].number)
def test_releases_over_data_lose_and_change_nothing_and_end_in_the_tables_of_a_fresh_build(
    start: int, fresh: LocalSnowflake
) -> None:
    sent: list[dict[str, Any]] = []
    with closing(LocalSnowflake()) as snowflake:
        for count in range(start, len(HISTORY) + 1):
            before = both(snowflake)
            deploy(snowflake, RELEASES[count - 1])
            assert both(snowflake) == before
            land(snowflake, known(count, batch=count))
            sent += known(count, batch=count)
            assert set(both(snowflake)) == {one["event_id"] for one in sent}
        assert snowflake.query("SELECT * FROM CORE.REJECTED") == []
        _assert_rows_say_what_was_sent(both(snowflake), sent)
        for table in tables_of(catalog(*HISTORY)):
            assert structure(snowflake, table.name) == structure(fresh, table.name) == expected(table)


def _assert_rows_say_what_was_sent(found: dict[str, dict[str, Any]], sent: list[dict[str, Any]]) -> None:
    for one in sent:
        row = found[one["event_id"]]
        for name in ("schema_version", "name", "code", "kind", "score", "ratio", "won", "level"):
            assert row.get(name.upper()) == one.get(name), (one["schema_version"], name)


def test_a_second_deployment_changes_nothing() -> None:
    with closing(LocalSnowflake()) as snowflake:
        for release in RELEASES:
            deploy(snowflake, release)
        land(snowflake, known(len(HISTORY), batch=1))
        before = both(snowflake), structure(snowflake, "QUEST_1"), structure(snowflake, "QUEST_2")
        ran = len(snowflake.ledger)
        deploy(snowflake, RELEASES[-1])
        assert (both(snowflake), structure(snowflake, "QUEST_1"), structure(snowflake, "QUEST_2")) == before
        again = [entry.statement for entry in snowflake.ledger[ran:]]
        assert not [sql for sql in again if sql.startswith(("CREATE TABLE", "CREATE STREAM"))]
        assert not [sql for sql in again if "ALTER COLUMN" in sql or "ADD COLUMN" in sql]


def test_the_view_shows_all_majors_as_one_event() -> None:
    with closing(LocalSnowflake()) as snowflake:
        deploy(snowflake, RELEASES[-1])
        land(snowflake, known(len(HISTORY), batch=1))
        shown = snowflake.query("SELECT SCHEMA_VERSION, CODE, SCORE FROM MART.QUEST ORDER BY SCHEMA_VERSION")
    assert [row["SCHEMA_VERSION"] for row in shown] == list(NEW)
    assert (shown[0]["CODE"], shown[0]["SCORE"]) == ("a.b.1", "7")
    assert (shown[-1]["CODE"], shown[-1]["SCORE"]) == (None, "gold")


def test_what_came_too_early_can_be_replayed_when_its_version_is_deployed() -> None:
    replay = (
        "INSERT INTO LANDING.EVENTS SELECT RECORD_CONTENT, RECORD_METADATA FROM CORE.REJECTED"
        " WHERE REASON = 'unknown_version'"
    )
    with closing(LocalSnowflake()) as snowflake:
        deploy(snowflake, RELEASES[0])
        land(snowflake, [event("1.1", 1)])
        assert both(snowflake) == {}
        deploy(snowflake, RELEASES[1])
        snowflake.execute(replay)
        snowflake.run_tasks()
        assert [row["LEVEL"] for row in both(snowflake).values()] == [9]


def test_deployed_tables_have_the_columns_the_contracts_give_them(built_fresh: LocalSnowflake) -> None:
    """A frozen migration, and a generator that changed since, would show here."""
    shipped: Catalog = shipped_catalog()
    for table in tables_of(shipped):
        assert structure(built_fresh, table.name) == expected(table)


REAL = [script for script in scripts() if script.version is not None]
"""The history the package has."""


def _examples(batch: int) -> list[dict[str, Any]]:
    """A valid and an invalid line of each event, and copies of what an earlier batch had."""
    lines = []
    for number, contract in enumerate(shipped_catalog().contracts):
        valid = next(iter(contract.valid_examples.values()))
        ids = [f"01930f3a-7c00-7abc-8000-{100 * copy + number:012}" for copy in range(batch + 1)]
        lines += [line({**valid, "event_id": event_id}) for event_id in ids]
        lines.append(line({**valid, "session_id": batch}))
    return lines


def _fill(snowflake: LocalSnowflake, batch: int) -> None:
    """Put something in each table that is there and is not filled by tasks."""
    existing = set(snowflake.database.names())
    for table, content in {"EVENTS": _examples(batch), "REJECTS": [reject("{}", "invalid_event")]}.items():
        sql = f"INSERT INTO LANDING.{table} SELECT VALUE, NULL FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))"
        snowflake.execute(sql, (json.dumps(content),))
    for table, sql in REFERENCE.items():
        if table in existing:
            snowflake.execute(sql)


REFERENCE = {
    "REF.CURRENCY": "INSERT INTO REF.CURRENCY (CURRENCY, DECIMALS)"
    " SELECT 'EUR', 2 WHERE NOT EXISTS (SELECT 1 FROM REF.CURRENCY WHERE CURRENCY = 'EUR')",
    "REF.REPORTING_CURRENCY": "INSERT INTO REF.REPORTING_CURRENCY (CURRENCY)"
    " SELECT 'USD' WHERE NOT EXISTS (SELECT 1 FROM REF.REPORTING_CURRENCY)",
    "REF.FX_RATE": "INSERT INTO REF.FX_RATE"
    " (RATE_DATE, FROM_CURRENCY, TO_CURRENCY, RATE, SOURCE, DERIVATION, KNOWN_AT)"
    " SELECT '2026-10-30', 'EUR', 'USD', 1.1172, 'ECB', 'published', '2026-10-30'"
    " WHERE NOT EXISTS (SELECT 1 FROM REF.FX_RATE)",
}


def _run_what_can(snowflake: LocalSnowflake) -> None:
    """Run the repeatable scripts of today as far as the tables of an earlier day let them."""
    for script in scripts():
        if script.version is None:
            with suppress(UnknownObjectError, ProgrammingError, duckdb.Error):
                snowflake.run_script(script.text)


def _everything(snowflake: LocalSnowflake) -> dict[str, list[str]]:
    """Each row of each table and view, and what columns there are."""
    names = {name for name in snowflake.database.names() if not name.startswith(("STAND_IN.", "PUBLIC."))}
    rows = {name: sorted(map(repr, snowflake.query(f"SELECT * FROM {name}"))) for name in names}
    columns = snowflake.query(
        "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, IS_NULLABLE, DATA_TYPE,"
        " CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, COMMENT FROM INFORMATION_SCHEMA.COLUMNS"
        " WHERE TABLE_SCHEMA IN ('LANDING', 'CORE', 'REF', 'MART')"
    )
    return {**rows, "columns": sorted(map(repr, columns))}


@pytest.fixture(scope="module")
def built_fresh() -> Iterator[LocalSnowflake]:
    """The package deployed at once, which then got all data."""
    with closing(LocalSnowflake()) as snowflake:
        deploy(snowflake, scripts())
        for batch in range(2):
            _fill(snowflake, batch)
            snowflake.run_tasks()
        yield snowflake


@pytest.mark.parametrize("count", range(1, len(REAL) + 1), ids=lambda count: REAL[count - 1].name)
def test_every_prefix_of_the_real_history_with_data_becomes_what_a_fresh_build_is(
    built_fresh: LocalSnowflake, count: int
) -> None:
    with closing(LocalSnowflake()) as snowflake:
        deploy(snowflake, REAL[:count])
        _run_what_can(snowflake)
        _fill(snowflake, batch=0)
        with suppress(ProgrammingError):  # a task may write to a table of a later day
            snowflake.run_tasks()
        deploy(snowflake, scripts())
        _fill(snowflake, batch=1)
        snowflake.run_tasks()
        assert _everything(snowflake) == _everything(built_fresh)
        assert snowflake.access == built_fresh.access


def test_the_real_history_is_tried_with_rows_in_every_table_that_data_comes_to(
    built_fresh: LocalSnowflake,
) -> None:
    rows = _everything(built_fresh)
    empty = {name for name in rows if name.startswith(("LANDING.", "CORE.", "REF.")) and not rows[name]}
    assert {name for name in empty if "_FOR_" not in name} == set()
