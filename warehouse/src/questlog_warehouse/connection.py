"""A warehouse in an account of Snowflake, over its own connector. Needs the extra `account`."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from snowflake.connector import SnowflakeConnection


class ConnectedWarehouse:
    """The database and role a connection uses, as the commands want it."""

    def __init__(self, connection: "SnowflakeConnection") -> None:
        self._connection = connection

    @classmethod
    def of(cls, name: str) -> Self:
        """Connect as the section `name` of connections.toml says; it names database, role and warehouse.

        Raises:
            snowflake.connector.Error: when there is no such section, or the account does not let it in.
        """
        import snowflake.connector  # noqa: PLC0415 - it takes a second, and an extra

        return cls(snowflake.connector.connect(connection_name=name))

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Run a statement with `%s` parameters."""
        self._run(sql, params)

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query with `%s` parameters: column name in capitals -> value."""
        return self._run(sql, params)

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
        """End the session; what a transaction left open is undone."""
        self._connection.close()

    def _run(self, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        from snowflake.connector.cursor import DictCursor  # noqa: PLC0415 - as above

        with closing(self._connection.cursor(DictCursor)) as cursor:
            # Without parameters a percent sign is itself: the connector formats only what has some.
            cursor.execute(sql, tuple(params) or None)
            return cursor.fetchall()
