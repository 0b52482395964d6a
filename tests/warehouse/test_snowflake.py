from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from questlog_warehouse.local import LocalSnowflake, UnknownStatementError

LANDING = """
CREATE SCHEMA IF NOT EXISTS LANDING;
CREATE TABLE IF NOT EXISTS LANDING.EVENTS (RECORD_CONTENT VARIANT);
CREATE TABLE IF NOT EXISTS LANDING.NAMES (NAME VARCHAR);
CREATE STREAM IF NOT EXISTS LANDING.NEW_EVENTS ON TABLE LANDING.EVENTS
  APPEND_ONLY = TRUE SHOW_INITIAL_ROWS = TRUE;
CREATE OR REPLACE TASK LANDING.TAKE SCHEDULE = '1 MINUTE'
  WHEN SYSTEM$STREAM_HAS_DATA('LANDING.NEW_EVENTS')
AS INSERT INTO LANDING.NAMES SELECT RECORD_CONTENT:name::VARCHAR FROM LANDING.NEW_EVENTS;
"""
RESUME = "ALTER TASK LANDING.TAKE RESUME;"


@pytest.fixture
def snowflake() -> Iterator[LocalSnowflake]:
    local = LocalSnowflake()
    local.run_script(LANDING)
    yield local
    local.close()


def land(snowflake: LocalSnowflake, name: str) -> None:
    snowflake.execute("INSERT INTO LANDING.EVENTS SELECT PARSE_JSON(%s)", (f'{{"name": "{name}"}}',))


def names(snowflake: LocalSnowflake) -> list[str]:
    return [row["NAME"] for row in snowflake.query("SELECT NAME FROM LANDING.NAMES ORDER BY NAME")]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE OR ALTER TABLE LANDING.EVENTS (A VARCHAR)",
        "CREATE TABLE LANDING.OTHER (A VARCHAR)",
        "CREATE DYNAMIC TABLE LANDING.D TARGET_LAG = '1 hour' WAREHOUSE = W AS SELECT 1",
        "DROP TABLE LANDING.EVENTS",
        "CREATE STREAM LANDING.S ON TABLE LANDING.EVENTS",
        "GRANT ALL ON TABLE LANDING.EVENTS TO ROLE PUBLIC",
        "GRANT SELECT ON FUTURE TABLES IN SCHEMA LANDING TO ROLE PUBLIC",
        "DELETE FROM LANDING.EVENTS",
        "ALTER TABLE LANDING.NAMES ADD COLUMN AGE NUMBER(3,0)",
        "ALTER TABLE LANDING.NAMES ADD COLUMN IF NOT EXISTS AGE NUMBER(3,0) NOT NULL",
        "ALTER TABLE LANDING.NAMES ALTER COLUMN NAME SET NOT NULL",
        "ALTER TABLE LANDING.NAMES ALTER COLUMN NAME SET DATA TYPE NUMBER(3,0)",
        "ALTER TABLE LANDING.NAMES ALTER COLUMN NO_COLUMN SET DATA TYPE VARCHAR(3)",
        "ALTER TABLE LANDING.NAMES ALTER COLUMN NAME SET DATA TYPE VARCHAR(3)",
        "ALTER TABLE LANDING.NAMES DROP COLUMN NAME",
        "ALTER TABLE LANDING.NAMES RENAME COLUMN NAME TO TITLE",
    ],
)
def test_a_statement_it_cannot_run_faithfully_is_an_error(snowflake: LocalSnowflake, statement: str) -> None:
    with pytest.raises(UnknownStatementError, match="the stand-in cannot run: "):
        snowflake.run_script(statement)


def test_a_task_takes_what_is_in_its_stream(snowflake: LocalSnowflake) -> None:
    snowflake.run_script(RESUME)
    land(snowflake, "a")
    snowflake.run_tasks()
    assert names(snowflake) == ["a"]


def test_a_task_takes_each_row_once(snowflake: LocalSnowflake) -> None:
    snowflake.run_script(RESUME)
    land(snowflake, "a")
    snowflake.run_tasks()
    snowflake.run_tasks()
    land(snowflake, "b")
    snowflake.run_tasks()
    assert names(snowflake) == ["a", "b"]


