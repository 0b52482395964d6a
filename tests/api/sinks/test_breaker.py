import asyncio
import logging
from collections.abc import AsyncIterator, Sequence

import pytest

from questlog_api.sinks import BreakerSink, Cause, Health, MemorySink, SinkUnavailable, Stream, breaker
from questlog_api.sinks.base import Stored, ignore
from questlog_api.telemetry.metrics import Metrics
from tests.api.sinks.conftest import soon

pytestmark = pytest.mark.anyio

FAILURES = 3
SECONDS = 5.0
LATEST = SECONDS * 1.25
"""Seconds after which one put is let through for sure."""


class Clock:
    """The time as the breaker sees it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def read(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(breaker, "monotonic", clock.read)
    return clock


class Flaky(MemorySink):
    """Fails as it is told to, and counts what reaches it; `may` holds puts back."""

    def __init__(self) -> None:
        super().__init__()
        self.error: BaseException | None = None
        self.asked = 0
        self.may = asyncio.Event()
        self.may.set()
        self.stores_first = False

    async def put(
        self, stream: Stream, lines: Sequence[bytes], deadline: float, stored: Stored = ignore
    ) -> None:
        self.asked += 1
        error = self.error
        await self.may.wait()
        if self.stores_first:
            stored(0, 1)
        if error is not None:
            raise error
        await super().put(stream, lines, deadline, stored)


DOWN = SinkUnavailable("the stream is down")


class Guarded:
    """A sink behind a breaker."""

    def __init__(self) -> None:
        self.sink = Flaky()
        self.metrics = Metrics()
        self.breaker = BreakerSink(self.sink, FAILURES, SECONDS, self.metrics)

    async def put(self, stream: Stream = Stream.EVENTS) -> bool:
        """Put a line; return whether it was stored."""
        try:
            await self.breaker.put(stream, [b"1\n"], soon())
        except SinkUnavailable:
            return False
        return True

    async def reaches(self, stream: Stream = Stream.EVENTS) -> bool:
        """Put a line; return whether the sink was asked."""
        asked = self.sink.asked
        await self.put(stream)
        return self.sink.asked > asked

    async def open(self) -> None:
        self.sink.error = DOWN
        for _ in range(FAILURES):
            await self.put()

    def shows_open(self, stream: Stream = Stream.EVENTS) -> bool:
        return bool(self.metrics.registry.get_sample_value("questlog_breaker_open", {"stream": stream.value}))


@pytest.fixture
async def guarded(clock: Clock) -> AsyncIterator[Guarded]:  # noqa: ARG001 - by which it opens and closes
    guarded = Guarded()
    await guarded.breaker.start()
    yield guarded
    await guarded.breaker.close()


async def test_it_opens_after_so_many_failures_in_a_row_and_fails_at_once_then(guarded: Guarded) -> None:
    guarded.sink.error = DOWN
    assert [await guarded.reaches() for _ in range(5)] == [True, True, True, False, False]
    with pytest.raises(SinkUnavailable, match="failed 3 times in a row"):
        await guarded.breaker.put(Stream.EVENTS, [b"1\n"], soon())


async def test_a_put_of_which_something_was_stored_is_no_failure(guarded: Guarded) -> None:
    guarded.sink.error = DOWN
    guarded.sink.stores_first = True
    assert [await guarded.put() for _ in range(2 * FAILURES)] == [False] * 2 * FAILURES
    assert not guarded.shows_open()


async def test_a_put_that_was_never_tried_is_no_failure(guarded: Guarded) -> None:
    guarded.sink.error = SinkUnavailable("no time was left", Cause.NOT_TRIED)
    assert [await guarded.reaches() for _ in range(2 * FAILURES)] == [True] * 2 * FAILURES


async def test_it_is_not_ready_while_events_are_left_alone(guarded: Guarded, clock: Clock) -> None:
    await guarded.open()
    with pytest.raises(SinkUnavailable, match="left alone"):
        await guarded.breaker.check()
    clock.now += LATEST
    assert await guarded.breaker.check() is Health.OK  # so that requests come and one tries


async def test_while_it_is_closed_the_error_is_that_of_the_sink(guarded: Guarded) -> None:
    guarded.sink.error = DOWN
    with pytest.raises(SinkUnavailable, match="the stream is down"):
        await guarded.breaker.put(Stream.EVENTS, [b"1\n"], soon())


async def test_a_success_in_between_begins_the_count_anew(guarded: Guarded) -> None:
    for error in [DOWN, DOWN, None, DOWN, DOWN]:
        guarded.sink.error = error
        assert await guarded.reaches()
    assert not guarded.shows_open()
    guarded.sink.error = None
    assert await guarded.put()


async def test_each_stream_has_a_breaker_of_its_own(guarded: Guarded) -> None:
    await guarded.open()
    assert not await guarded.reaches(Stream.EVENTS)
    assert await guarded.reaches(Stream.REJECTS)
    assert (guarded.shows_open(Stream.EVENTS), guarded.shows_open(Stream.REJECTS)) == (True, False)


async def test_after_its_time_one_put_tries_and_others_fail_meanwhile(guarded: Guarded, clock: Clock) -> None:
    await guarded.open()
    clock.now += LATEST
    guarded.sink.may.clear()
    trial = asyncio.create_task(guarded.reaches())
    await asyncio.sleep(0)
    assert not await asyncio.wait_for(guarded.reaches(), 5)
    guarded.sink.may.set()
    assert await trial


async def test_it_is_left_alone_for_at_least_three_quarters_of_its_time(
    guarded: Guarded, clock: Clock
) -> None:
    await guarded.open()
    clock.now += SECONDS * 0.74
    assert not await guarded.reaches()


async def test_it_closes_when_the_try_succeeds(guarded: Guarded, clock: Clock) -> None:
    await guarded.open()
    clock.now += LATEST
    guarded.sink.error = None
    assert guarded.shows_open()
    assert [await guarded.put() for _ in range(3)] == [True, True, True]
    assert not guarded.shows_open()
    guarded.sink.error = DOWN
    assert [await guarded.reaches() for _ in range(4)] == [True, True, True, False]


async def test_it_closes_when_the_try_stores_a_part(guarded: Guarded, clock: Clock) -> None:
    await guarded.open()
    clock.now += LATEST
    guarded.sink.stores_first = True
    assert not await guarded.put()
    assert not guarded.shows_open()


async def test_it_stays_open_for_as_long_again_when_the_try_fails(guarded: Guarded, clock: Clock) -> None:
    await guarded.open()
    for _ in range(3):
        clock.now += LATEST
        assert [await guarded.reaches(), await guarded.reaches()] == [True, False]
        clock.now += SECONDS * 0.74
        assert not await guarded.reaches()


@pytest.mark.parametrize("error", [asyncio.CancelledError(), RuntimeError("a bug")])
async def test_a_try_that_ends_without_an_answer_lets_another_one_try(
    guarded: Guarded, clock: Clock, error: BaseException
) -> None:
    await guarded.open()
    clock.now += LATEST
    guarded.sink.error = error
    with pytest.raises(type(error)):
        await guarded.breaker.put(Stream.EVENTS, [b"1\n"], soon())
    guarded.sink.error = None
    assert await guarded.put()
    assert not guarded.shows_open()


async def test_an_error_that_is_not_of_the_stream_does_not_open_it(guarded: Guarded) -> None:
    guarded.sink.error = RuntimeError("a bug")
    for _ in range(5):
        with pytest.raises(RuntimeError):
            await guarded.put()
    assert not guarded.shows_open()


async def test_failures_at_the_same_time_all_count_and_are_logged_once(
    guarded: Guarded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "questlog_api")
    guarded.sink.error = DOWN
    guarded.sink.may.clear()
    puts = [asyncio.create_task(guarded.put()) for _ in range(6)]
    await asyncio.sleep(0)
    guarded.sink.may.set()
    assert not any(await asyncio.gather(*puts))
    assert guarded.shows_open()
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_opening_and_closing_are_logged(
    guarded: Guarded, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "questlog_api")
    await guarded.open()
    clock.now += LATEST
    guarded.sink.error = None
    await guarded.put()
    assert [(record.levelno, record.message) for record in caplog.records] == [
        (logging.ERROR, "events fails and is left alone, to be tried every 5 s"),
        (logging.INFO, "events takes lines again"),
    ]


async def test_what_was_stored_is_told_and_health_is_that_of_the_sink(guarded: Guarded) -> None:
    told: list[tuple[int, int]] = []
    await guarded.breaker.put(Stream.EVENTS, [b"1\n", b"2\n"], soon(), lambda *lines: told.append(lines))
    assert told == [(0, 2)]
    assert await guarded.breaker.check() is Health.OK
