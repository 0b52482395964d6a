import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from time import monotonic

import pytest

from questlog_api import Settings
from questlog_api.sinks import (
    BreakerSink,
    Cause,
    Health,
    MemorySink,
    SinkUnavailable,
    SpoolSink,
    Stream,
    spool,
    spool_file,
)
from questlog_api.sinks.base import Stored, ignore
from questlog_api.sinks.spool_file import SpoolFile
from questlog_api.sinks.spool_rows import Rows
from questlog_api.telemetry.metrics import Metrics
from tests.api.sinks.conftest import soon

pytestmark = pytest.mark.anyio

EVENTS, REJECTS = Stream.EVENTS, Stream.REJECTS
DOWN = SinkUnavailable("the sink is down")


def lines_of(number: int, count: int = 3) -> list[bytes]:
    return [b'{"number":%d,"line":%d}\n' % (number, line) for line in range(count)]


class Switch(MemorySink):
    """A sink that fails while `error` is set, after it stored the lines of `takes`."""

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception | None = None
        self.takes: Sequence[int] = ()
        self.deadlines: list[float] = []
        self.puts: list[list[bytes]] = []
        self.is_closed = False

    async def put(
        self, stream: Stream, lines: Sequence[bytes], deadline: float, stored: Stored = ignore
    ) -> None:
        self.deadlines.append(deadline)
        self.puts.append(list(lines))
        if self.error is None:
            await super().put(stream, lines, deadline, stored)
            return
        for index in self.takes:
            self.lines[stream].append(lines[index])
            stored(index, index + 1)
        raise self.error

    async def check(self) -> Health:
        if self.error is not None:
            raise self.error
        return Health.OK

    async def close(self) -> None:
        self.is_closed = True


