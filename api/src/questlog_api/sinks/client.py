"""One call to Kinesis Data Firehose and what its answer means; the only module that imports boto3."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import boto3
import orjson
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoRegionError
from botocore.exceptions import ConnectionError as NoConnectionError

from questlog_api.settings import Settings
from questlog_api.sinks.base import SinkUnavailable

if TYPE_CHECKING:
    from mypy_boto3_firehose import FirehoseClient

# https://docs.aws.amazon.com/firehose/latest/APIReference/CommonErrors.html
_PASSING = frozenset({"LimitExceededException", "RequestLimitExceeded", "Throttling", "ThrottlingException"})
_SERVER_ERROR = 500
# https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatchResponseEntry.html
_RECORD_ERRORS = frozenset({"ServiceUnavailableException", "InternalFailure"})
_NOT_FIREHOSE = "an answer that is not Firehose's"


class Client:
    """Firehose in one region; every method blocks for one call."""

    def __init__(self, boto: "FirehoseClient") -> None:
        self._boto = boto
        for event, replace in (("before-parameter-build", _set_records_aside), ("before-call", _write_body)):
            boto.meta.events.register(f"{event}.firehose.PutRecordBatch", replace)

    @classmethod
    def from_settings(cls, settings: Settings, connections: int) -> Self:
        """Return a client with at most so many connections; credentials are found as boto3 always does.

        Raises:
            ValueError: when the region is not known, or boto3 cannot make a client of what is set.
        """
        config = Config(
            connect_timeout=settings.firehose_call_seconds,
            read_timeout=settings.firehose_call_seconds,
            max_pool_connections=connections,
            # The sink retries itself: boto3 cannot retry single records, and two layers of retries multiply.
            retries={"mode": "standard", "total_max_attempts": 1},
            tcp_keepalive=True,
            parameter_validation=False,  # what is sent is not what boto3 would see: `_set_records_aside`
        )
        try:
            return cls(
                boto3.session.Session().client(
                    "firehose",
                    region_name=settings.aws_region,
                    endpoint_url=settings.firehose_endpoint_url,
                    config=config,
                )
            )
        except NoRegionError as error:
            raise ValueError("the region of the streams is not known: set QUESTLOG_AWS_REGION") from error
        except BotoCoreError as error:
            raise ValueError(
                f"boto3 cannot make a client for Firehose ({type(error).__name__}): set AWS_PROFILE, "
                "QUESTLOG_AWS_REGION and the other AWS_* variables to what there is, or leave them out"
            ) from error
        except ValueError as error:
            # boto3's message quotes the URL, which may have a password.
            raise ValueError(
                "QUESTLOG_FIREHOSE_ENDPOINT_URL is not a URL that boto3 takes: set it like "
                "https://firehose.eu-west-1.amazonaws.com, or leave it out"
            ) from error

    def put(self, name: str, records: Sequence[bytes]) -> list[str | None]:
        """Put `records` into the stream called `name`; return for each why it was not taken, None if it was.

        Raises:
            SinkUnavailable: when Firehose refuses the call, so that trying again does not help.
        """
        try:
            answer = self._boto.put_record_batch(
                DeliveryStreamName=name, Records=[{"Data": record} for record in records]
            )
            # FailedPutCount says that some failed; which ones, only the results say, in the records' order.
            reasons = [_reason(result) for result in answer["RequestResponses"]]
        except Exception as error:  # noqa: BLE001 - a stranger's answer breaks boto3's parser in many ways
            return [_passing_error(error)] * len(records)
        return reasons if len(reasons) == len(records) else [_NOT_FIREHOSE] * len(records)

    def expect_active(self, name: str) -> None:
        """Return when the stream called `name` takes records; otherwise raise `SinkUnavailable`."""
        try:
            answer = self._boto.describe_delivery_stream(DeliveryStreamName=name)
            status = answer["DeliveryStreamDescription"]["DeliveryStreamStatus"]
        except Exception as error:
            raise SinkUnavailable(f"Firehose stream {name}: {_code(error)}") from error
        if status != "ACTIVE":
            raise SinkUnavailable(f"Firehose stream {name} is {status}")

    def close(self) -> None:
        """Close the connections."""
        self._boto.close()


# boto3 writes a body with the standard library's json, which takes half of the CPU of a large call. So
# records go around its serializer, by its own events:
# https://docs.aws.amazon.com/boto3/latest/guide/events.html


def _set_records_aside(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    context["questlog_records"] = params["Records"]
    params["Records"] = []


def _write_body(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    records = [{"Data": b64encode(record["Data"]).decode()} for record in context["questlog_records"]]
    params["body"] = orjson.dumps({**orjson.loads(params["body"]), "Records": records})


def _reason(result: Mapping[str, Any]) -> str | None:
    """Return why a record was not taken; only an id says that Firehose has it."""
    if result.get("RecordId"):
        return None
    code = result.get("ErrorCode")
    return code if code in _RECORD_ERRORS else _NOT_FIREHOSE


def _passing_error(error: Exception) -> str:
    """Return what to call `error`; raises `SinkUnavailable` when waiting does not help."""
    if isinstance(error, ClientError):
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        passes = status >= _SERVER_ERROR or _code(error) in _PASSING
    else:
        # Passes when the answer is missing or unreadable; the rest is boto3's own refusal.
        passes = not isinstance(error, BotoCoreError) or isinstance(
            error, NoConnectionError | HTTPClientError
        )
    if not passes:
        raise SinkUnavailable(f"Firehose refuses the call: {_code(error)}") from error
    return _code(error)


def _code(error: Exception) -> str:
    # Never the message: it may quote a record.
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"]
    return type(error).__name__ if isinstance(error, BotoCoreError) else _NOT_FIREHOSE
