"""A Snowflake of its own in this process: fakesnow (DuckDB), and what fakesnow lacks.

Every statement the project deploys is executed here in one of four ways, and the ledger says which:

- `native`: fakesnow runs it as it is;
- `rewritten`: fakesnow runs it after one of `REWRITES`;
- `body`: a task, whose statement runs in `run_tasks`, or a stream, whose offset moves as Snowflake's would;
- `registered`: it has nothing to do here (tags, and clusters once their key is known to be there), or only
  switches something on (ALTER TASK).

Any other statement is an error, so that nothing generated goes unexecuted unnoticed.
"""

import logging
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

from fakesnow.instance import FakeSnow
from snowflake.connector.cursor import DictCursor
from snowflake.connector.util_text import split_statements

DATABASE = "QUESTLOG"

How: TypeAlias = Literal["native", "rewritten", "body", "registered"]

_NATIVE = re.compile(
    r"CREATE (SCHEMA|TABLE) IF NOT EXISTS|CREATE OR REPLACE VIEW|COMMENT ON (TABLE|COLUMN|VIEW)|MERGE INTO"
    r"|ALTER TABLE \S+ (ADD COLUMN IF NOT EXISTS \w+ \S+|ALTER COLUMN \w+ DROP NOT NULL)$"
)
_RETYPE = re.compile(
    r"ALTER TABLE (?P<table>\S+) ALTER COLUMN (?P<column>\w+)"
    r" SET DATA TYPE (?P<family>VARCHAR|NUMBER)\((?P<size>[0-9]+)(,0)?\)$"
)
_CLUSTER = re.compile(r"ALTER TABLE (?P<table>\S+) CLUSTER BY \((?P<key>.+)\)$")
_STREAM = re.compile(
    r"CREATE STREAM IF NOT EXISTS (?P<name>\S+) ON TABLE (?P<table>\S+)\s+"
    r"APPEND_ONLY = TRUE SHOW_INITIAL_ROWS = TRUE$"
)
_TASK = re.compile(
    r"CREATE OR REPLACE TASK (?P<name>\S+)\s.*?"
    r"WHEN SYSTEM\$STREAM_HAS_DATA\('(?P<stream>[^']+)'\)\s+AS (?P<body>.+)$",
    re.DOTALL,
)
_RESUME = re.compile(r"ALTER TASK (?P<name>\S+) RESUME$")
_TAG = re.compile(r"CREATE TAG IF NOT EXISTS|ALTER TABLE \S+ MODIFY COLUMN \S+ SET TAG")


class UnknownStatementError(Exception):
    """Raised for a statement the stand-in cannot run; the message has its first line."""


@dataclass(frozen=True, slots=True)
class Execution:
    """An entry of the ledger: how a statement was executed."""

    how: How
    statement: str


@dataclass(slots=True)
class _Task:
    stream: str
    body: str
    resumed: bool = False


def _unenforced_key(sql: str) -> str:
    """Snowflake does not enforce a key that says NOT ENFORCED; DuckDB would, and cannot parse those words."""
    return re.sub(r",\s*CONSTRAINT \w+ PRIMARY KEY \([^)]+\) NOT ENFORCED NORELY", "", sql)


def _asof_join(sql: str) -> str:
    """Snowflake's ASOF JOIN keeps rows without a match; DuckDB's drops them unless it is a LEFT one."""
    left = sql.replace("ASOF JOIN", "ASOF LEFT JOIN")
    return re.sub(r"MATCH_CONDITION \(([^)]+)\)\s+ON ", r"ON \1 AND ", left)


def _type_of(sql: str) -> str:
    """TYPEOF of a VARIANT is always 'JSON' in fakesnow; a macro gives Snowflake's names."""
    return sql.replace("TYPEOF(", f"{DATABASE}.STAND_IN.VARIANT_TYPE(")


def _comment_quotes(sql: str) -> str:
    """Fakesnow forgets to escape quotes in comments on tables and views."""
    return sql.replace("''", "''''") if re.match(r"COMMENT ON (TABLE|VIEW)", sql) else sql


REWRITES: tuple[Callable[[str], str], ...] = (_unenforced_key, _asof_join, _type_of, _comment_quotes)

_STATEMENTS_OF_ITS_OWN = (
    "CREATE SCHEMA IF NOT EXISTS STAND_IN",
    "CREATE TABLE IF NOT EXISTS STAND_IN.STREAM (NAME VARCHAR, POSITION NUMBER(18,0))",
)
_STREAM_VIEW = """
CREATE OR REPLACE VIEW {name} AS
SELECT *, ROWID AS ROW_POSITION FROM {table}
WHERE ROWID > (SELECT POSITION FROM STAND_IN.STREAM WHERE NAME = '{name}')
"""
_COLUMN = """
SELECT DATA_TYPE, COALESCE(CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION) AS SIZE
FROM INFORMATION_SCHEMA.COLUMNS
WHERE TABLE_SCHEMA || '.' || TABLE_NAME = %s AND COLUMN_NAME = %s
"""
_LAST_ROW = "SELECT MAX(ROW_POSITION) AS LAST_ROW FROM {stream}"
_VARIANT_TYPE = f"""
CREATE OR REPLACE MACRO {DATABASE}.STAND_IN.VARIANT_TYPE(VALUE) AS CASE JSON_TYPE(VALUE)
  WHEN 'BIGINT' THEN 'INTEGER' WHEN 'UBIGINT' THEN 'INTEGER' WHEN 'NULL' THEN 'NULL_VALUE'
  ELSE JSON_TYPE(VALUE) END
"""


