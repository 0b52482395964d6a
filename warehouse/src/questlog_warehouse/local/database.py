"""The database beneath the stand-in: fakesnow over DuckDB, spoken to as one would to Snowflake."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from duckdb import DuckDBPyConnection
from fakesnow.fakes import FakeSnowflakeConnection
from fakesnow.instance import FakeSnow

from questlog_warehouse.local.cursor import RememberingCursor
from questlog_warehouse.local.rewrites import DATABASE, rewritten

Rows = list[dict[str, Any]]

_OF_ITS_OWN = "CREATE SCHEMA IF NOT EXISTS STAND_IN"
_VARIANT_TYPE = f"""
CREATE OR REPLACE MACRO {DATABASE}.STAND_IN.VARIANT_TYPE(VALUE) AS
REPLACE(REPLACE(REPLACE(JSON_TYPE(VALUE), 'UBIGINT', 'INTEGER'), 'BIGINT', 'INTEGER'), 'NULL', 'NULL_VALUE')
"""
_KIND = f"""
SELECT 'TABLE' FROM duckdb_tables()
WHERE database_name = '{DATABASE}' AND schema_name || '.' || table_name = ?
UNION ALL
SELECT 'VIEW' FROM duckdb_views()
WHERE database_name = '{DATABASE}' AND schema_name || '.' || view_name = ?
UNION ALL
SELECT 'SCHEMA' FROM duckdb_schemas() WHERE database_name = '{DATABASE}' AND schema_name = ?
"""  # noqa: S608 - the name is a constant

_NAMES = f"""
SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = '{DATABASE}'
UNION ALL
SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE database_name = '{DATABASE}'
"""  # noqa: S608 - the name is a constant


class Database:
    """A fresh database, or the one kept in the folder `path`."""

    def __init__(self, path: Path | None = None) -> None:
        # sqlglot warns at every statement that DuckDB knows neither clusters nor tags.
        logging.getLogger("sqlglot").setLevel(logging.ERROR)
        self.kept = path is not None
        self.in_transaction = False
        self.answer: Rows = []
        """What the statement that ran last answered."""
        self._fake = FakeSnow(db_path=path)
        self._connection = self.session()
        self.run(_OF_ITS_OWN)
        self.duck.execute(_VARIANT_TYPE)

    @property
    def duck(self) -> DuckDBPyConnection:
        """DuckDB itself, within the transaction of this connection."""
        return self._connection._duck_conn  # noqa: SLF001 - fakesnow has no public way to it

    def session(self) -> FakeSnowflakeConnection:
        """Return another connection to the same database; `close` does not close it."""
        return self._fake.connect(database=DATABASE, schema="PUBLIC")

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Execute one statement with `%s` parameters."""
        self.run(rewritten(sql), params)

    def query(self, sql: str, params: Sequence[Any] = ()) -> Rows:
        """Return the rows of a query, column name in capitals -> value; whole numbers as int."""
        rows = self.run(rewritten(sql), params)
        return [{name: _as_connector(value) for name, value in row.items()} for row in rows]

    def run(self, sql: str, params: Sequence[Any] = ()) -> Rows:
        """Run a statement that needs no rewriting."""
        with unwarned():
            cursor = RememberingCursor(self._connection).execute(sql, tuple(params))
            self.answer = cast("Rows", cursor.fetchall())
            return self.answer

    def kind(self, name: str) -> str | None:
        """Return TABLE, VIEW or SCHEMA; None when nothing has this name."""
        found = self.duck.execute(_KIND, (name, name, name)).fetchone()
        return cast("str", found[0]) if found else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block did, or none of it when it raises; within another one, leave that to it."""
        if self.in_transaction:
            yield
            return
        self.run("BEGIN")
        self.in_transaction = True
        try:
            yield
        except BaseException:
            self.run("ROLLBACK")
            raise
        else:
            self.run("COMMIT")
        finally:
            self.in_transaction = False

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo what the block did.

        Raises:
            RuntimeError: within a transaction, which it would undo as well.
        """
        if self.in_transaction:
            raise RuntimeError("a transaction is open: ask as a role before it or after it")
        self.run("BEGIN")
        try:
            yield
        finally:
            self.run("ROLLBACK")

    def names(self) -> set[str]:
        """Return the names of all tables and views, with their schema, without those of fakesnow itself."""
        return {name for (name,) in self.duck.execute(_NAMES).fetchall() if not name.startswith("_")}

    def close(self) -> None:
        """Release the database; one kept in a folder can be opened again."""
        self._connection.close()
        self._fake.duck_conn.close()


@contextmanager
def unwarned() -> Iterator[None]:
    """Silence one warning: fakesnow 0.12 uses a way of DuckDB that DuckDB 2.0 advises against. It works."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)
        yield


def _as_connector(value: Any) -> Any:
    """Snowflake's connector returns NUMBER(p,0) as int, fakesnow as Decimal."""
    return int(value) if isinstance(value, Decimal) and value.as_tuple().exponent == 0 else value
