"""What the commands need of a warehouse, local or in an account."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Warehouse(Protocol):
    """A deployed Questlog database of Snowflake."""

    def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Run a statement with `%s` parameters."""

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query with `%s` parameters: column name in capitals -> value."""

    def transaction(self) -> AbstractContextManager[None]:
        """Commit what the block did, or none of it when it raises."""