class Scene:
    """A spool before a sink that is down; what is awaited happens soon or never."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.inner = Switch()
        self.inner.error = DOWN
        self.metrics = Metrics()
        self.spool = SpoolSink(self.inner, settings, self.metrics)

    async def put(self, *lines: bytes, stream: Stream = EVENTS, stored: Stored = ignore) -> None:
        await self.spool.put(stream, lines, soon(), stored)

    async def sent(self, count: int, stream: Stream = EVENTS) -> list[bytes]:
        """Wait until the sink has so many lines."""
        await until(lambda: len(self.inner.lines[stream]) >= count)
        return self.inner.lines[stream]

    async def empty(self) -> None:
        await until(lambda: not any(self.spool.state().lines.values()))

    def value(self, name: str, stream: Stream = EVENTS) -> float | None:
        return self.metrics.registry.get_sample_value(name, {"stream": stream.value})


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - what is waited for has no event, and some of it is in a thread
            await asyncio.sleep(0.001)


@pytest.fixture
def spooled(settings: Settings, tmp_path: Path) -> Settings:
    changes = {
        "spool_path": tmp_path / "spool.sqlite",
        "spool_max_bytes": 10_000,
        "breaker_seconds": 0.01,
        "spool_replay_bytes_per_second": 10**9,
    }
    return settings.model_copy(update=changes)


@asynccontextmanager
async def scene_of(settings: Settings, *, started: bool = True) -> AsyncIterator[Scene]:
    scene = Scene(settings)
    if started:
        await scene.spool.start()
    try:
        yield scene
    finally:
        await scene.spool.close()


@pytest.fixture
async def scene(spooled: Settings) -> AsyncIterator[Scene]:
    async with scene_of(spooled) as scene:
        yield scene


def in_file(settings: Settings, stream: Stream = EVENTS) -> list[bytes]:
    """What the file holds once nobody uses it."""
    assert settings.spool_path is not None
    with closing(sqlite3.connect(settings.spool_path)) as db:
        rows = db.execute("SELECT content FROM spool WHERE stream = ? ORDER BY number", [stream]).fetchall()
    return b"".join(content for [content] in rows).splitlines(keepends=True)


# What the sink does not take


async def test_what_the_sink_takes_is_not_spooled(scene: Scene) -> None:
    scene.inner.error = None
    told: list[tuple[int, int]] = []
    await scene.put(*lines_of(1), stored=lambda *lines: told.append(lines))
    assert scene.inner.lines[EVENTS] == lines_of(1)
    assert (told, scene.spool.state().bytes) == ([(0, 3)], 0)


async def test_what_the_sink_does_not_take_is_in_the_file_when_put_returns(
    spooled: Settings, scene: Scene
) -> None:
    await scene.put(*lines_of(1))
    await scene.put(*lines_of(2), stream=REJECTS)
    await scene.spool.close()
    assert in_file(spooled) == lines_of(1)
    assert in_file(spooled, REJECTS) == lines_of(2)


async def test_only_the_lines_the_sink_did_not_store_are_spooled_and_each_is_told_once(
    spooled: Settings, scene: Scene
) -> None:
    scene.inner.takes = (1, 3)
    told: list[int] = []
    await scene.put(*lines_of(1, 6), stored=lambda start, stop: told.extend(range(start, stop)))
    scene.inner.takes = ()
    assert told == [1, 3, 0, 2, 4, 5]
    await scene.spool.close()
    assert in_file(spooled) == [line for index, line in enumerate(lines_of(1, 6)) if index not in {1, 3}]


async def test_a_line_is_told_when_it_is_in_the_file_and_not_before(scene: Scene) -> None:
    found: list[int] = []
    await scene.put(b"1\n", stored=lambda *_: found.append(scene.spool.state().lines["events"]))
    assert found == [1]


async def test_the_sink_is_tried_for_a_while_only(spooled: Settings) -> None:
    async with scene_of(spooled.model_copy(update={"spool_after_seconds": 2}), started=False) as scene:
        before = monotonic()
        await scene.spool.put(EVENTS, [b"1\n"], before + 100)
        await scene.spool.put(EVENTS, [b"1\n"], before + 1)
        assert before + 2 <= scene.inner.deadlines[0] <= monotonic() + 2
        assert scene.inner.deadlines[1] == before + 1


async def test_lines_are_spooled_whatever_error_the_sink_has_and_its_name_is_told(
    spooled: Settings, scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.inner.error = RuntimeError("a bug quotes alice@example.com")
    scene.inner.takes = (0,)
    told: list[int] = []
    await scene.spool.put(EVENTS, lines_of(1), soon(), lambda start, stop: told.extend(range(start, stop)))
    scene.inner.takes = ()
    assert told == [0, 1, 2]
    assert "the sink failed: RuntimeError" in caplog.text
    assert "alice" not in caplog.text
    await scene.spool.close()
    assert in_file(spooled) == lines_of(1)[1:]


async def test_nothing_to_put_is_nothing_spooled(scene: Scene) -> None:
    await scene.put()
    assert scene.spool.state().lines == {"events": 0, "rejects": 0}


async def test_over_its_bound_lines_are_refused_and_none_of_them_told(scene: Scene) -> None:
    await scene.put(b"x" * 10_000)
    told: list[tuple[int, int]] = []
    with pytest.raises(SinkUnavailable, match="no room") as caught:
        await scene.put(b"x", stored=lambda *lines: told.append(lines))
    assert (caught.value.cause, told) == (Cause.SPOOL_FULL, [])


async def test_a_flood_of_rejects_leaves_room_for_events(scene: Scene) -> None:
    flood = (scene.put(*lines_of(number), stream=REJECTS) for number in range(100))
    ends = await asyncio.gather(*flood, return_exceptions=True)
    assert {type(end) for end in ends} == {type(None), SinkUnavailable}
    assert scene.spool.state().bytes <= 1000
    await scene.put(b"x" * 9000)


# How it is sent


async def test_what_was_spooled_is_sent_in_order_once_the_sink_takes_it(scene: Scene) -> None:
    for number in range(10):
        await scene.put(*lines_of(number))
        await scene.put(*lines_of(-number, 1), stream=REJECTS)
    scene.inner.error = None
    assert await scene.sent(30) == [line for number in range(10) for line in lines_of(number)]
    assert await scene.sent(10, REJECTS) == [line for number in range(10) for line in lines_of(-number, 1)]
    await scene.empty()


async def test_new_lines_go_to_the_sink_while_older_ones_are_sent(spooled: Settings) -> None:
    slow = spooled.model_copy(update={"spool_replay_bytes_per_second": 1})
    async with scene_of(slow) as scene:
        await scene.put(b"old 1\n")
        await scene.put(b"old 2\n")
        scene.inner.error = None
        await scene.sent(1)
        await scene.put(b"new\n")
        assert scene.inner.lines[EVENTS] == [b"old 1\n", b"new\n"]


async def test_a_stream_that_fails_does_not_hold_up_the_other(scene: Scene) -> None:
    await scene.put(b"event\n")
    await scene.put(b"reject\n", stream=REJECTS)
    real = scene.inner.put

    async def put(stream: Stream, lines: Sequence[bytes], deadline: float, stored: Stored = ignore) -> None:
        if stream is EVENTS:
            raise DOWN
        await real(stream, lines, deadline, stored)

    scene.inner.put = put  # type: ignore[method-assign]  # one stream fails
    scene.inner.error = None
    assert await scene.sent(1, REJECTS) == [b"reject\n"]
    assert scene.inner.lines[EVENTS] == []


async def test_sending_is_paced_by_bytes_a_second(spooled: Settings) -> None:
    settings = spooled.model_copy(update={"spool_replay_bytes_per_second": 20_000})
    async with scene_of(settings) as scene:
        scene.spool._pace.at_once = 2000
        for _ in range(4):
            await scene.put(b"x" * 2000)
        scene.inner.error = None
        began = monotonic()
        await scene.sent(1)
        assert len(scene.inner.lines[EVENTS]) < 4
        await scene.sent(4)
        assert monotonic() - began >= 3 * 2000 / 20_000 * 0.9


async def test_the_rate_holds_for_both_streams_together(spooled: Settings) -> None:
    settings = spooled.model_copy(update={"spool_replay_bytes_per_second": 2000, "spool_max_bytes": 100_000})
    async with scene_of(settings) as scene:
        for stream in Stream:
            for _ in range(3):
                await scene.put(b"x" * 1000, stream=stream)
        scene.inner.error = None
        began = monotonic()
        await scene.empty()
        # At most the last of each stream goes out before it is paid for.
        assert monotonic() - began >= (6000 - 2 * 2000) / 2000 * 0.9


async def test_many_small_rows_are_sent_together(spooled: Settings) -> None:
    async with scene_of(spooled, started=False) as scene:
        for number in range(50):
            await scene.put(*lines_of(number))
        scene.inner.error = None
        scene.inner.puts.clear()
        await scene.spool.start()
        await scene.empty()
        assert scene.inner.puts == [[line for number in range(50) for line in lines_of(number)]]


async def test_that_the_replay_waits_is_told_once_a_minute_and_stream(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    for stream in Stream:
        await scene.put(b"1\n", stream=stream)
    tried = len(scene.inner.puts)
    await until(lambda: len(scene.inner.puts) > tried + 6)
    told = [record.message for record in caplog.records if "wait: " in record.message]
    assert sorted(told) == [f"the spool's {stream} wait: the sink is down" for stream in Stream]
    for stream in Stream:
        scene.spool._tell_at[stream] = 0  # a minute later
    await until(lambda: sum("wait: " in record.message for record in caplog.records) >= 4)


async def test_the_log_tells_when_the_spool_is_used_and_when_it_is_empty_again(
    spooled: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "questlog_api.sinks.spool")
    async with scene_of(spooled) as scene:
        await scene.put(b"1\n")
        await scene.put(b"2\n")
    async with scene_of(spooled) as scene:
        scene.inner.error = None
        await scene.empty()
        await until(lambda: "are sent" in caplog.text)
    told = [record.message for record in caplog.records if "wait: " not in record.message]
    assert told == [
        "events go to the spool, as Firehose does not take them",
        "events of before wait in the spool",
        "all events of the spool are sent",
    ]


async def test_what_a_process_left_is_sent_by_the_next_one_before_what_comes_later(spooled: Settings) -> None:
    async with scene_of(spooled) as killed:
        await killed.put(*lines_of(1))
        await killed.put(*lines_of(2))
    async with scene_of(spooled, started=False) as scene:
        assert scene.spool.state().lines == {"events": 6, "rejects": 0}
        await scene.put(*lines_of(3))
        scene.inner.error = None
        await scene.spool.start()
        assert await scene.sent(9) == lines_of(1) + lines_of(2) + lines_of(3)


async def test_nothing_is_sent_before_the_start_and_after_the_close(spooled: Settings) -> None:
    async with scene_of(spooled, started=False) as scene:
        await scene.put(b"1\n")
        scene.inner.error = None
        await asyncio.sleep(0.05)
        assert scene.inner.lines[EVENTS] == []
        scene.inner.error = DOWN
        await scene.spool.start()
        await scene.spool.close()
        assert scene.inner.is_closed
        puts = len(scene.inner.puts)
        await asyncio.sleep(0.05)
        assert len(scene.inner.puts) == puts
    assert in_file(spooled) == [b"1\n"]


async def test_what_was_sent_before_a_stop_is_not_sent_again_after_it(spooled: Settings) -> None:
    slow = spooled.model_copy(update={"spool_replay_bytes_per_second": 1})
    async with scene_of(slow) as scene:
        await scene.put(b"1\n")
        await scene.put(b"2\n")
        scene.inner.error = None
        await scene.sent(1)
        await until(lambda: scene.spool.state().lines["events"] == 1)  # it waits for its turn
    async with scene_of(spooled) as scene:
        scene.inner.error = None
        assert await scene.sent(1) == [b"2\n"]


async def test_a_row_that_cannot_be_removed_is_not_sent_again_and_again(
    spooled: Settings, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "_REOPEN_SECONDS", 0.01)
    fails = [True] * 20

    def remove(file: SpoolFile, row: Rows) -> None:
        if fails and fails.pop():
            raise SinkUnavailable(
                "the disk fails", Cause.SPOOL_BROKEN if len(fails) % 2 else Cause.SPOOL_FULL
            )
        _remove(file, row)

    monkeypatch.setattr(SpoolFile, "remove", remove)
    scene.spool._pace.at_once = 1
    await scene.put(b"1\n")
    await scene.put(b"2\n")
    scene.inner.puts.clear()
    scene.inner.error = None
    await scene.sent(2)
    assert fails == []
    assert scene.inner.lines[EVENTS] == [b"1\n", b"2\n"]
    await scene.empty()
    await scene.spool.close()
    assert in_file(spooled) == []


_remove = SpoolFile.remove


@pytest.mark.parametrize("error", [DOWN, RuntimeError("a bug quotes alice@example.com")])
async def test_sending_goes_on_after_whatever_the_sink_did(
    scene: Scene, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    await scene.put(b"1\n")
    scene.inner.error = error
    tried = len(scene.inner.puts)
    await until(lambda: len(scene.inner.puts) > tried + 2)
    scene.inner.error = None
    assert await scene.sent(1) == [b"1\n"]
    assert "alice" not in caplog.text


async def test_a_row_that_was_sent_in_part_is_sent_whole_again(scene: Scene) -> None:
    await scene.put(*lines_of(1))
    scene.inner.takes = (1,)
    await scene.sent(2)
    scene.inner.error = None
    await scene.empty()
    assert set(scene.inner.lines[EVENTS]) == set(lines_of(1))


async def test_behind_a_breaker_the_sink_is_left_alone_and_then_sent_to(spooled: Settings) -> None:
    inner, metrics = Switch(), Metrics()
    inner.error = DOWN
    sink = SpoolSink(BreakerSink(inner, 2, 0.05, metrics), spooled, metrics)
    await sink.start()
    for number in range(30):
        await sink.put(EVENTS, lines_of(number), soon())
    assert len(inner.puts) < 10
    inner.error = None
    await until(lambda: len(inner.lines[EVENTS]) == 90)
    await sink.close()


async def test_puts_at_the_same_time_are_all_spooled(spooled: Settings, scene: Scene) -> None:
    await asyncio.gather(*(scene.put(*lines_of(number)) for number in range(50)))
    await scene.spool.close()
    assert sorted(in_file(spooled)) == sorted(line for number in range(50) for line in lines_of(number))


# What it says


async def test_it_counts_what_it_takes_and_sends(scene: Scene) -> None:
    await scene.put(*lines_of(1))
    assert scene.value("questlog_spooled_lines_total") == 3
    assert scene.value("questlog_spool_lines") == 3
    assert scene.value("questlog_replayed_lines_total") == 0
    scene.inner.error = None
    await scene.empty()
    assert scene.value("questlog_replayed_lines_total") == 3
    assert scene.value("questlog_spool_lines") == 0


async def test_its_state_is_lines_bytes_and_the_age_of_the_oldest(spooled: Settings, scene: Scene) -> None:
    assert scene.spool.state().oldest_seconds == 0
    await scene.put(*lines_of(1))
    await scene.put(*lines_of(2, 1), stream=REJECTS)
    state = scene.spool.state()
    assert state.lines == {"events": 3, "rejects": 1}
    assert state.bytes == len(b"".join(lines_of(1) + lines_of(2, 1)))
    assert state.capacity_bytes == spooled.spool_max_bytes
    assert 0 < state.oldest_seconds < 60


async def test_it_is_healthy_while_the_sink_takes_lines(scene: Scene) -> None:
    scene.inner.error = None
    assert await scene.spool.check() is Health.OK


async def test_it_says_that_it_is_spooling_while_the_sink_is_down(scene: Scene) -> None:
    assert await scene.spool.check() is Health.SPOOLING
    scene.inner.error = None
    assert await scene.spool.check() is Health.OK


async def test_it_is_not_ready_when_the_sink_is_down_and_it_is_full(scene: Scene) -> None:
    await scene.put(b"x" * 10_000)
    with pytest.raises(SinkUnavailable) as caught:
        await scene.spool.check()
    assert caught.value.cause is Cause.SPOOL_FULL


# Without its file


@pytest.fixture
async def blocked(spooled: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """A spool whose path is a folder."""
    monkeypatch.setattr(spool, "_REOPEN_SECONDS", 0)
    assert spooled.spool_path is not None
    spooled.spool_path.mkdir()
    async with scene_of(spooled) as scene:
        yield scene


async def test_without_its_file_lines_go_to_the_sink_and_it_says_so(
    blocked: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    blocked.inner.error = None
    await blocked.put(b"1\n")
    assert blocked.inner.lines[EVENTS] == [b"1\n"]
    assert await blocked.spool.check() is Health.WITHOUT_SPOOL
    state = blocked.spool.state()
    assert (state.lines, state.is_open) == ({}, False)
    told = caplog.get_records("setup")[0]
    assert told.levelno == logging.ERROR
    assert str(blocked.settings.spool_path) in told.message


async def test_without_its_file_lines_the_sink_does_not_take_are_refused_and_it_is_not_ready(
    blocked: Scene,
) -> None:
    with pytest.raises(SinkUnavailable) as put:
        await blocked.put(b"1\n")
    with pytest.raises(SinkUnavailable) as check:
        await blocked.spool.check()
    assert (put.value.cause, check.value.cause) == (Cause.SPOOL_BROKEN, Cause.SPOOL_BROKEN)
    assert str(blocked.settings.spool_path) in str(put.value)


async def test_a_file_that_can_be_used_again_is_used_without_a_restart(blocked: Scene) -> None:
    with pytest.raises(SinkUnavailable):
        await blocked.put(b"1\n")
    assert blocked.settings.spool_path is not None
    blocked.settings.spool_path.rmdir()
    await blocked.put(b"2\n")
    assert await blocked.spool.check() is Health.SPOOLING
    blocked.inner.error = None
    assert await blocked.sent(1) == [b"2\n"]


async def test_a_file_is_not_tried_again_before_some_seconds_are_over(
    spooled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def broken(*_: object) -> None:
        opened.append(1)
        raise SinkUnavailable("the disk fails", Cause.SPOOL_BROKEN)

    monkeypatch.setattr(spool, "SpoolFile", broken)
    async with scene_of(spooled) as scene:
        for _ in range(3):
            with pytest.raises(SinkUnavailable):
                await scene.put(b"1\n")
    assert opened == [1]


async def test_a_spool_that_another_process_uses_takes_nothing_and_says_why(
    spooled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_file, "_WAIT_SECONDS", 0.01)
    async with scene_of(spooled) as first, scene_of(spooled) as second:
        with pytest.raises(SinkUnavailable, match="another process uses it"):
            await second.put(b"2\n")
        await first.put(b"1\n")
    assert in_file(spooled) == [b"1\n"]


async def test_a_disk_that_fails_in_the_middle_is_left_for_a_while_and_loses_nothing(
    spooled: Settings, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "_REOPEN_SECONDS", 0)
    await scene.put(b"1\n")

    def failing(_: SpoolFile, __: Stream, ___: Sequence[bytes]) -> None:
        raise SinkUnavailable("disk I/O error", Cause.SPOOL_BROKEN)

    with monkeypatch.context() as disk:
        disk.setattr(SpoolFile, "append", failing)
        with pytest.raises(SinkUnavailable, match="disk I/O error"):
            await scene.put(b"2\n")
    await scene.put(b"3\n")
    scene.inner.error = None
    assert await scene.sent(2) == [b"1\n", b"3\n"]
    await scene.empty()
    await scene.spool.close()
    assert in_file(spooled) == []


async def test_a_file_that_broke_is_let_go_of_until_it_is_opened_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: SpoolFile, __: Stream, ___: Sequence[bytes]) -> None:
        raise SinkUnavailable("disk I/O error", Cause.SPOOL_BROKEN)

    await scene.put(b"1\n")
    with monkeypatch.context() as disk:
        disk.setattr(SpoolFile, "append", failing)
        with pytest.raises(SinkUnavailable):
            await scene.put(b"2\n")
    with pytest.raises(SinkUnavailable, match="disk I/O error"):
        await scene.put(b"3\n")
    lost = scene.spool.state()
    assert (lost.lines["events"], lost.bytes, lost.is_open) == (1, 2, False)
    assert lost.oldest_seconds > 0
    scene.inner.error = None
    assert await scene.spool.check() is Health.WITHOUT_SPOOL
    scene.spool._next_try = 0  # some seconds later
    assert await scene.sent(1) == [b"1\n"]
    assert scene.spool.state().is_open
    assert await scene.spool.check() is Health.OK


async def test_a_full_disk_refuses_lines_and_what_is_in_the_file_is_sent(scene: Scene) -> None:
    await scene.put(b"1\n")
    file = scene.spool._file
    assert file is not None
    file._db.execute("PRAGMA max_page_count = 1")  # SQLite's error is that of a full disk
    with pytest.raises(SinkUnavailable, match="full") as caught:
        await scene.put(b"x" * 9000)
    assert caught.value.cause is Cause.SPOOL_FULL
    with pytest.raises(SinkUnavailable, match="full"):
        await scene.spool.check()
    scene.inner.error = None
    assert await scene.sent(1) == [b"1\n"]
    scene.inner.error = DOWN
    file._db.execute("PRAGMA max_page_count = 1000000")
    await scene.put(b"x" * 9000)
    scene.inner.error = None
    assert await scene.sent(2) == [b"1\n", b"x" * 9000]
