import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from tests.load.firehose import Firehose, firehose

if TYPE_CHECKING:
    from mypy_boto3_firehose import FirehoseClient

STREAM = "questlog-events"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firehose]:
    with firehose(keep=tmp_path_factory.mktemp("kept"), seed=1) as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(running: Firehose) -> Firehose:
    running.fail()
    return running


@pytest.fixture(scope="module")
def client(running: Firehose) -> Iterator["FirehoseClient"]:
    client = boto3.client(
        "firehose",
        endpoint_url=running.url,
        region_name="eu-west-1",
        aws_access_key_id="stand-in",
        aws_secret_access_key="stand-in",
        config=Config(read_timeout=0.5, retries={"total_max_attempts": 1}),
    )
    yield client
    client.close()


def put(client: "FirehoseClient", *records: bytes) -> list[str | None]:
    """Put records in one call; return the error of each, None for those that were taken."""
    answer = client.put_record_batch(
        DeliveryStreamName=STREAM, Records=[{"Data": record} for record in records]
    )
    errors = [result.get("ErrorCode") for result in answer["RequestResponses"]]
    assert answer["FailedPutCount"] == len(errors) - errors.count(None)
    return errors


def kept(stand_in: Firehose, *lines: bytes) -> list[bool]:
    there = set(stand_in.lines(STREAM))
    return [line in there for line in lines]


def test_what_was_taken_is_in_the_file_of_its_stream(stand_in: Firehose, client: "FirehoseClient") -> None:
    assert put(client, b"one\n", b"two\nthree\n") == [None, None]

    assert stand_in.lines(STREAM)[-3:] == [b"one", b"two", b"three"]


def test_a_record_of_one_call_is_kept_as_well(stand_in: Firehose, client: "FirehoseClient") -> None:
    assert client.put_record(DeliveryStreamName=STREAM, Record={"Data": b"alone\n"})["RecordId"]

    assert stand_in.lines(STREAM)[-1:] == [b"alone"]


def test_zipped_records_are_kept_as_their_lines(stand_in: Firehose, client: "FirehoseClient") -> None:
    put(client, gzip.compress(b"four\n") + gzip.compress(b"five\n"))

    assert stand_in.lines(STREAM)[-2:] == [b"four", b"five"]


def test_a_stream_is_active(client: "FirehoseClient") -> None:
    answer = client.describe_delivery_stream(DeliveryStreamName=STREAM)

    assert answer["DeliveryStreamDescription"]["DeliveryStreamStatus"] == "ACTIVE"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("throttle", "ThrottlingException"),
        ("error", "InternalFailure"),
        ("outage", "ServiceUnavailableException"),
    ],
)
def test_a_call_that_fails_keeps_nothing(
    stand_in: Firehose, client: "FirehoseClient", fault: str, code: str
) -> None:
    stand_in.fail(**{fault: 1})

    with pytest.raises(ClientError) as raised:
        put(client, f"{fault}\n".encode())

    assert raised.value.response["Error"]["Code"] == code
    assert kept(stand_in, fault.encode()) == [False]


def test_a_timeout_after_success_keeps_the_records(stand_in: Firehose, client: "FirehoseClient") -> None:
    stand_in.fail(timeout_after_success=1)

    with pytest.raises(ReadTimeoutError):
        put(client, b"timed out\n")

    assert kept(stand_in, b"timed out") == [True]


def test_a_reset_keeps_the_records_or_does_not(stand_in: Firehose, client: "FirehoseClient") -> None:
    stand_in.fail(reset=1)
    lines = [b"reset %d" % number for number in range(20)]

    for line in lines:
        with pytest.raises(ConnectionClosedError):
            put(client, line + b"\n")

    assert set(kept(stand_in, *lines)) == {True, False}


def test_of_a_partial_failure_only_the_records_with_an_id_are_kept(
    stand_in: Firehose, client: "FirehoseClient"
) -> None:
    stand_in.fail(partial=1)
    lines = [b"partial %d" % number for number in range(50)]

    errors = put(client, *(line + b"\n" for line in lines))

    assert set(errors) == {None, "ServiceUnavailableException"}
    assert kept(stand_in, *lines) == [error is None for error in errors]


def test_faults_are_counted_by_kind_and_records_only_when_taken(
    stand_in: Firehose, client: "FirehoseClient"
) -> None:
    before = stand_in.counts()
    put(client, b"counted\n", b"counted\n")
    stand_in.fail(outage=1)
    with pytest.raises(ClientError):
        put(client, b"not counted\n")

    after = stand_in.counts()

    assert after["calls"] - before["calls"] == 2
    assert after["records"] - before["records"] == 2
    assert after["faults"]["outage"] == before["faults"].get("outage", 0) + 1


@pytest.mark.parametrize(
    "faults", [{"flood": 1}, {"reset": 0.7, "error": 0.7}, {"reset": -0.1}, {"reset": "x"}]
)
def test_faults_that_cannot_be_are_refused(stand_in: Firehose, faults: dict[str, object]) -> None:
    assert httpx.post(f"{stand_in.url}/faults", json=faults).status_code == 400


def test_without_a_folder_records_are_only_counted() -> None:
    with firehose() as stand_in:
        body = b'{"DeliveryStreamName":"s","Records":[{"Data":"YQ=="},{"Data":"Yg=="}]}'
        headers = {"X-Amz-Target": "Firehose_20150804.PutRecordBatch"}
        answer = httpx.post(stand_in.url, content=body, headers=headers).json()

        assert len(answer["RequestResponses"]) == 2
        assert stand_in.counts()["streams"] == {"s": 2}
        with pytest.raises(ValueError, match="keep="):
            stand_in.lines("s")


def test_a_stand_in_that_cannot_start_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(RuntimeError, match="ended before it was ready"),
        firehose(keep=tmp_path / "file" / "folder"),
    ):
        pass
