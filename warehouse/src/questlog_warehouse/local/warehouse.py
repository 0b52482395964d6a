"""The warehouse on the stand-in: deploy, load, run, ask. The demo and the tests use nothing else."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from questlog_warehouse import fx
from questlog_warehouse.local.deployment import deploy
from questlog_warehouse.local.loader import LoadReport, load
from questlog_warehouse.local.snowflake import Execution, LocalSnowflake
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

    def load(self, s3_client: "S3Client", bucket: str) -> LoadReport:
        """Land what Firehose wrote to `bucket` since the last call, under `events/` and `rejects/`."""
        return load(self._snowflake, s3_client, bucket)

    def load_rates(self, reporting: Sequence[str] = ("USD",), *, since: date = date.min) -> int:
        """Append the bank's rates into `reporting` currencies from day `since` on; return how many."""
        return fx.load_rates(self._snowflake, reporting, since=since)

    def run_tasks(self) -> None:
        """Type what was landed, drop duplicates and note rejects: every task once."""
        self._snowflake.run_tasks()

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query with `%s` parameters: column name in capitals -> value."""
        return self._snowflake.query(sql, params)

    def close(self) -> None:
        """Release the database; one kept in a folder can be opened again."""
        self._snowflake.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
