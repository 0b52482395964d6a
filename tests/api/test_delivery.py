import asyncio
import gc
from collections import Counter
from collections.abc import Sequence
from random import Random
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questlog_api import delivery
from questlog_api.delivery import GROUP_BYTES, GROUP_LINES, Delivery
from questlog_api.sinks import MemorySink, SinkUnavailable, Stream
from questlog_api.sinks.base import Stored, ignore
from questlog_api.telemetry import request_id
from tests.api.sinks.conftest import soon

pytestmark = pytest.mark.anyio

MANY = 300
"""Lines that are worth a further put while one is under way."""


class Put:
    """A call of a sink, which the test ends: `store` some of its lines, `end` well, or `fail`."""

    def __init__(self, lines: Sequence[bytes], deadline: float, stored: Stored) -> None:
        self.lines = list(lines)
        self.deadline = deadline
        self.store = stored
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end(self) -> None:
        self.store(0, len(self.lines))
        self.over.set_result(None)

    def fail(self, error: Exception | None = None) -> None:
        self.over.set_exception(error or SinkUnavailable("the sink is down"))


class ManualSink(MemorySink):
    """Shows the calls under way in `puts`."""

    def __init__(self) -> None:
        super().__init__()
        self.puts: list[Put] = []
        self.seen: list[str] = []
        self.called = asyncio.Event()

    async def put(self, _: Stream, lines: Sequence[bytes], deadline: float, stored: Stored = ignore) -> None:
        put = Put(lines, deadline, stored)
        self.puts.append(put)
        self.seen.append(request_id.current())
        self.called.set()
        try:
            await put.over
        finally:
            self.puts.remove(put)


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def ends(*tasks: "asyncio.Task[None]") -> list[BaseException | None]:
    """Return what became of `tasks`, which end soon."""
    return await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)


@pytest.fixture
def sink() -> ManualSink:
    return ManualSink()


