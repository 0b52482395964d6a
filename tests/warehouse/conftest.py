from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from questlog_warehouse.local import LoadReport, LocalWarehouse
from questlog_warehouse.local.ledger import Execution
from questlog_warehouse.local.tasks import Task
from tests.warehouse.lines import body

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class Bucket:
    """A bucket of its own on the S3 of this machine, as Firehose fills it."""

    s3: "S3Client"
    name: str

    def put(self, key: str, content: bytes) -> None:
        self.s3.put_object(Bucket=self.name, Key=key, Body=content)

    def deliver(self, *lines: Mapping[str, Any], prefix: str = "events") -> None:
        self.put(f"{prefix}/{uuid4()}", body(*lines))


@dataclass(frozen=True)
class Pipeline:
    """A deployed warehouse and the bucket it loads from."""

    warehouse: LocalWarehouse
    bucket: Bucket

    def load(self) -> LoadReport:
        return self.warehouse.load(self.bucket.s3, self.bucket.name)

    def take(self, *lines: Mapping[str, Any]) -> None:
        """Deliver lines of accepted events, load them and run all tasks."""
        self.bucket.deliver(*lines)
        self.load()
        self.warehouse.run_tasks()


@pytest.fixture(scope="session")
def s3() -> Iterator["S3Client"]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    session = boto3.session.Session("test", "test", region_name="us-east-1")
    with closing(session.client("s3", endpoint_url=f"http://{host}:{port}")) as client:
        yield client
    server.stop()


@pytest.fixture
def bucket(s3: "S3Client") -> Bucket:
    name = f"questlog-{uuid4()}"
    s3.create_bucket(Bucket=name)
    return Bucket(s3, name)


@dataclass(frozen=True)
class Template:
    """A warehouse that is deployed and empty, in a folder: a copy takes a twentieth of the time."""

    folder: Path
    tasks: Mapping[str, Task]
    ledger: tuple[Execution, ...]

    @classmethod
    def made(cls, folder: Path) -> Self:
        with LocalWarehouse(folder) as warehouse:
            warehouse.deploy()
            return cls(folder, warehouse._snowflake._tasks._tasks, warehouse.ledger)

    @contextmanager
    def copied(self, folder: Path) -> Iterator[LocalWarehouse]:
        """Open a copy in `folder`, as if it had just been deployed."""
        with LocalWarehouse(copytree(self.folder, folder)) as warehouse:
            warehouse._snowflake.ledger.extend(self.ledger)
            for name, task in self.tasks.items():
                warehouse._snowflake._tasks.create(name, replace(task))
            yield warehouse


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template.made(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def shared_warehouse(
    template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalWarehouse]:
    """One for all tests of a file."""
    with template.copied(tmp_path_factory.mktemp("shared") / "warehouse") as warehouse:
        yield warehouse


@pytest.fixture
def warehouse(template: Template, tmp_path: Path) -> Iterator[LocalWarehouse]:
    with template.copied(tmp_path / "warehouse") as warehouse:
        yield warehouse


@pytest.fixture
def pipeline(warehouse: LocalWarehouse, bucket: Bucket) -> Pipeline:
    return Pipeline(warehouse, bucket)
