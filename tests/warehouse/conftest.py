from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
from fakesnow.cursor import FakeSnowflakeCursor
from moto.server import ThreadedMotoServer
from sqlglot.expressions import Expr

from questlog_warehouse.local import LoadReport, LocalWarehouse
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


@pytest.fixture(scope="session", autouse=True)
def _each_statement_is_translated_once() -> Iterator[None]:
    """Remember what fakesnow makes of a statement for DuckDB: it takes most of a deployment's two seconds.

    Every test that deploys would have the same 300 statements translated again.
    """
    translate, known = FakeSnowflakeCursor._transform, dict[tuple[str | None, str | None, str], Expr]()

    def once(cursor: FakeSnowflakeCursor, statement: Expr, params: Any) -> Expr:
        if params:
            return translate(cursor, statement, params)
        key = cursor._conn.database, cursor._conn.schema, statement.sql(dialect="snowflake")
        if key not in known:
            known[key] = translate(cursor, statement, params)
        return known[key].copy()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeSnowflakeCursor, "_transform", once)
        yield


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


@pytest.fixture
def warehouse() -> Iterator[LocalWarehouse]:
    with LocalWarehouse() as deployed:
        deployed.deploy()
        yield deployed


@pytest.fixture
def pipeline(warehouse: LocalWarehouse, bucket: Bucket) -> Pipeline:
    return Pipeline(warehouse, bucket)