def test_a_task_that_nobody_resumed_does_not_run(snowflake: LocalSnowflake) -> None:
    land(snowflake, "a")
    snowflake.run_tasks()
    assert names(snowflake) == []


def test_a_task_that_fails_finds_its_rows_again(snowflake: LocalSnowflake) -> None:
    snowflake.run_script(LANDING.replace("RECORD_CONTENT:name::VARCHAR FROM", "NO_COLUMN FROM") + RESUME)
    land(snowflake, "a")
    with pytest.raises(Exception, match="NO_COLUMN"):
        snowflake.run_tasks()
    snowflake.run_script(LANDING + RESUME)
    snowflake.run_tasks()
    assert names(snowflake) == ["a"]


def test_each_stream_on_a_table_has_its_own_offset(snowflake: LocalSnowflake) -> None:
    snowflake.run_script(LANDING.replace("NEW_EVENTS", "ALL_EVENTS").replace("LANDING.TAKE", "LANDING.COPY"))
    snowflake.run_script(f"{RESUME} ALTER TASK LANDING.COPY RESUME;")
    land(snowflake, "a")
    snowflake.run_tasks()
    assert names(snowflake) == ["a", "a"]


def test_a_key_that_is_not_enforced_is_not_enforced(snowflake: LocalSnowflake) -> None:
    snowflake.run_script(
        "CREATE TABLE IF NOT EXISTS LANDING.K (\n  A VARCHAR NOT NULL,\n"
        "  CONSTRAINT K_KEY PRIMARY KEY (A) NOT ENFORCED NORELY\n) CLUSTER BY (A);"
    )
    for _ in range(2):
        snowflake.execute("INSERT INTO LANDING.K VALUES ('same')")
    assert len(snowflake.query("SELECT A FROM LANDING.K")) == 2
    assert snowflake.ledger[-1].how == "rewritten"


TABLE = "CREATE TABLE IF NOT EXISTS LANDING.T (NAME VARCHAR(3) NOT NULL, SCORE NUMBER(2,0) NOT NULL);"
COLUMNS = """
SELECT COLUMN_NAME, IS_NULLABLE, COALESCE(CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION) AS SIZE
FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'T' ORDER BY ORDINAL_POSITION
"""


@pytest.mark.parametrize(
    ("change", "columns"),
    [
        ("ADD COLUMN IF NOT EXISTS AGE NUMBER(3,0)", ["NAME NO 3", "SCORE NO 2", "AGE YES 3"]),
        ("ALTER COLUMN NAME SET DATA TYPE VARCHAR(9)", ["NAME NO 9", "SCORE NO 2"]),
        ("ALTER COLUMN SCORE SET DATA TYPE NUMBER(7,0)", ["NAME NO 3", "SCORE NO 7"]),
        ("ALTER COLUMN NAME DROP NOT NULL", ["NAME YES 3", "SCORE NO 2"]),
    ],
)
def test_a_table_is_altered_under_its_rows_and_once_more_changes_nothing(
    snowflake: LocalSnowflake, change: str, columns: list[str]
) -> None:
    snowflake.run_script(TABLE)
    snowflake.execute("INSERT INTO LANDING.T VALUES ('abc', 12)")
    for _ in range(2):
        snowflake.run_script(f"ALTER TABLE LANDING.T {change};")
        assert [" ".join(map(str, row.values())) for row in snowflake.query(COLUMNS)] == columns
    assert snowflake.query("SELECT NAME, SCORE FROM LANDING.T") == [{"NAME": "abc", "SCORE": 12}]
    assert snowflake.ledger[-1].how == "native"


@pytest.mark.parametrize("type_", ["NUMBER(1,0)", "VARCHAR(9)"])
def test_a_column_is_neither_narrowed_nor_turned_into_another_type(
    snowflake: LocalSnowflake, type_: str
) -> None:
    snowflake.run_script(TABLE)
    with pytest.raises(UnknownStatementError):
        snowflake.run_script(f"ALTER TABLE LANDING.T ALTER COLUMN SCORE SET DATA TYPE {type_}")


