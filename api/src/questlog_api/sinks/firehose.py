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

if TYPE_CHECKING:
    from mypy_boto3_firehose import FirehoseClient

_Result = TypeVar("_Result")

_log = logging.getLogger(__name__)

_FIRST_PAUSE_SECONDS = 0.1
_DOUBLINGS = 5  # pauses end at 0.1 s * 2^5 = 3.2 s
_CHECK_SECONDS = 30  # DescribeDeliveryStream has a quota of 5 calls a second an account

# https://docs.aws.amazon.com/firehose/latest/APIReference/CommonErrors.html
_PASSING = frozenset({"LimitExceededException", "RequestLimitExceeded", "Throttling", "ThrottlingException"})
_SERVER_ERROR = 500


class FirehoseSink:
    """Puts lines into one Firehose stream for events and one for rejects."""

    def __init__(
        self,
        client: "FirehoseClient",
        streams: Mapping[Stream, str],
        pack: packing.Pack,
        *,
        seconds: float,
        threads: int,
    ) -> None:
        self._client = client
        self._streams = streams
        self._pack = pack
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="firehose")
        self._active_until = 0.0

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Return a sink for the streams in `settings`; credentials are found as boto3 always does."""
        streams = {Stream.EVENTS: settings.events_stream, Stream.REJECTS: settings.rejects_stream}
        return cls(
            _client(settings),
            streams,
            packing.PACKINGS[settings.packing],
            seconds=settings.delivery_seconds,
            threads=settings.firehose_connections,
        )

    async def put(self, stream: Stream, lines: Sequence[bytes]) -> None:
        """Store `lines`; retries what Firehose did not take until the time is over."""
        deadline = monotonic() + self._seconds
        for records in packing.calls(self._pack(lines)):
            await self._deliver(self._streams[stream], records, deadline)

    async def check(self) -> None:
        """Return when both streams are active; a good answer is believed for `_CHECK_SECONDS`."""
        if monotonic() < self._active_until:
            return
        for name in self._streams.values():
            await self._run(partial(self._expect_active, name))
        self._active_until = monotonic() + _CHECK_SECONDS

    async def close(self) -> None:
        """Wait for the calls under way and close the connections."""
        await asyncio.to_thread(self._threads.shutdown)
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
        except (ClientError, BotoCoreError) as error:
            return records, _passing_error(error)
        # FailedPutCount says that some failed; which ones, only the results say, in the order of the records.
        results = zip(records, answer["RequestResponses"], strict=True)
        failed = [(record, result["ErrorCode"]) for record, result in results if result.get("ErrorCode")]
        return [record for record, _ in failed], failed[0][1] if failed else None

    def _expect_active(self, name: str) -> None:
        try:
            answer = self._client.describe_delivery_stream(DeliveryStreamName=name)
        except (ClientError, BotoCoreError) as error:
            raise SinkUnavailable(f"Firehose stream {name}: {_code(error)}") from error
        status = answer["DeliveryStreamDescription"]["DeliveryStreamStatus"]
        if status != "ACTIVE":
            raise SinkUnavailable(f"Firehose stream {name} is {status}")

    async def _run(self, call: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


def _client(settings: Settings) -> "FirehoseClient":
    config = Config(
        connect_timeout=settings.firehose_call_seconds,
        read_timeout=settings.firehose_call_seconds,
        max_pool_connections=settings.firehose_connections,
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


def _passing_error(error: ClientError | BotoCoreError) -> str:
    """Return what to call `error`; raises `SinkUnavailable` when waiting does not help."""
    if isinstance(error, ClientError):
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        passes = status >= _SERVER_ERROR or _code(error) in _PASSING
    else:
        passes = isinstance(error, NoConnectionError | HTTPClientError)  # the answer is missing, not negative
    if not passes:
        raise SinkUnavailable(f"Firehose refuses the call: {_code(error)}") from error
    return _code(error)


def _code(error: ClientError | BotoCoreError) -> str:
    # Never the message: it may quote a record.
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
