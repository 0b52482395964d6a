"""Delivers lines to Kinesis Data Firehose; the only module that imports boto3."""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Self, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoRegionError
from botocore.exceptions import ConnectionError as NoConnectionError

from questlog_api.settings import Settings
from questlog_api.sinks import packing
from questlog_api.sinks.base import SinkUnavailable, Stream
from questlog_api.sinks.readiness import Readiness

if TYPE_CHECKING:
    from mypy_boto3_firehose import FirehoseClient

_Result = TypeVar("_Result")

_log = logging.getLogger(__name__)

_FIRST_PAUSE_SECONDS = 0.1
_DOUBLINGS = 5  # pauses end at 0.1 s * 2^5 = 3.2 s

# https://docs.aws.amazon.com/firehose/latest/APIReference/CommonErrors.html
_PASSING = frozenset({"LimitExceededException", "RequestLimitExceeded", "Throttling", "ThrottlingException"})
_SERVER_ERROR = 500
_NOT_FIREHOSE = "an answer that is not Firehose's"


class FirehoseSink:
    """Puts lines into one Firehose stream for events and one for rejects."""

    def __init__(
        self,
        client: "FirehoseClient",
        streams: Mapping[Stream, str],
        pack: packing.Pack,
        threads: int,
    ) -> None:
        self._client = client
        self._streams = streams
        self._pack = pack
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="firehose")
        self._readiness = Readiness(self._expect_all_active)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Return a sink for the streams in `settings`; credentials are found as boto3 always does."""
        streams = {Stream.EVENTS: settings.events_stream, Stream.REJECTS: settings.rejects_stream}
        pack = packing.PACKINGS[settings.packing]
        return cls(_client(settings), streams, pack, settings.firehose_connections)

    async def put(self, stream: Stream, lines: Sequence[bytes], deadline: float) -> None:
        """Store `lines`; retries what Firehose did not take until `deadline`."""
        for records in packing.calls(self._pack(lines)):
            await self._deliver(self._streams[stream], records, deadline)

    async def check(self) -> None:
        """Return when both streams are active."""
        await self._readiness.check()

    async def close(self) -> None:
        """Wait for the calls under way and close the connections."""
        await asyncio.to_thread(self._threads.shutdown)
        await self._readiness.close()
        self._client.close()

    async def _deliver(self, name: str, records: list[bytes], deadline: float) -> None:
        for attempt in count():
            records, error = await self._run(partial(self._put_records, name, records, deadline))
            if not records:
                return
            _log.warning("%s did not take %d records: %s", name, len(records), error)
            await _pause(attempt, deadline)

    def _put_records(
        self, name: str, records: list[bytes], deadline: float
    ) -> tuple[list[bytes], str | None]:
        """Return the records Firehose did not take and one of its reasons; blocks for one call."""
        if monotonic() >= deadline:
            raise SinkUnavailable(f"no connection to {name} was free in time")
        try:
            answer = self._client.put_record_batch(
                DeliveryStreamName=name, Records=[{"Data": record} for record in records]
            )
        except Exception as error:  # noqa: BLE001 - boto3's parser stumbles over a stranger's answer in many ways
            return records, _passing_error(error)
        # FailedPutCount says that some failed; which ones, only the results say, in the order of the records.
        results = answer.get("RequestResponses", [])
        if len(results) != len(records):
            return records, _NOT_FIREHOSE
        # Only an id says that Firehose has the record.
        failed = [
            (record, result.get("ErrorCode", _NOT_FIREHOSE))
            for record, result in zip(records, results, strict=True)
            if not result.get("RecordId")
        ]
        return [record for record, _ in failed], failed[0][1] if failed else None

    def _expect_all_active(self) -> None:
        for name in self._streams.values():
            self._expect_active(name)

    def _expect_active(self, name: str) -> None:
        try:
            answer = self._client.describe_delivery_stream(DeliveryStreamName=name)
            status = answer["DeliveryStreamDescription"]["DeliveryStreamStatus"]
        except Exception as error:
            raise SinkUnavailable(f"Firehose stream {name}: {_code(error)}") from error
        if status != "ACTIVE":
            raise SinkUnavailable(f"Firehose stream {name} is {status}")

    async def _run(self, call: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


def _client(settings: Settings) -> "FirehoseClient":
    config = Config(
        connect_timeout=settings.firehose_call_seconds,
        read_timeout=settings.firehose_call_seconds,
        max_pool_connections=settings.firehose_connections + 1,  # one for the readiness
        # The sink retries itself: boto3 cannot retry single records, and two layers of retries multiply.
        retries={"mode": "standard", "total_max_attempts": 1},
        tcp_keepalive=True,
    )
    try:
        return boto3.session.Session().client(
            "firehose",
            region_name=settings.aws_region,
            endpoint_url=settings.firehose_endpoint_url,
            config=config,
        )
    except NoRegionError as error:
        raise ValueError("the region of the streams is not known: set QUESTLOG_AWS_REGION") from error


async def _pause(attempt: int, deadline: float) -> None:
    # Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    seconds = random.uniform(0, _FIRST_PAUSE_SECONDS * 2 ** min(attempt, _DOUBLINGS))
    if monotonic() + seconds > deadline:
        raise SinkUnavailable("Firehose did not take all records in time")
    await asyncio.sleep(seconds)


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