class LocalSnowflake:
    """A fresh Snowflake database, or the one kept in the folder `path`."""

    def __init__(self, path: Path | None = None) -> None:
        # sqlglot warns at every statement that DuckDB knows neither clusters nor tags.
        logging.getLogger("sqlglot").setLevel(logging.ERROR)
        self._fake = FakeSnow(db_path=path)
        self._connection = self._fake.connect(database=DATABASE, schema="PUBLIC")
        self._tasks: dict[str, _Task] = {}
        self.ledger: list[Execution] = []
        for sql in _STATEMENTS_OF_ITS_OWN:
            self._run(sql)
        self._fake.duck_conn.execute(_VARIANT_TYPE)

    def run_script(self, text: str) -> None:
        """Execute the statements of a script, one after the other.

        Raises:
            UnknownStatementError: for a statement that is none of those the project deploys.
        """
        for statement, _ in split_statements(StringIO(text), remove_comments=True):
            self._deploy(statement.strip().removesuffix(";").rstrip())

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Execute one statement with `%s` parameters."""
        self._run(_rewritten(sql), params)

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query, column name in capitals -> value; whole numbers as int."""
        rows = self._run(_rewritten(sql), params)
        return [{name: _as_connector(value) for name, value in row.items()} for row in rows]

    def run_tasks(self) -> None:
        """Run each resumed task whose stream has rows, once; then the offset of the stream moves.

        Snowflake does both in one transaction; fakesnow cannot MERGE within one.
        """
        for task in self._tasks.values():
            if task.resumed and self._has_data(task.stream):
                self.execute(task.body)
                self._advance(task.stream)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block did, or none of it when it raises."""
        self._run("BEGIN")
        try:
            yield
        except BaseException:
            self._run("ROLLBACK")
            raise
        self._run("COMMIT")

    def close(self) -> None:
        """Release the database; one kept in a folder can be opened again."""
        self._connection.close()
        self._fake.duck_conn.close()

    def _deploy(self, statement: str) -> None:
        if match := _STREAM.match(statement):
            self._create_stream(**match.groupdict())
            how: How = "body"
        elif match := _TASK.match(statement):
            self._tasks[match["name"]] = _Task(match["stream"], match["body"])
            how = "body"
        elif match := _RESUME.match(statement):
            self._tasks[match["name"]].resumed = True
            how = "registered"
        elif _TAG.match(statement):
            how = "registered"
        elif match := _CLUSTER.match(statement):
            self.query(f"SELECT {match['key']} FROM {match['table']} LIMIT 0")  # noqa: S608 - deployed SQL itself
            how = "registered"
        elif (match := _RETYPE.match(statement)) and self._widens(match):
            self.execute(statement)
            how = "native"
        elif _NATIVE.match(statement):
            self.execute(statement)
            how = "native" if _rewritten(statement) == statement else "rewritten"
        else:
            raise UnknownStatementError(f"the stand-in cannot run: {statement.splitlines()[0][:100]}")
        self.ledger.append(Execution(how, statement))

    def _create_stream(self, name: str, table: str) -> None:
        """A stream is a view of the rows after its position, which the database keeps as an offset."""
        if self.query("SELECT NAME FROM STAND_IN.STREAM WHERE NAME = %s", (name,)):
            return
        self._run("INSERT INTO STAND_IN.STREAM VALUES (%s, -1)", (name,))
        self._run(_STREAM_VIEW.format(name=name, table=table))

    def _widens(self, retype: re.Match[str]) -> bool:
        """Whether Snowflake can do it in place: DuckDB also turns numbers into text, and narrows what fits.

        https://docs.snowflake.com/en/sql-reference/sql/alter-table-column
        """
        family = {"TEXT": "VARCHAR"}
        rows = self.query(_COLUMN, (retype["table"], retype["column"]))
        return any(
            family.get(row["DATA_TYPE"], row["DATA_TYPE"]) == retype["family"]
            and row["SIZE"] <= int(retype["size"])
            for row in rows
        )

    def _has_data(self, stream: str) -> bool:
        return self._end(stream) is not None

    def _advance(self, stream: str) -> None:
        self._run("UPDATE STAND_IN.STREAM SET POSITION = %s WHERE NAME = %s", (self._end(stream), stream))

    def _end(self, stream: str) -> int | None:
        rows = self.query(_LAST_ROW.format(stream=stream))
        return cast("int | None", rows[0]["LAST_ROW"])

    def _run(self, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        with warnings.catch_warnings():
            # fakesnow 0.12 uses a way of DuckDB that DuckDB 2.0 advises against; the result is right.
            warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)
            cursor = self._connection.cursor(DictCursor)  # type: ignore[arg-type] # fakesnow wants it so
            cursor.execute(sql, tuple(params))
            return cast("list[dict[str, Any]]", cursor.fetchall())


def _rewritten(sql: str) -> str:
    for rewrite in REWRITES:
        sql = rewrite(sql)
    return sql


def _as_connector(value: Any) -> Any:
    """Snowflake's connector returns NUMBER(p,0) as int, fakesnow as Decimal."""
    return int(value) if isinstance(value, Decimal) and value.as_tuple().exponent == 0 else value
