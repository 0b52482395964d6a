from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.pipeline.aws import EVENTS_STREAM, MAX_RECORD_BYTES, LocalAws, local_aws


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    with local_aws() as aws:
        yield aws


@pytest.mark.parametrize(
    "records",
    [
        [b"x\n"] * 501,
        [b"x" * (MAX_RECORD_BYTES + 1)],
        [b"x" * MAX_RECORD_BYTES] * 5,
    ],
    ids=["too many records", "a record too large", "a call too large"],
)
def test_what_aws_refuses_the_stand_in_refuses(aws: LocalAws, records: list[bytes]) -> None:
    with pytest.raises(ClientError, match="InvalidArgumentException"):
        put(aws, records)


def test_a_throttled_record_is_answered_in_its_place_and_not_written(aws: LocalAws) -> None:
    aws.firehose.fault = lambda _, index: index == 1
    answer = put(aws, [b"first\n", b"second\n", b"third\n"])
    aws.firehose.fault = None
    assert answer["FailedPutCount"] == 1
    assert ["ErrorCode" in result for result in answer["RequestResponses"]] == [False, True, False]
    assert aws.objects("events/") == b"first\nthird\n"


def put(aws: LocalAws, records: list[bytes]) -> dict[str, Any]:
    entries = [{"Data": record} for record in records]
    answer: dict[str, Any] = aws.client("firehose").put_record_batch(
        DeliveryStreamName=EVENTS_STREAM, Records=entries
    )
    return answer
