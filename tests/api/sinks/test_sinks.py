"""What every sink does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from questlog_api import Settings
from questlog_api.sinks import (
    BreakerSink,
    FirehoseSink,
    Health,
    MemorySink,
    Sink,
    SinkUnavailable,
    SpoolSink,
    Stream,
    open_sink,
)
from questlog_api.telemetry.metrics import Metrics
from tests.api.sinks.conftest import Aws, soon

pytestmark = pytest.mark.anyio

LINES = [b'{"number":%d}\n' % number for number in range(3)]


class Case:
    """A sink, what it has stored, and the same sink when it cannot store anything."""

    def __init__(self, sink: Sink, stored: Callable[[Stream], list[bytes]], broken: Sink) -> None:
        self.sink = sink
        self.stored = stored
        self.broken = broken


def memory(_: pytest.FixtureRequest) -> Case:
    sink = MemorySink()
    return Case(sink, sink.lines.__getitem__, MemorySink(capacity=0))


def firehose(request: pytest.FixtureRequest, packing: str) -> Case:
    settings: Settings = request.getfixturevalue("aws_settings").model_copy(update={"packing": packing})
    return _case(request, settings, lambda chosen: FirehoseSink.from_settings(chosen, Metrics()))


def breaker(request: pytest.FixtureRequest) -> Case:
    """The sink of an operator without a spool."""
    return _case(
        request, request.getfixturevalue("aws_settings"), lambda chosen: open_sink(chosen, Metrics())
    )


def spool(request: pytest.FixtureRequest) -> Case:
    """The sink of an operator with a spool; the broken one has a folder where its file should be."""
    folder: Path = request.getfixturevalue("tmp_path")
    settings: Settings = request.getfixturevalue("aws_settings")

    def opened(chosen: Settings) -> Sink:
        path = folder / "spool.sqlite" if chosen is settings else folder
        return open_sink(chosen.model_copy(update={"spool_path": path}), Metrics())

    return _case(request, settings, opened)


def _case(request: pytest.FixtureRequest, settings: Settings, opened: Callable[[Settings], Sink]) -> Case:
    aws: Aws = request.getfixturevalue("aws")
    nowhere = settings.model_copy(update={"events_stream": "nothing", "rejects_stream": "nothing"})
    return Case(opened(settings), lambda stream: aws.lines(stream.value), opened(nowhere))


CASES: dict[str, Callable[[pytest.FixtureRequest], Case]] = {
    "memory": memory,
    "firehose-single": partial(firehose, packing="single"),
    "firehose-ndjson": partial(firehose, packing="ndjson"),
    "firehose-ndjson+gzip": partial(firehose, packing="ndjson+gzip"),
    "breaker": breaker,
    "spool": spool,
}


@pytest.fixture(params=CASES)
async def case(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    case = CASES[request.param](request)
    await case.sink.start()
    await case.broken.start()
    yield case
    await case.sink.close()
    await case.broken.close()


async def test_lines_are_stored_in_order_when_put_returns(case: Case) -> None:
    await case.sink.put(Stream.EVENTS, LINES, soon())
    assert case.stored(Stream.EVENTS) == LINES


async def test_each_stream_has_its_own_lines(case: Case) -> None:
    await case.sink.put(Stream.EVENTS, LINES[:1], soon())
    await case.sink.put(Stream.REJECTS, LINES[1:], soon())
    assert case.stored(Stream.EVENTS) == LINES[:1]
    assert case.stored(Stream.REJECTS) == LINES[1:]


async def test_many_lines_are_stored_at_once(case: Case) -> None:
    lines = [b"%d\n" % number for number in range(1200)]
    await case.sink.put(Stream.EVENTS, lines, soon())
    assert sorted(case.stored(Stream.EVENTS)) == sorted(lines)


async def test_puts_at_the_same_time_lose_nothing(case: Case) -> None:
    lines = [b"%d\n" % number for number in range(40)]
    await asyncio.gather(*(case.sink.put(Stream.EVENTS, [line], soon()) for line in lines))
    assert sorted(case.stored(Stream.EVENTS)) == sorted(lines)


async def test_nothing_to_put_is_nothing_stored(case: Case) -> None:
    await case.sink.put(Stream.EVENTS, [], soon())
    assert case.stored(Stream.EVENTS) == []


async def test_nothing_is_put_into_a_sink_that_cannot_store_either(case: Case) -> None:
    with pytest.raises(SinkUnavailable):
        await case.broken.put(Stream.EVENTS, LINES, soon(0.1))
    await case.broken.put(Stream.EVENTS, [], soon())


async def test_each_line_is_told_once_by_the_time_put_returns(case: Case) -> None:
    told: list[int] = []
    lines = [b"%d\n" % number for number in range(1200)]
    await case.sink.put(Stream.EVENTS, lines, soon(), lambda start, stop: told.extend(range(start, stop)))
    assert sorted(told) == list(range(1200))


async def test_a_line_is_told_when_it_is_stored_and_not_before(case: Case) -> None:
    stored: list[bool] = []

    def note(start: int, stop: int) -> None:
        stored.append(set(LINES[start:stop]) <= set(case.stored(Stream.EVENTS)))

    await case.sink.put(Stream.EVENTS, LINES, soon(), note)
    assert stored
    assert all(stored)


async def test_a_sink_that_stores_is_ready(case: Case) -> None:
    assert await case.sink.check() is Health.OK


async def test_a_sink_that_cannot_store_says_so(case: Case) -> None:
    told: list[tuple[int, int]] = []
    with pytest.raises(SinkUnavailable):
        await case.broken.put(Stream.EVENTS, LINES, soon(), lambda *lines: told.append(lines))
    assert told == []


async def test_a_sink_that_cannot_store_is_not_ready(case: Case) -> None:
    with pytest.raises(SinkUnavailable):
        await case.broken.check()


async def test_the_settings_choose_what_stands_around_firehose(
    aws_settings: Settings, tmp_path: Path
) -> None:
    sinks = [
        open_sink(aws_settings.model_copy(update={"spool_path": path}), Metrics())
        for path in (None, tmp_path / "spool.sqlite")
    ]
    for sink in sinks:
        await sink.close()
    assert [type(sink) for sink in sinks] == [BreakerSink, SpoolSink]
