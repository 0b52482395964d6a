"""The whole pipeline on this machine: AWS, the API and Snowflake, each as real as it can be here."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from questlog_warehouse.local import LocalWarehouse
from tests.pipeline.aws import BUCKET, LocalAws, local_aws
from tests.pipeline.service import Service, firehose_settings, running_service

REPORTING = ("USD",)
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Pipeline:
    """Everything between a game and an analyst, running."""

    aws: LocalAws
    service: Service
    warehouse: LocalWarehouse

    def load(self) -> None:
        """Move what Firehose wrote into the warehouse, and run its tasks."""
        self.warehouse.load(self.aws.client("s3"), BUCKET)
        self.warehouse.run_tasks()


@contextmanager
def running_pipeline(
    tell: Tell = lambda _: None, reporting: Sequence[str] = REPORTING, keep: Path | None = None
) -> Iterator[Pipeline]:
    """Start all parts, `tell` what is going on, and stop them in the end; no `reporting`, no rates.

    The warehouse is kept in the folder `keep`, where one of before is deleted; None: it ends with the rest.
    """
    if keep:
        shutil.rmtree(keep, ignore_errors=True)
        keep.mkdir(parents=True)
    tell("Firehose and S3 (moto, over HTTP)")
    with local_aws() as aws:
        tell("the API (uvicorn, a process of its own)")
        with running_service(firehose_settings(aws)) as service:
            tell("Snowflake (fakesnow), deploying every generated statement")
            with LocalWarehouse(keep) as warehouse:
                warehouse.deploy()
                if reporting:
                    tell("exchange rates of the European Central Bank")
                    warehouse.load_rates(reporting=reporting)
                yield Pipeline(aws, service, warehouse)
