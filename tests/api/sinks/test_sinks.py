"""What every sink does."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from questlog_api import Settings
from questlog_api.sinks import FirehoseSink, MemorySink, Sink, SinkUnavailable, Stream
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
    aws: Aws = request.getfixturevalue("aws")
    settings: Settings = request.getfixturevalue("aws_settings").model_copy(update={"packing": packing})
    nowhere = settings.model_copy(update={"events_stream": "nothing", "rejects_stream": "nothing"})
    return Case(
        FirehoseSink.from_settings(settings),
        lambda stream: aws.lines(stream.value),
        FirehoseSink.from_settings(nowhere),
    )


CASES: dict[str, Callable[[pytest.FixtureRequest], Case]] = {
    "memory": memory,
    "firehose-single": lambda request: firehose(request, "single"),
    "firehose-ndjson": lambda request: firehose(request, "ndjson"),
}


@pytest.fixture(params=CASES)
async def case(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    case = CASES[request.param](request)
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


async def test_a_sink_that_stores_is_ready(case: Case) -> None:
    await case.sink.check()


async def test_a_sink_that_cannot_store_says_so(case: Case) -> None:
    with pytest.raises(SinkUnavailable):
        await case.broken.put(Stream.EVENTS, LINES, soon())


async def test_a_sink_that_cannot_store_is_not_ready(case: Case) -> None:
    with pytest.raises(SinkUnavailable):
        await case.broken.check()
