"""Sends events again that were refused, once their contract is released or their payload repaired.

Replayed twice, an event is still one row: its line keeps the `received_at` it had, and the warehouse looks
for (`game_id`, `event_id`) from 30 days before `received_at` on, whenever that is done.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import BinaryIO, TypeAlias

from questlog_api.body import to_json
from questlog_api.lines import Arrival
from questlog_api.payload import Payload
from questlog_api.refusals import TOO_DEEP, Judge, Refusal, too_large
from questlog_api.replay.reject_files import Reject, RejectFile, UnreadableError
from questlog_api.replay.report import Report
from questlog_api.sinks import SinkUnavailable, Stream

UNKNOWN = "unknown"
"""What the report calls an event that no contract has: its name is a submitted value."""

Put: TypeAlias = Callable[[Stream, Sequence[bytes]], Awaitable[None]]
"""Stores lines, or raises `SinkUnavailable`."""

_PUT_LINES = 500
_PUT_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """What to replay, of all there is; None is everything. An event that cannot be read has no name."""

    game: str | None = None
    reason: str | None = None
    event: str | None = None

    def covers(self, reject: Reject, value: object) -> bool:
        """Tell whether `reject`, whose payload says `value`, is asked for."""
        return (
            self.game in {None, reject.arrival.game_id}
            and self.reason in {None, reject.reason}
            and self.event in {None, _name(value)}
        )


class Outlet:
    """Sends lines on at no more than `bytes_per_second`, over time; with None for `put` only seemingly."""

    def __init__(self, put: Put | None, bytes_per_second: int) -> None:
        self.bytes_at_once = min(_PUT_BYTES, bytes_per_second)
        self.is_dry = put is None
        self._put = put
        self._rate = bytes_per_second
        self._free_at = 0.0

    async def send(self, stream: Stream, lines: Sequence[bytes]) -> None:
        """Return when `lines` are stored.

        Raises:
            SinkUnavailable: when that failed, for some of them at least.
        """
        if self._put is not None:
            await asyncio.sleep(max(0.0, self._free_at - monotonic()))
            self._free_at = max(self._free_at, monotonic()) + sum(map(len, lines)) / self._rate
            await self._put(stream, lines)


class Judgement:
    """What this service would say today of what was refused then: as in a batch, an event says what it is."""

    def __init__(self, judge: Judge, events: Iterable[str], max_event_bytes: int) -> None:
        self._judge = judge
        self._events = frozenset(events)
        self._max_event_bytes = max_event_bytes

    def of(self, event: object) -> tuple[bytes | None, Refusal | None]:
        """Return `event` as JSON and why it is refused: None when it is not.

        The JSON is None when the event is nested too deep to be written.
        """
        text = to_json(event)
        if text is None:
            return None, TOO_DEEP
        if len(text) > self._max_event_bytes:
            return text, too_large(self._max_event_bytes)
        return text, self._judge.refusal(event)

    def name(self, event: object) -> str:
        """Return what to call `event` in a report."""
        name = _name(event)
        return name if name in self._events else UNKNOWN


class Replay:
    """Judges rejects and sends those that are accepted; writes the others to `left`, unless that is None."""

    def __init__(
        self,
        judgement: Judgement,
        outlet: Outlet,
        left: BinaryIO | None,
        asked: Asked,
        report: Report,
    ) -> None:
        self._report = report
        self._judgement = judgement
        self._outlet = outlet
        self._left = left
        self._asked = asked
        self._waiting: list[tuple[str, bytes]] = []
        self._waiting_bytes = 0

    async def run(self, files: Iterable[RejectFile]) -> None:
        """Replay `files`, each as far as it can be read, until the sink fails or the report says stopped."""
        try:
            for file in files:
                if self._report.stopped is None:
                    await self._file(file)
            await self._flush()
        except SinkUnavailable as error:
            self._report.stopped = str(error)
        self._report.undelivered = len(self._waiting)

    async def _file(self, file: RejectFile) -> None:
        try:
            for number, line in enumerate(file.lines(), 1):
                self._report.place = f"{file.name}:{number}"
                if line is None or line.strip():
                    await self._line(line)
                if self._report.stopped is not None:
                    return
        except UnreadableError as error:
            self._report.unreadable.append(f"{file.name}: {error}")

    async def _line(self, line: bytes | None) -> None:
        self._report.lines += 1
        reject = Reject.parsed(line)
        if reject is None:
            self._report.malformed += 1
            self._leave(line or b"")
            return
        readable, value = reject.value()
        if not self._asked.covers(reject, value):
            self._report.skipped += 1
        elif readable:
            await self._again(reject.arrival, value)
        else:
            self._lose(reject, line or b"")

    async def _again(self, arrival: Arrival, event: object) -> None:
        text, refusal = self._judgement.of(event)
        name = self._judgement.name(event)
        if text is not None and refusal is None:
            await self._accept(name, arrival.accepted(text))
        elif refusal is not None:
            self._report.refuse(name, refusal)
            self._leave(arrival.rejected(refusal, Payload.of(event, text)))

    async def _accept(self, name: str, line: bytes) -> None:
        self._waiting.append((name, line))
        self._waiting_bytes += len(line)
        if len(self._waiting) == _PUT_LINES or self._waiting_bytes >= self._outlet.bytes_at_once:
            await self._flush()

    def _lose(self, reject: Reject, line: bytes) -> None:
        if reject.is_cut:
            self._report.cut += 1
        else:
            self._report.malformed += 1
        self._leave(line)

    def _leave(self, line: bytes) -> None:
        if self._left is not None and line:
            self._left.write(line if line.endswith(b"\n") else line + b"\n")

    async def _flush(self) -> None:
        if self._waiting:
            await self._outlet.send(Stream.EVENTS, [line for _, line in self._waiting])
        self._report.replayed.update(name for name, _ in self._waiting)
        self._waiting, self._waiting_bytes = [], 0


def _name(event: object) -> str | None:
    name = event.get("event") if isinstance(event, Mapping) else None
    return name if isinstance(name, str) else None
