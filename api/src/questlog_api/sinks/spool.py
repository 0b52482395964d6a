"""Takes on the disk what the sink does not take, and sends it once the sink does again."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import monotonic, time
from typing import TypeVar

from questlog_api.settings import Settings
from questlog_api.sinks.base import Cause, Health, Sink, SinkUnavailable, Stored, Stream, ignore
from questlog_api.sinks.spool_file import SpoolFile
from questlog_api.sinks.spool_rows import MOST_BYTES, Rows, Share
from questlog_api.telemetry.metrics import Metrics, SpoolState

_Result = TypeVar("_Result")

_REOPEN_SECONDS = 5
_PUT_SECONDS = 15
_TELL_SECONDS = 60

_log = logging.getLogger(__name__)


class SpoolSink:
    """Puts into `sink`, and into a file what that did not take within `spool_after_seconds`."""

    def __init__(self, sink: Sink, settings: Settings, metrics: Metrics) -> None:
        assert settings.spool_path is not None  # noqa: S101 - open_sink asks; mypy has to know
        self._sink = sink
        self._settings = settings
        self._metrics = metrics
        self._open = partial(SpoolFile, settings.spool_path, settings.spool_max_bytes)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spool")  # SQLite writes one at a time anyway
        self._file: SpoolFile | None = None
        self._known: Mapping[Stream, Share] = {}  # what the file held when it was lost
        self._defect = SinkUnavailable("the spool is not open", Cause.SPOOL_BROKEN)
        self._next_try = 0.0
        self._replays: list[asyncio.Task[None]] = []
        self._pace = _Pace(settings.spool_replay_bytes_per_second)
        self._tell_at = dict.fromkeys(Stream, 0.0)
        self._wakes = {stream: asyncio.Event() for stream in Stream}
        self._holds: set[Stream] = set()  # as the log has told
        self._try_open()
        metrics.watch_spool(self.state)

    async def start(self) -> None:
        """Begin to send what the file holds."""
        await self._sink.start()
        self._replays = [asyncio.create_task(self._replay(stream)) for stream in Stream]

    async def put(
        self, stream: Stream, lines: Sequence[bytes], deadline: float, stored: Stored = ignore
    ) -> None:
        """Store `lines` in the sink, or what is left of them in the file."""
        progress = _Progress(len(lines), stored)
        patience = min(deadline, monotonic() + self._settings.spool_after_seconds)
        try:
            await self._sink.put(stream, lines, patience, progress.stored)
        except Exception as error:  # noqa: BLE001 - whatever it is, what is left of the lines has a place
            if not isinstance(error, SinkUnavailable):
                _log.error("the sink failed: %s", type(error).__name__)  # its text may quote a line
            left = [line for index, line in enumerate(lines) if not progress.has(index)]
            await self._run(lambda file: file.append(stream, left))
            self._metrics.spooled(stream, len(left))
            self._wakes[stream].set()
            self._tell_held(stream, "go to the spool, as Firehose does not take them")
            progress.complete()

    async def check(self) -> Health:
        """Return whether lines go to the sink or to the file, and whether there is one."""
        try:
            await self._sink.check()
        except SinkUnavailable:
            await self._run(lambda file: file.expect_room())
            return Health.SPOOLING
        return Health.OK if self._file else Health.WITHOUT_SPOOL

    async def close(self) -> None:
        """Stop sending, close the sink and let go of the file; what it holds is sent after the next start."""
        for replay in self._replays:
            replay.cancel()
        await asyncio.gather(*self._replays, return_exceptions=True)
        await self._sink.close()
        await asyncio.to_thread(self._thread.shutdown)
        if self._file is not None:
            self._file.close()

    def state(self) -> SpoolState:
        """Return what the file holds, or held when it could last be used; nothing when it never could."""
        file = self._file  # the spool's own thread may lose it at any moment
        shares = self._known if file is None else file.shares
        oldest = [share.oldest for share in shares.values() if share.oldest is not None]
        return SpoolState(
            {stream.value: share.lines for stream, share in shares.items()},
            sum(share.bytes for share in shares.values()),
            self._settings.spool_max_bytes,
            time() - min(oldest) if oldest else 0,
            is_open=file is not None,
        )

    async def _replay(self, stream: Stream) -> None:
        while True:
            try:
                await self._replay_next(stream)
            except SinkUnavailable as error:
                self._tell(stream, error)
            except Exception as error:  # noqa: BLE001 - whatever it is, what is acknowledged will be sent
                _log.error("the spool waits: %s", type(error).__name__)  # its text may quote a line
            else:
                continue
            await asyncio.sleep(self._settings.breaker_seconds)

    def _tell(self, stream: Stream, error: SinkUnavailable) -> None:
        now = monotonic()
        if now >= self._tell_at[stream]:
            _log.warning("the spool's %s wait: %s", stream, error)
            self._tell_at[stream] = now + _TELL_SECONDS

    async def _replay_next(self, stream: Stream) -> None:
        """Send the oldest rows of `stream`, or wait until there are some."""
        await self._pace.free()
        self._wakes[stream].clear()
        rows = await self._run(lambda file: file.oldest(stream, self._pace.at_once))
        if rows is None:
            if stream in self._holds:
                self._holds.remove(stream)
                _log.info("all %s of the spool are sent", stream)
            await self._wakes[stream].wait()
            return
        self._tell_held(stream, "of before wait in the spool")
        started = monotonic()
        lines = rows.lines
        await self._sink.put(stream, lines, started + _PUT_SECONDS)
        self._pace.sent(rows.size, started)
        self._metrics.replayed(stream, len(lines))
        await self._forget(rows)

    def _tell_held(self, stream: Stream, what: str) -> None:
        if stream not in self._holds:
            self._holds.add(stream)
            _log.warning("%s %s", stream, what)

    async def _forget(self, rows: Rows) -> None:
        while True:
            try:
                return await self._run(lambda file: file.remove(rows))
            except SinkUnavailable as error:
                self._tell(rows.stream, error)
                # A disk that fails is no reason to send it again and again.
                await asyncio.sleep(_REOPEN_SECONDS)

    async def _run(self, call: Callable[[SpoolFile], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(self._with_file, call))

    def _with_file(self, call: Callable[[SpoolFile], _Result]) -> _Result:
        if self._file is None:
            self._try_open()
        if self._file is None:
            raise SinkUnavailable(str(self._defect), self._defect.cause)  # one raised twice keeps all callers
        try:
            return call(self._file)
        except SinkUnavailable as error:
            if error.cause is Cause.SPOOL_BROKEN:
                self._lose(error)
            raise

    def _try_open(self) -> None:
        if monotonic() < self._next_try:
            return
        try:
            self._file = self._open()
        except SinkUnavailable as error:
            self._lose(error)

    def _lose(self, error: SinkUnavailable) -> None:
        """Do without the file for some seconds: events still go to the sink."""
        _log.error("%s; without it, events are refused while Firehose fails", error)
        if self._file is not None:
            self._known = self._file.shares
            self._file.close()
        self._file, self._defect, self._next_try = None, error, monotonic() + _REOPEN_SECONDS


class _Pace:
    """Keeps what both streams send together at `rate` bytes a second, over time."""

    def __init__(self, rate: int) -> None:
        self.at_once = min(MOST_BYTES, rate)
        self._rate = rate
        self._free_at = 0.0

    async def free(self) -> None:
        """Return when there is nothing to make up for."""
        # The other stream may send meanwhile.
        while (seconds := self._free_at - monotonic()) > 0:  # noqa: ASYNC110 - what is waited for is a time
            await asyncio.sleep(seconds)

    def sent(self, size: int, started: float) -> None:
        """Take account of bytes whose put began at `started`."""
        self._free_at = max(self._free_at, started) + size / self._rate


class _Progress:
    """Which lines of a put are durable."""

    def __init__(self, count: int, stored: Stored) -> None:
        self._done = bytearray(count)
        self._stored = stored

    def has(self, index: int) -> bool:
        return bool(self._done[index])

    def stored(self, start: int, stop: int) -> None:
        self._done[start:stop] = b"\x01" * (stop - start)
        self._stored(start, stop)

    def complete(self) -> None:
        for index, done in enumerate(self._done):
            if not done:
                self._stored(index, index + 1)