def test_a_cluster_is_registered_when_its_key_is_there(snowflake: LocalSnowflake) -> None:
    snowflake.run_script(f"{TABLE} ALTER TABLE LANDING.T CLUSTER BY (UPPER(NAME), SCORE);")
    assert snowflake.ledger[-1].how == "registered"
    with pytest.raises(Exception, match="NO_COLUMN"):
        snowflake.run_script("ALTER TABLE LANDING.T CLUSTER BY (NAME, NO_COLUMN)")


def test_an_asof_join_keeps_rows_without_a_match(snowflake: LocalSnowflake) -> None:
    snowflake.execute("CREATE TABLE LANDING.RATES (DAY DATE, CODE VARCHAR, RATE NUMBER(5,2))")
    snowflake.execute("INSERT INTO LANDING.RATES VALUES ('2024-01-05', 'EUR', 1.25)")
    snowflake.execute("CREATE TABLE LANDING.DAYS (DAY DATE)")
    snowflake.execute("INSERT INTO LANDING.DAYS VALUES ('2024-01-02'), ('2024-01-05'), ('2024-01-09')")
    rows = snowflake.query(
        "SELECT D.DAY, R.RATE FROM LANDING.DAYS AS D ASOF JOIN LANDING.RATES AS R"
        " MATCH_CONDITION (D.DAY > R.DAY) ON R.CODE = 'EUR' ORDER BY 1"
    )
    assert [(row["DAY"].day, row["RATE"]) for row in rows] == [(2, None), (5, None), (9, Decimal("1.25"))]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("1", "INTEGER"),
        ("18446744073709551615", "INTEGER"),
        ("1.5", "DOUBLE"),
        ('"1"', "VARCHAR"),
        ("true", "BOOLEAN"),
        ("null", "NULL_VALUE"),
        ("[]", "ARRAY"),
        ("{}", "OBJECT"),
    ],
)
def test_typeof_tells_the_type_of_a_json_value(snowflake: LocalSnowflake, value: str, kind: str) -> None:
    rows = snowflake.query("SELECT TYPEOF(PARSE_JSON(%s):a) AS KIND", (f'{{"a": {value}}}',))
    assert rows == [{"KIND": kind}]


def test_typeof_of_an_absent_value_is_null(snowflake: LocalSnowflake) -> None:
    assert snowflake.query("SELECT TYPEOF(PARSE_JSON('{}'):a) AS KIND") == [{"KIND": None}]


def test_a_comment_may_have_quotes(snowflake: LocalSnowflake) -> None:
    snowflake.run_script("COMMENT ON TABLE LANDING.EVENTS IS 'the client''s events';")
    rows = snowflake.query("SELECT COMMENT FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'EVENTS'")
    assert rows == [{"COMMENT": "the client's events"}]


def test_whole_numbers_come_back_as_int(snowflake: LocalSnowflake) -> None:
    (row,) = snowflake.query("SELECT CAST(1 AS NUMBER(23,0)) AS WHOLE, CAST(1 AS NUMBER(5,2)) AS PART")
    assert (type(row["WHOLE"]), row["PART"]) == (int, Decimal("1.00"))


def test_parameters_survive_quotes_percent_signs_and_backslashes(snowflake: LocalSnowflake) -> None:
    text = "50% off: 'it''s' \\ \"x\" TYPEOF( é 😀\n$$"
    assert snowflake.query("SELECT %s AS TEXT", (text,)) == [{"TEXT": text}]


def test_a_transaction_that_fails_leaves_nothing(snowflake: LocalSnowflake) -> None:
    def fail() -> None:
        with snowflake.transaction():
            land(snowflake, "a")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert snowflake.query("SELECT * FROM LANDING.EVENTS") == []


def test_a_database_in_a_folder_is_there_again_with_its_offsets(tmp_path: Path) -> None:
    first = LocalSnowflake(tmp_path)
    first.run_script(LANDING + RESUME)
    land(first, "a")
    first.run_tasks()
    first.close()
    second = LocalSnowflake(tmp_path)
    second.run_script(LANDING + RESUME)
    second.run_tasks()
    assert names(second) == ["a"]
    second.close()
