"""Delivers lines to Kinesis Data Firehose."""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from time import monotonic
from typing import Self, TypeVar

from questlog_api.settings import Settings
from questlog_api.sinks import packing
from questlog_api.sinks.base import Cause, Health, SinkUnavailable, Stored, Stream, ignore
from questlog_api.sinks.client import Client
from questlog_api.sinks.packing import Record
from questlog_api.sinks.readiness import Readiness
from questlog_api.telemetry.metrics import Metrics

_Result = TypeVar("_Result")

_log = logging.getLogger(__name__)

_FIRST_PAUSE_SECONDS = 0.1
_DOUBLINGS = 5  # pauses end at 0.1 s * 2^5 = 3.2 s


class FirehoseSink:
    """Puts lines into one Firehose stream for events and one for rejects."""

    def __init__(
        self,
        client: Client,
        streams: Mapping[Stream, str],
        pack: packing.Pack,
        threads: int,
        metrics: Metrics,
    ) -> None:
        self._client = client
        self._streams = streams
        self._pack = pack
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="firehose")
        self._readiness = Readiness(self._expect_all_active)
        self._metrics = metrics

    @classmethod
    def from_settings(cls, settings: Settings, metrics: Metrics) -> Self:
        """Return a sink for the streams in `settings`."""
        streams = {Stream.EVENTS: settings.events_stream, Stream.REJECTS: settings.rejects_stream}
        # For each stream, one more for what the spool sends.
        threads = len(streams) * (settings.firehose_connections + 1)
        client = Client.from_settings(settings, connections=threads + 1)  # one for the readiness
        return cls(client, streams, packing.PACKINGS[settings.packing], threads, metrics)

    async def put(
        self, stream: Stream, lines: Sequence[bytes], deadline: float, stored: Stored = ignore
    ) -> None:
        """Store `lines`; retries what Firehose did not take until `deadline`."""
        for records in await self._run(lambda: list(packing.calls(self._pack(lines)))):
            await self._deliver(stream, records, deadline, stored)

    async def start(self) -> None:
        """Nothing is to be done."""

    async def check(self) -> Health:
        """Return when both streams are active."""
        await self._readiness.check()
        return Health.OK

    async def close(self) -> None:
        """Wait for the calls under way and close the connections."""
        await asyncio.to_thread(self._threads.shutdown)
        await self._readiness.close()
        self._client.close()

    async def _deliver(
        self, stream: Stream, records: Sequence[Record], deadline: float, stored: Stored
    ) -> None:
        for attempt in count():
            failed: list[tuple[Record, str]] = []
            for record, reason in zip(records, await self._call(stream, records, deadline), strict=True):
                if reason is None:
                    stored(record.start, record.stop)
                else:
                    failed.append((record, reason))
            if not failed:
                return
            records, reason = [record for record, _ in failed], failed[0][1]
            _log.warning("%s did not take %d records: %s", self._streams[stream], len(records), reason)
            await _pause(attempt, deadline)
            self._metrics.retried(stream, reason, len(records))

    async def _call(self, stream: Stream, records: Sequence[Record], deadline: float) -> Sequence[str | None]:
        """Return for each of `records` why it was not taken, None if it was."""
        started = monotonic()
        try:
            reasons = await self._run(partial(self._put_records, stream, records, deadline))
        except SinkUnavailable as error:
            if error.cause is not Cause.NOT_TRIED:
                self._count(stream, "failed", started, records)
            raise
        taken = reasons.count(None)
        outcome = "ok" if taken == len(reasons) else "partial" if taken else "failed"
        self._count(stream, outcome, started, records)
        return reasons

    def _count(self, stream: Stream, outcome: str, started: float, records: Sequence[Record]) -> None:
        lines = sum(record.stop - record.start for record in records)
        size = sum(len(record.content) for record in records)
        self._metrics.put(stream, outcome, monotonic() - started, lines, size)

    def _put_records(
        self, stream: Stream, records: Sequence[Record], deadline: float
    ) -> Sequence[str | None]:
        if monotonic() >= deadline:
            raise SinkUnavailable(f"{self._streams[stream]} was not asked in time", Cause.NOT_TRIED)
        return self._client.put(self._streams[stream], [record.content for record in records])

    def _expect_all_active(self) -> None:
        for name in self._streams.values():
            self._client.expect_active(name)

    async def _run(self, call: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


async def _pause(attempt: int, deadline: float) -> None:
    # Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    seconds = random.uniform(0, _FIRST_PAUSE_SECONDS * 2 ** min(attempt, _DOUBLINGS))
    if monotonic() + seconds > deadline:
        raise SinkUnavailable("Firehose did not take all records in time")
    await asyncio.sleep(seconds)
