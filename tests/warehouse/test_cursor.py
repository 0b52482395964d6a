"""What fakesnow made of a statement is used again where it would be made again, and nowhere else."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from fakesnow.cursor import FakeSnowflakeCursor

from questlog_warehouse.local.database import Database


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(Database()) as database:
        yield database


@pytest.fixture
def translated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What fakesnow is asked to translate."""
    asked: list[str] = []
    translate = FakeSnowflakeCursor._transform

    def noted(cursor: FakeSnowflakeCursor, statement: Any, params: Any) -> Any:
        asked.append(statement.sql())
        return translate(cursor, statement, params)

    monkeypatch.setattr(FakeSnowflakeCursor, "_transform", noted)
    return asked


def test_a_statement_is_translated_once_and_run_each_time(database: Database, translated: list[str]) -> None:
    database.run("CREATE TABLE NUMBERS (N NUMBER(9,0))")
    for _ in range(3):
        database.run("INSERT INTO NUMBERS SELECT COUNT(*) FROM NUMBERS")
    assert database.query("SELECT N FROM NUMBERS ORDER BY N") == [{"N": 0}, {"N": 1}, {"N": 2}]
    assert len([sql for sql in translated if sql.startswith("INSERT")]) == 1


def test_another_database_of_the_process_needs_no_translation_either(translated: list[str]) -> None:
    for _ in range(2):
        with closing(Database()) as database:
            assert database.query("SELECT 'both' AS WHO") == [{"WHO": "both"}]
    assert len([sql for sql in translated if "both" in sql]) == 1


def test_in_another_schema_the_same_words_mean_something_else(database: Database) -> None:
    for schema in ("ONE", "TWO"):
        database.run(f"CREATE SCHEMA {schema}")  # which is the current one then
        database.run(f"CREATE TABLE NAMES AS SELECT '{schema}' AS NAME")
    for schema in ("ONE", "TWO"):
        database.run(f"USE SCHEMA {schema}")
        assert database.query("SELECT NAME FROM NAMES") == [{"NAME": schema}]


def test_parameters_are_those_of_each_time(database: Database) -> None:
    for number in (1, 2):
        assert database.query("SELECT %s + 0 AS N", (number,)) == [{"N": number}]


def test_a_variable_has_the_value_of_each_time(database: Database) -> None:
    for number in (1, 2):
        database.run(f"SET V = {number}")
        assert database.query("SELECT $V AS N") == [{"N": number}]


def test_a_statement_that_fails_fails_each_time(database: Database) -> None:
    for _ in range(2):
        with pytest.raises(Exception, match="NOWHERE"):
            database.run("SELECT * FROM NOWHERE")
