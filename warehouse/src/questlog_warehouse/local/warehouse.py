"""The warehouse on the stand-in: deploy, load, run, ask. The demo and the tests use nothing else."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from questlog_warehouse import fx
from questlog_warehouse.local.deployment import connect_deliveries, deploy
from questlog_warehouse.local.ledger import Execution
from questlog_warehouse.local.loader import LoadReport, load
from questlog_warehouse.local.snowflake import LocalSnowflake
from questlog_warehouse.scripts import scripts

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class LocalWarehouse:
    """Questlog's warehouse in this process, in memory or kept in the folder `path`."""

    def __init__(self, path: Path | None = None) -> None:
        self._snowflake = LocalSnowflake(path)

    @property
    def ledger(self) -> tuple[Execution, ...]:
        """How each statement of `deploy` was executed, in order."""
        return tuple(self._snowflake.ledger)

    def deploy(self) -> None:
        """Run all SQL of the package; doing so again changes nothing."""
        deploy(self._snowflake, scripts())
        connect_deliveries(self._snowflake)

    def load(self, s3_client: "S3Client", bucket: str) -> LoadReport:
        """Land what Firehose wrote to `bucket` since the last call, under `events/` and `rejects/`."""
        return load(self._snowflake, s3_client, bucket)

    def load_rates(self, reporting: Sequence[str] = ("USD",), *, since: date = date.min) -> int:
        """Append the bank's rates into `reporting` currencies from day `since` on; return how many."""
        return fx.load_rates(self._snowflake, reporting, since=since)

    def run_tasks(self) -> None:
        """Type what was landed, drop duplicates and note rejects: every task once."""
        self._snowflake.run_tasks()

    def run_task(self, name: str) -> None:
        """Run one task now, such as `CORE.EXPIRE_EVENTS`, which waits for its time of the day.

        Raises:
            LookupError: when there is no such task.
        """
        self._snowflake.run_task(name)

    def execute(self, sql: str, params: Sequence[Any] = (), role: str | None = None) -> None:
        """Run a statement with `%s` parameters, as `query` does."""
        self._snowflake.execute(sql, params, role)

    def query(self, sql: str, params: Sequence[Any] = (), role: str | None = None) -> list[dict[str, Any]]:
        """Return the rows of a query with `%s` parameters: column name in capitals -> value.

        `role` is whose grants and masks apply, such as `QUESTLOG_ANALYST`; None: all rights, all values.

        Raises:
            AccessDeniedError: when the role may not.
            UnknownObjectError: when there is no such role.
        """
        return self._snowflake.query(sql, params, role)

    def transaction(self) -> AbstractContextManager[None]:
        """Commit what the block did, or none of it when it raises."""
        return self._snowflake.transaction()

    def close(self) -> None:
        """Release the database; one kept in a folder can be opened again."""
        self._snowflake.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