class Requests:
    """Requests for `delivery` by the name of their only line, which may be many bytes or lines."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.tasks: list[asyncio.Task[None]] = []

    async def arrive(self, *lines: bytes, seconds: float = 15) -> asyncio.Task[None]:
        task = asyncio.create_task(self.delivery.put(lines, soon(seconds)))
        self.tasks.append(task)
        await settle()
        return task


@pytest.fixture
def requests(sink: ManualSink) -> Requests:
    return Requests(Delivery(sink, Stream.EVENTS, 1))


async def test_a_request_that_is_alone_is_put_at_once(sink: ManualSink, requests: Requests) -> None:
    await requests.arrive(b"1\n", b"2\n")
    assert [put.lines for put in sink.puts] == [[b"1\n", b"2\n"]]


async def test_what_arrives_while_a_put_is_under_way_rides_in_the_next_one_in_order(
    sink: ManualSink, requests: Requests
) -> None:
    for number in range(4):
        await requests.arrive(b"%da\n" % number, b"%db\n" % number)
    assert [put.lines for put in sink.puts] == [[b"0a\n", b"0b\n"]]
    sink.puts[0].end()
    await settle()
    assert [put.lines for put in sink.puts] == [[b"1a\n", b"1b\n", b"2a\n", b"2b\n", b"3a\n", b"3b\n"]]


async def test_a_request_is_answered_when_its_own_put_ends_and_not_before(
    sink: ManualSink, requests: Requests
) -> None:
    first, second = await requests.arrive(b"1\n"), await requests.arrive(b"2\n")
    assert not first.done()
    sink.puts[0].end()
    await settle()
    assert (first.done(), second.done()) == (True, False)
    sink.puts[0].end()
    assert await ends(second) == [None]


async def test_a_request_is_answered_as_soon_as_its_own_lines_are_durable(
    sink: ManualSink, requests: Requests
) -> None:
    await requests.arrive(b"0\n")
    first = await requests.arrive(b"1a\n", b"1b\n")
    second = await requests.arrive(b"2\n")
    third = await requests.arrive(b"3a\n", b"3b\n", b"3c\n")
    sink.puts[0].end()
    await settle()
    [put] = sink.puts
    put.store(3, 5)
    put.store(0, 1)
    await settle()
    assert [task.done() for task in (first, second, third)] == [False, False, False]
    put.store(1, 3)
    await settle()
    assert [task.done() for task in (first, second, third)] == [True, True, False]
    put.store(5, 6)
    assert await ends(third) == [None]
    assert not put.over.done()


async def test_a_put_that_fails_fails_exactly_the_requests_whose_lines_are_not_stored(
    sink: ManualSink, requests: Requests
) -> None:
    await requests.arrive(b"0\n")
    tasks = [await requests.arrive(b"%d\n" % number, b"%d\n" % number) for number in range(3)]
    sink.puts[0].end()
    await settle()
    sink.puts[0].store(0, 3)
    sink.puts[0].fail()
    results = await ends(*tasks)
    assert [type(result) for result in results] == [type(None), SinkUnavailable, SinkUnavailable]


async def test_any_other_error_of_a_sink_reaches_the_requests_as_well(
    sink: ManualSink, requests: Requests
) -> None:
    task = await requests.arrive(b"1\n")
    sink.puts[0].fail(ZeroDivisionError())
    [error] = await ends(task)
    assert isinstance(error, ZeroDivisionError)


async def test_the_next_put_starts_after_one_that_failed(sink: ManualSink, requests: Requests) -> None:
    first, second = await requests.arrive(b"1\n"), await requests.arrive(b"2\n")
    sink.puts[0].fail()
    [error] = await ends(first)
    assert isinstance(error, SinkUnavailable)
    await settle()
    sink.puts[0].end()
    assert await ends(second) == [None]


@pytest.mark.parametrize("most", [1, 2, 4])
async def test_there_are_never_more_puts_under_way_than_allowed(sink: ManualSink, most: int) -> None:
    requests = Requests(Delivery(sink, Stream.EVENTS, most))
    for _ in range(6):
        await requests.arrive(*[b"x\n"] * MANY)
    assert len(sink.puts) == most
    sink.puts[0].end()
    await settle()
    assert len(sink.puts) == most


async def test_few_lines_wait_for_the_put_before_them_even_if_another_one_could_start(
    sink: ManualSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_WORTH_SECONDS", 60)
    requests = Requests(Delivery(sink, Stream.EVENTS, 4))
    for _ in range(3):
        await requests.arrive(b"x\n")
    assert [len(put.lines) for put in sink.puts] == [1]
    await requests.arrive(*[b"x\n"] * MANY)
    assert [len(put.lines) for put in sink.puts] == [1, 2 + MANY]
    await requests.arrive(b"x\n")
    assert [len(put.lines) for put in sink.puts] == [1, 2 + MANY]


async def test_few_lines_are_worth_a_put_when_the_one_before_them_takes_long(
    sink: ManualSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_WORTH_SECONDS", 0)
    requests = Requests(Delivery(sink, Stream.EVENTS, 4))
    for _ in range(3):
        await requests.arrive(b"x\n")
    assert [len(put.lines) for put in sink.puts] == [1, 1, 1]


async def test_no_timer_is_set(sink: ManualSink, requests: Requests, monkeypatch: pytest.MonkeyPatch) -> None:
    loop, timers = asyncio.get_running_loop(), []
    monkeypatch.setattr(loop, "call_later", lambda *timer, **_: timers.append(timer))
    monkeypatch.setattr(loop, "call_at", lambda *timer, **_: timers.append(timer))
    tasks = [await requests.arrive(b"%d\n" % number) for number in range(3)]
    while sink.puts:
        sink.puts[0].end()
        await settle()
    assert all(task.done() for task in tasks)
    assert timers == []


async def test_a_group_has_no_more_lines_than_its_limit(sink: ManualSink, requests: Requests) -> None:
    await requests.arrive(b"0\n")
    half = [b"x\n"] * (GROUP_LINES // 2)
    for lines in (half, half, [b"y\n"]):
        await requests.arrive(*lines)
    sink.puts[0].end()
    await settle()
    assert [len(put.lines) for put in sink.puts] == [GROUP_LINES]
    sink.puts[0].end()
    await settle()
    assert [put.lines for put in sink.puts] == [[b"y\n"]]


async def test_a_group_has_no_more_bytes_than_its_limit(sink: ManualSink, requests: Requests) -> None:
    await requests.arrive(b"0\n")
    for size in (GROUP_BYTES - 1, 1, 1):
        await requests.arrive(b"x" * size)
    sink.puts[0].end()
    await settle()
    assert [len(line) for line in sink.puts[0].lines] == [GROUP_BYTES - 1, 1]
    sink.puts[0].end()
    await settle()
    assert [len(line) for line in sink.puts[0].lines] == [1]


@pytest.mark.parametrize(
    "large", [[b"x" * (GROUP_BYTES + 1)], [b"x\n"] * (GROUP_LINES + 1)], ids=["bytes", "lines"]
)
async def test_a_request_over_the_limits_goes_alone_and_whole(
    sink: ManualSink, requests: Requests, large: list[bytes]
) -> None:
    await requests.arrive(b"0\n")
    for lines in ([b"1\n"], large, [b"2\n"]):
        await requests.arrive(*lines)
    groups = []
    while sink.puts:
        groups.append(sink.puts[0].lines)
        sink.puts[0].end()
        await settle()
    assert groups == [[b"0\n"], [b"1\n"], large, [b"2\n"]]


async def test_what_waited_too_long_is_still_handed_on_as_a_spool_may_take_it(
    sink: ManualSink, requests: Requests
) -> None:
    await requests.arrive(b"1\n")
    late = await requests.arrive(b"2\n", seconds=0)
    sink.puts[0].end()
    await settle()
    assert sink.puts[0].lines == [b"2\n"]
    assert sink.puts[0].deadline <= soon(0)
    sink.puts[0].end()
    assert await ends(late) == [None]


async def test_requests_that_share_a_put_share_the_latest_of_their_deadlines(
    sink: ManualSink, requests: Requests
) -> None:
    await requests.arrive(b"0\n")
    await requests.arrive(b"1\n", seconds=20)
    await requests.arrive(b"2\n", seconds=10)
    sink.puts[0].end()
    await settle()
    assert soon(10) < sink.puts[0].deadline < soon(20)


async def test_a_put_that_hangs_holds_up_nobody_beside_it(sink: ManualSink) -> None:
    requests = Requests(Delivery(sink, Stream.EVENTS, 2))
    await requests.arrive(b"1\n")
    await requests.arrive(b"2\n")
    sink.called.clear()
    await asyncio.wait_for(sink.called.wait(), 5)
    assert [put.lines for put in sink.puts] == [[b"1\n"], [b"2\n"]]


async def test_what_failed_is_not_left_to_the_garbage_collector(sink: ManualSink, requests: Requests) -> None:
    failed = await requests.arrive(b"1\n")
    gc.collect()
    gc.disable()
    try:
        sink.puts[0].fail()
        await ends(failed)
        del failed
        requests.tasks.clear()
        await settle()
        assert not [found for found in gc.get_objects() if isinstance(found, delivery._Parcel)]
    finally:
        gc.enable()


async def test_a_put_is_of_no_request_as_it_serves_several(requests: Requests, sink: ManualSink) -> None:
    token = request_id.begin()
    await requests.arrive(b"1\n")
    request_id.end(token)
    assert sink.seen == ["-"]


async def test_a_request_that_is_cancelled_harms_no_other(sink: ManualSink, requests: Requests) -> None:
    tasks = [await requests.arrive(b"%d\n" % number) for number in range(4)]
    tasks[0].cancel()  # its put is under way
    tasks[2].cancel()  # it waits
    await settle()
    sink.puts[0].end()
    await settle()
    sink.puts[0].end()
    results = await ends(*tasks)
    cancelled = [isinstance(result, asyncio.CancelledError) for result in results]
    assert (cancelled, results[1], results[3]) == ([True, False, True, False], None, None)
    assert requests.delivery.waiting_bytes == 0


async def test_a_cancelled_request_does_not_stop_a_put_that_fails_for_others(
    sink: ManualSink, requests: Requests
) -> None:
    await requests.arrive(b"0\n")
    left, other = await requests.arrive(b"1\n"), await requests.arrive(b"2\n")
    sink.puts[0].end()
    await settle()
    left.cancel()
    await settle()
    sink.puts[0].fail()
    [error] = await ends(other)
    assert isinstance(error, SinkUnavailable)


async def test_what_waits_is_told_in_bytes(sink: ManualSink, requests: Requests) -> None:
    await requests.arrive(b"0\n")
    assert requests.delivery.waiting_bytes == 0
    await requests.arrive(b"123\n", b"45\n")
    await requests.arrive(b"6\n", seconds=0)
    assert requests.delivery.waiting_bytes == 9
    sink.puts[0].end()
    await settle()
    assert requests.delivery.waiting_bytes == 0


async def test_nothing_to_deliver_is_no_put(sink: ManualSink, requests: Requests) -> None:
    await asyncio.wait_for(requests.delivery.put([], soon()), 5)
    assert sink.puts == []


class ModelSink(MemorySink):
    """Takes its time, stores records of a few lines in any order, and fails at random after any of them."""

    def __init__(self, random: Random, most: int) -> None:
        super().__init__()
        self._random = random
        self._most = most
        self._under_way = 0

    async def put(
        self, stream: Stream, lines: Sequence[bytes], deadline: float, stored: Stored = ignore
    ) -> None:
        self._under_way += 1
        assert self._under_way <= self._most
        assert monotonic() < deadline
        try:
            for start, stop in self._records(len(lines)):
                await self._while()
                self.lines[stream].extend(lines[start:stop])  # a fault may come between this and `stored`
                self._may_fail()
                stored(start, stop)
        finally:
            self._under_way -= 1

    def _records(self, count: int) -> list[tuple[int, int]]:
        ends = sorted({count, *(self._random.randint(1, count) for _ in range(3))})
        records = list(zip([0, *ends], ends, strict=False))
        self._random.shuffle(records)
        return records

    async def _while(self) -> None:
        for _ in range(self._random.randint(0, 3)):
            await asyncio.sleep(0)

    def _may_fail(self) -> None:
        if self._random.random() < 0.1:
            raise self._random.choice([SinkUnavailable("down"), RuntimeError("a bug")])


async def _all_kinds_of_requests(random: Random, sink: MemorySink, most: int) -> list[list[bytes]]:
    """Send requests at random, and cancel some; return the lines of each that was answered."""
    delivered = Delivery(sink, Stream.EVENTS, most)

    async def request(number: int) -> list[bytes]:
        lines = [b"%d-%d\n" % (number, line) for line in range(random.choice([1, 1, 2, 5, MANY]))]
        for _ in range(random.randint(0, 30)):
            await asyncio.sleep(0)
        await delivered.put(lines, soon())
        return lines

    tasks = [asyncio.create_task(request(number)) for number in range(25)]
    for task in random.sample(tasks, 3):
        await asyncio.sleep(0)
        task.cancel()
    results = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
    assert delivered.waiting_bytes == 0
    return [lines for lines in results if not isinstance(lines, BaseException)]


@given(seed=st.integers(), most=st.integers(1, 4))
def test_the_lines_of_every_request_that_is_answered_are_in_the_sink(seed: int, most: int) -> None:
    random = Random(seed)
    sink = ModelSink(random, most)
    answered = asyncio.run(_all_kinds_of_requests(random, sink, most))
    stored = Counter(sink.lines[Stream.EVENTS])
    assert [line for lines in answered for line in lines if not stored[line]] == []


async def test_the_model_fails_some_requests_and_answers_others() -> None:
    random = Random(7)
    answered = await _all_kinds_of_requests(random, ModelSink(random, 2), 2)
    assert 0 < len(answered) < 22


async def test_each_line_is_put_once_and_those_of_a_request_in_order() -> None:
    sink = MemorySink()
    answered = await _all_kinds_of_requests(Random(7), sink, 4)
    stored = sink.lines[Stream.EVENTS]
    assert len(stored) == len(set(stored))
    for lines in answered:
        start = stored.index(lines[0])
        assert stored[start : start + len(lines)] == lines
