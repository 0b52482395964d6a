"""Streams, which fakesnow has not: a view of the rows behind an offset."""

import re
from collections.abc import Sequence
from typing import Any

from questlog_warehouse.local.database import Database, Rows

_OF_ITS_OWN = (
    "CREATE TABLE IF NOT EXISTS STAND_IN.STREAM (NAME VARCHAR, SOURCE VARCHAR, POSITION NUMBER(18,0))",
    "CREATE TABLE IF NOT EXISTS STAND_IN.DELETED (ROW_POSITION NUMBER(18,0))",
)
_STREAM = """
CREATE OR REPLACE VIEW {name} AS
SELECT * FROM STAND_IN.{unread}
UNION ALL
SELECT * FROM {source} WHERE ROWID > (SELECT POSITION FROM STAND_IN.STREAM WHERE NAME = '{name}')
"""
_PENDING = """
INSERT INTO STAND_IN.{unread}
SELECT * FROM {source} WHERE ROWID > (SELECT POSITION FROM STAND_IN.STREAM WHERE NAME = '{name}')
"""
_ADVANCE = """
UPDATE STAND_IN.STREAM SET POSITION = (SELECT COALESCE(MAX(ROWID), -1) FROM {source}) WHERE NAME = '{name}'
"""
_REBUILT = """
CREATE OR REPLACE TABLE {source} AS
SELECT * FROM {source} WHERE ROWID NOT IN (SELECT ROW_POSITION FROM STAND_IN.DELETED)
"""
_READ = """
UPDATE STAND_IN.STREAM SET POSITION = (SELECT COUNT(*) - 1 FROM {source}) WHERE SOURCE = '{source}'
"""
_COMMENTS = """
SELECT column_name, comment FROM duckdb_columns()
WHERE schema_name || '.' || table_name = ? AND comment IS NOT NULL
"""
_DELETE = re.compile(
    r"\s*DELETE\s+FROM\s+(?P<table>\S+)(\s+USING\s+(?P<using>.+?))?(\s+WHERE\s+(?P<where>.+))?$",
    re.DOTALL | re.IGNORECASE,
)


class Streams:
    """Append-only streams: they give the rows inserted since they were last read, deleted ones too.

    https://docs.snowflake.com/en/user-guide/streams-intro#types-of-streams
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        for sql in _OF_ITS_OWN:
            database.run(sql)

    def create(self, name: str, source: str) -> None:
        """Make a stream that starts before the first row of `source`; one that is there stays as it is."""
        if self.exists(name):
            return
        unread = _unread(name)
        self._database.run(f"CREATE TABLE STAND_IN.{unread} AS SELECT * FROM {source} LIMIT 0")  # noqa: S608 - names of deployed SQL
        self._database.run("INSERT INTO STAND_IN.STREAM VALUES (%s, %s, -1)", (name, source))
        self._database.run(_STREAM.format(name=name, source=source, unread=unread))

    def exists(self, name: str) -> bool:
        """Tell whether a stream has this name."""
        return bool(self._database.run("SELECT 1 AS N FROM STAND_IN.STREAM WHERE NAME = %s", (name,)))

    def has_data(self, name: str) -> bool:
        """Answer SYSTEM$STREAM_HAS_DATA."""
        return bool(self._database.run(f"SELECT 1 AS N FROM {name} LIMIT 1"))  # noqa: S608 - a stream's name

    def advance(self, name: str) -> None:
        """Move the offset behind the last row."""
        (row,) = self._database.run("SELECT SOURCE FROM STAND_IN.STREAM WHERE NAME = %s", (name,))
        self._database.run(_ADVANCE.format(name=name, source=row["SOURCE"]))
        self._database.run(f"DELETE FROM STAND_IN.{_unread(name)}")  # noqa: S608 - a stream's name

    def delete(self, sql: str, params: Sequence[Any] = ()) -> Rows | None:
        """Run a DELETE from a table that has streams, and return its result; None: it is no such statement.

        What the streams have not read yet is kept for them. The table is made anew: an offset is a position
        in it, and after deletions DuckDB moves the rows that are left
        (https://duckdb.org/docs/stable/sql/statements/select#row-ids).
        """
        match = _DELETE.match(sql)
        source = match["table"].upper() if match else ""
        streams = self._on(source)
        if not match or not streams:
            return None
        with self._database.transaction():
            deleted = self._mark(source, match, params)
            if deleted:
                for name in streams:
                    unread = _unread(name)
                    self._database.run(_PENDING.format(name=name, source=source, unread=unread))
                self._rebuild(source)
        self._database.answer = [{"number of rows deleted": deleted}]
        return self._database.answer

    def _on(self, source: str) -> list[str]:
        rows = self._database.run("SELECT NAME FROM STAND_IN.STREAM WHERE SOURCE = %s", (source,))
        return [row["NAME"] for row in rows]

    def _mark(self, source: str, match: re.Match[str], params: Sequence[Any]) -> int:
        tables = ", ".join(filter(None, (source, match["using"])))
        rows = f"SELECT DISTINCT {source}.ROWID FROM {tables} WHERE {match['where'] or 'TRUE'}"  # noqa: S608 - the statement itself
        self._database.run("DELETE FROM STAND_IN.DELETED")
        self._database.execute(f"INSERT INTO STAND_IN.DELETED {rows}", params)
        (row,) = self._database.query("SELECT COUNT(*) AS N FROM STAND_IN.DELETED")
        return int(row["N"])

    def _rebuild(self, source: str) -> None:
        duck = self._database.duck
        comments = duck.execute(_COMMENTS, (source,)).fetchall()
        duck.execute(_REBUILT.format(source=source))
        for column, comment in comments:
            quoted = comment.replace("'", "''")
            duck.execute(f"COMMENT ON COLUMN {source}.{column} IS '{quoted}'")
        # Not the largest ROWID: within the transaction that makes them, rows have other ones.
        duck.execute(_READ.format(source=source))


def _unread(stream: str) -> str:
    """The table of rows that were deleted before `stream` gave them."""
    return "UNREAD_" + stream.replace(".", "_")
