"""A Snowflake of its own in this process: fakesnow (DuckDB), and what fakesnow lacks.

| module | what is in it |
|---|---|
| `statements`, `access_statements` | all statements the project deploys, and how each is executed |
| `rewrites` | what is changed in Snowflake's SQL before fakesnow sees it |
| `streams`, `tasks` | offsets and deleted rows; statements that wait |
| `access` | roles, privileges, tags, masking policies |
| `as_role` | statements as a role would run them |
| `ledger` | the four ways in which a statement is executed |
| `database`, `cursor` | fakesnow and DuckDB themselves |
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from questlog_warehouse.local import as_role, kept
from questlog_warehouse.local.database import Database, Rows
from questlog_warehouse.local.ledger import Execution
from questlog_warehouse.local.statement import Parts
from questlog_warehouse.local.statements import execute
from questlog_warehouse.local.streams import Streams
from questlog_warehouse.local.tasks import Tasks
from questlog_warehouse.splitting import split


class LocalSnowflake:
    """A fresh Snowflake database, or the one kept in the folder `path`."""

    def __init__(self, path: Path | None = None) -> None:
        self.database = Database(path)
        self.access = kept.read(self.database)
        self._streams = Streams(self.database)
        self._tasks = Tasks(self.database, self._streams)
        self.ledger: list[Execution] = []

    def run_script(self, text: str) -> None:
        """Execute the statements of a script, one after the other.

        Raises:
            UnknownStatementError: for a statement that is none of those the project deploys.
            UnknownObjectError: for one that names a role or an object that does not exist.
        """
        parts = Parts(self.database, self._streams, self._tasks, self.access)
        try:
            for sql in split(text):
                self.ledger.append(execute(parts, sql))
        finally:
            kept.write(self.database, self.access)

    def execute(self, sql: str, params: Sequence[Any] = (), role: str | None = None) -> None:
        """Execute one statement with `%s` parameters, as `query` does."""
        self.query(sql, params, role)

    def query(self, sql: str, params: Sequence[Any] = (), role: str | None = None) -> Rows:
        """Return the rows of a query, column name in capitals -> value; whole numbers as int.

        With a `role` it has only what that role was granted, and sees what masking policies leave of values.
        It may query and change rows; policies are not applied within a change. None: all rights, all values.

        Raises:
            AccessDeniedError: when the role may not.
            UnknownObjectError: when there is no such role.
        """
        if role is not None:
            as_role.demand(self.access, self.database, role, sql)
            if as_role.is_query(sql):
                return as_role.ask(self.access, self.database, role, sql, params)
        deleted = self._streams.delete(sql, params)
        return self.database.query(sql, params) if deleted is None else deleted

    def run_tasks(self) -> None:
        """Run each resumed task whose stream has rows, once; then the offset of the stream moves."""
        self._tasks.run_all()

    def run_task(self, name: str) -> None:
        """Run one task now, such as one that waits for its time of the day.

        Raises:
            LookupError: when there is no such task.
        """
        self._tasks.run(name)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block did, or none of it when it raises."""
        with self.database.transaction():
            yield

    def close(self) -> None:
        """Release the database; one kept in a folder can be opened again."""
        self.database.close()
