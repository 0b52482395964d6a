"""moto as Firehose and S3: real boto3 over HTTP on a free loopback port, with AWS's limits put back.

moto accepts what AWS refuses and never fails a record, so both are added to its backend here, in-process.
Limits: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from unittest import mock

import boto3
from moto.firehose.exceptions import InvalidArgumentException
from moto.firehose.models import FirehoseBackend, firehose_backends
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

MAX_RECORDS = 500
MAX_CALL_BYTES = 4 * 1024 * 1024
MAX_RECORD_BYTES = 1000 * 1024
REGION = "eu-west-1"
BUCKET = "questlog"
EVENTS_STREAM = "questlog-events"
STREAMS = {EVENTS_STREAM: "events/", "questlog-rejects": "rejects/"}
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "NO_PROXY": "127.0.0.1",
    "no_proxy": "127.0.0.1",
}
"""What a process needs that talks to the stand-in, whatever this machine is set up for."""

Records = Sequence[Mapping[str, bytes]]
Fault = Callable[[int, int], bool]
"""(number of the call, index of the record) -> does Firehose throttle this record?"""


@dataclass
class Firehose:
    """What the stand-in was asked to do, and the fault it shall inject next; None is none."""

    fault: Fault | None = None
    calls: int = 0
    throttled: int = 0
    delivered: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """Calls, and the records that were delivered and throttled."""
        return {"calls": self.calls, "delivered": self.delivered, "throttled": self.throttled}

    def put(self, deliver: Callable[[Records], dict[str, Any]], records: Records) -> dict[str, Any]:
        """Deliver the records the fault spares and answer as Firehose does, in the order of the request."""
        _check_limits(records)
        self.calls += 1
        failed = {i for i in range(len(records)) if self.fault and self.fault(self.calls, i)}
        taken = [record for i, record in enumerate(records) if i not in failed]
        results = iter(deliver(taken)["RequestResponses"] if taken else [])
        self.throttled += len(failed)
        self.delivered += len(taken)
        answers = [_THROTTLED if i in failed else next(results) for i in range(len(records))]
        return {"FailedPutCount": len(failed), "Encrypted": False, "RequestResponses": answers}


_THROTTLED = {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}


def _check_limits(records: Records) -> None:
    sizes = [len(record["Data"]) for record in records]
    if not 1 <= len(records) <= MAX_RECORDS:
        raise InvalidArgumentException(f"{len(records)} records: must be 1 to {MAX_RECORDS}")
    if max(sizes) > MAX_RECORD_BYTES or min(sizes) < 1:
        raise InvalidArgumentException(f"a record must have 1 to {MAX_RECORD_BYTES} bytes")
    if sum(sizes) > MAX_CALL_BYTES:
        raise InvalidArgumentException(f"a call must have at most {MAX_CALL_BYTES} bytes")


@dataclass(frozen=True)
class LocalAws:
    """A running stand-in: its address, its bucket, and a handle on its Firehose."""

    endpoint: str
    firehose: Firehose

    def client(self, service: Literal["firehose", "s3"]) -> Any:
        """Return a boto3 client of the stand-in."""
        connect: Callable[..., Any] = boto3.Session(region_name=REGION).client
        return connect(service, endpoint_url=self.endpoint)

    def objects(self, prefix: str) -> bytes:
        """Return what Firehose wrote below `prefix`, in the order it arrived."""
        s3 = self.client("s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        found = [entry for page in pages for entry in page.get("Contents", [])]
        ordered = sorted(found, key=lambda entry: entry["LastModified"])
        return b"".join(s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read() for entry in ordered)


@contextmanager
def local_aws() -> Iterator[LocalAws]:
    """Run the stand-in with an empty bucket and both streams, then stop it."""
    firehose = Firehose()
    original = FirehoseBackend.put_record_batch

    def put_record_batch(backend: FirehoseBackend, name: str, records: Records) -> dict[str, Any]:
        return firehose.put(lambda taken: original(backend, name, list(taken)), records)  # type: ignore[arg-type]  # moto wants dicts

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # one line a request is no news
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    with (
        mock.patch.dict(os.environ, ENVIRONMENT),
        mock.patch.object(FirehoseBackend, "put_record_batch", put_record_batch),
    ):
        os.environ.pop("AWS_PROFILE", None)
        server.start()
        host, port = server.get_host_and_port()
        try:
            aws = LocalAws(f"http://{host}:{port}", firehose)
            _create(aws)
            yield aws
        finally:
            _forget()
            server.stop()


def _forget() -> None:
    """Drop what moto keeps for the whole process, so that the next stand-in starts empty."""
    for backends in (firehose_backends, s3_backends):
        backends.reset()


def _create(aws: LocalAws) -> None:
    aws.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    for name, prefix in STREAMS.items():
        destination = {
            "RoleARN": f"arn:aws:iam::{'1' * 12}:role/firehose",
            "BucketARN": f"arn:aws:s3:::{BUCKET}",
        }
        aws.client("firehose").create_delivery_stream(
            DeliveryStreamName=name,
            DeliveryStreamType="DirectPut",
            ExtendedS3DestinationConfiguration={**destination, "Prefix": prefix},
        )
