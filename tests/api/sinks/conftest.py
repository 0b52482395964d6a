import gzip
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from questlog_api import Settings

if TYPE_CHECKING:
    from mypy_boto3_firehose import FirehoseClient
    from mypy_boto3_s3 import S3Client

REGION: Final = "eu-central-1"
_GZIP: Final = b"\x1f\x8b"  # RFC 1952, section 2.3.1


def soon(seconds: float = 15) -> float:
    """A deadline for `put`."""
    return monotonic() + seconds


@dataclass(frozen=True)
class Aws:
    """Firehose and S3 on this machine, with a bucket and two streams of their own."""

    url: str
    bucket: str
    firehose: "FirehoseClient"
    s3: "S3Client"

    def stream(self, prefix: str) -> str:
        return f"{self.bucket}-{prefix}"

    def create_stream(self, prefix: str) -> None:
        self.firehose.create_delivery_stream(
            DeliveryStreamName=self.stream(prefix),
            ExtendedS3DestinationConfiguration={
                "RoleARN": "arn:aws:iam::123456789012:role/firehose",
                "BucketARN": f"arn:aws:s3:::{self.bucket}",
                "Prefix": f"{prefix}/",
            },
        )

    def lines(self, prefix: str) -> list[bytes]:
        """Lines in S3; those of one call are in their order."""
        return b"".join(map(_text, self.objects(prefix))).splitlines(keepends=True)

    def objects(self, prefix: str) -> list[bytes]:
        """What is in S3 as it is there: one object a call."""
        objects = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=f"{prefix}/").get("Contents", [])
        return [self.s3.get_object(Bucket=self.bucket, Key=entry["Key"])["Body"].read() for entry in objects]


def _text(content: bytes) -> bytes:
    return gzip.decompress(content) if content.startswith(_GZIP) else content


@pytest.fixture(scope="session")
def cloud() -> Iterator[tuple[str, "FirehoseClient", "S3Client"]]:
    """An endpoint that is both services, and a client of each."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    session = boto3.session.Session("test", "test", region_name=REGION)
    with (
        closing(session.client("firehose", endpoint_url=url)) as firehose,
        closing(session.client("s3", endpoint_url=url)) as s3,
    ):
        yield url, firehose, s3
    server.stop()


@pytest.fixture
def aws(cloud: tuple[str, "FirehoseClient", "S3Client"], monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    url, firehose, s3 = cloud
    aws = Aws(url, f"questlog-{uuid4()}", firehose, s3)
    s3.create_bucket(Bucket=aws.bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    aws.create_stream("events")
    aws.create_stream("rejects")
    yield aws
    for prefix in ("events", "rejects"):
        firehose.delete_delivery_stream(DeliveryStreamName=aws.stream(prefix))


@pytest.fixture
def aws_settings(aws: Aws, settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "aws_region": REGION,
            "firehose_endpoint_url": aws.url,
            "events_stream": aws.stream("events"),
            "rejects_stream": aws.stream("rejects"),
        }
    )
