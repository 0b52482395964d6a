import asyncio
import gc
import gzip
import zlib
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from questlog_api.body import Incoming, from_json, read_body, to_json
from questlog_api.problems import Kind, ProblemError
from questlog_api.server.whole_answer import offer

pytestmark = pytest.mark.anyio

LIMIT = 1000


class Sender:
    """Sends a body in chunks and counts what was taken of it."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self.taken = 0

    async def receive(self) -> Message:
        chunk = next(self._chunks, None)
        self.taken += len(chunk or b"")
        return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}


def request(*chunks: bytes, **headers: str) -> Incoming:
    return request_of(Sender(chunks).receive, **headers)


def request_of(receive: Receive, **headers: str) -> Incoming:
    headers = {"content_type": "application/json"} | headers
    return Incoming(
        {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}, receive, {}
    )


async def read_json(
    request: Incoming, limit: int = LIMIT, seconds: float = 60, hold: Callable[[int], None] = lambda _: None
) -> Any:
    return from_json(await read_body(request, limit, seconds, hold))


async def problem(request: Incoming) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        await read_json(request)
    return caught.value


async def test_a_body_may_come_in_pieces() -> None:
    assert await read_json(request(b'{"a":', b" [1, ", b'"\xc3', b'\xa9"]}')) == {"a": [1, "é"]}


async def test_a_body_may_be_gzipped() -> None:
    body = gzip.compress(b'{"a": 1}')
    assert await read_json(request(body[:5], body[5:], content_encoding="GZIP")) == {"a": 1}


async def test_a_body_may_say_that_it_is_not_encoded() -> None:
    assert await read_json(request(b"1", content_encoding="identity")) == 1


def whole(body: bytes, **headers: str) -> Incoming:
    """A request whose body is here: nothing is received any more."""
    scope: Any = {"type": "http"}
    flow = SimpleNamespace(resume_reading=lambda: None)
    cycle: Any = SimpleNamespace(more_body=False, disconnected=False, body=bytearray(body), flow=flow)
    offer(scope, cycle)
    return request_of(SlowSender().receive, **headers)._replace(scope=scope)


@pytest.mark.parametrize(
    ("body", "encoding"), [(b"[1]", "identity"), (gzip.compress(b"[1]"), "gzip")], ids=["plain", "gzip"]
)
async def test_a_body_that_is_here_is_taken_whole(body: bytes, encoding: str) -> None:
    held: list[int] = []
    assert await read_json(whole(body, content_encoding=encoding), hold=held.append) == [1]
    assert held == [3]


@pytest.mark.parametrize(
    ("body", "encoding", "kind"),
    [
        (b"1".rjust(LIMIT + 1), "identity", Kind.TOO_LARGE),
        (gzip.compress(b"1".rjust(LIMIT + 1)), "gzip", Kind.TOO_LARGE),
        (gzip.compress(b"1") + b"\0", "gzip", Kind.NOT_JSON),
        (gzip.compress(b"1")[:-1], "gzip", Kind.NOT_JSON),
        (b"1", "gzip", Kind.NOT_JSON),
        (b"1", "br", Kind.UNSUPPORTED_MEDIA_TYPE),
    ],
    ids=[
        "large",
        "large when inflated",
        "more than a member",
        "less than a member",
        "no gzip",
        "no encoding",
    ],
)
async def test_a_whole_body_has_the_same_bounds(body: bytes, encoding: str, kind: Kind) -> None:
    assert (await problem(whole(body, content_encoding=encoding))).kind is kind


async def test_of_a_whole_gzip_bomb_no_more_than_the_limit_unfolds(monkeypatch: pytest.MonkeyPatch) -> None:
    inflated: list[int] = []
    monkeypatch.setattr(zlib, "decompressobj", lambda wbits: _Watched(wbits, inflated))
    await problem(whole(gzip.compress(b" " * 500_000), content_encoding="gzip"))
    assert sum(inflated) == LIMIT + 1


@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON; charset=utf-8"])
async def test_json_is_taken(media_type: str) -> None:
    assert await read_json(request(b"1", content_type=media_type)) == 1


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/jsonp", "application/problem+json"])
async def test_another_media_type_is_not(media_type: str) -> None:
    assert (await problem(request(b"1", content_type=media_type))).kind is Kind.UNSUPPORTED_MEDIA_TYPE


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", ""])
async def test_another_encoding_is_not_taken_and_the_answer_names_those_that_are(encoding: str) -> None:
    refused = await problem(request(b"1", content_encoding=encoding))
    assert refused.kind is Kind.UNSUPPORTED_MEDIA_TYPE
    assert refused.headers == {"Accept-Encoding": "gzip, identity"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b"1 2",
        b"NaN",
        b"[Infinity]",
        b"1e400",
        b'"\\ud800"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b"[" * 5000,
    ],
)
async def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(ProblemError) as caught:
        await read_json(request(body), 10_000)
    assert caught.value.kind is Kind.NOT_JSON


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (b"", "The body is empty."),
        (gzip.compress(b"1", mtime=0), "Content-Encoding: gzip"),
        (b"1,", "at character 1."),
    ],
)
async def test_the_reason_says_what_to_do(body: bytes, hint: str) -> None:
    assert hint in (await problem(request(body))).detail


async def test_the_reason_does_not_repeat_the_body() -> None:
    assert "alice" not in (await problem(request(b"alice@example.com"))).detail


async def test_of_two_members_of_one_name_only_the_last_is_left() -> None:
    assert to_json(await read_json(request(b'{ "a": 1,\n "a": 2 }'), LIMIT)) == b'{"a":2}'


async def test_a_whole_number_over_64_bits_becomes_a_float() -> None:
    # Bounds of contracts are below 2^53, so that such a number is refused by `maximum`.
    assert isinstance(await read_json(request(b"18446744073709551616")), float)


async def test_json_that_is_nested_too_deep_cannot_be_written_again() -> None:
    assert to_json(await read_json(request(b"[" * 250 + b"]" * 250))) is not None
    assert to_json(await read_json(request(b"[" * 400 + b"]" * 400))) is None


async def test_reading_a_million_arrays_does_not_wait_for_the_garbage_collector() -> None:
    collections: list[str] = []

    def note(phase: str, _: dict[str, int]) -> None:
        collections.append(phase)

    gc.callbacks.append(note)
    from_json(b"[" + b",".join([b"[]"] * 1_000_000) + b"]")
    gc.callbacks.remove(note)
    assert len(collections) < 10
    assert gc.isenabled()


class SlowSender:
    """Sends chunks that the test lets through one by one."""

    def __init__(self) -> None:
        self._chunks: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        self.waits = False

    def send(self, *chunks: bytes | Exception | None) -> None:
        """Let chunks through; None is the end, an exception is raised."""
        for chunk in chunks:
            self._chunks.put_nowait(chunk)

    async def receive(self) -> Message:
        self.waits = True
        try:
            chunk = await self._chunks.get()
        finally:
            self.waits = False
        if isinstance(chunk, Exception):
            raise chunk
        return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}


async def read_slowly(sender: SlowSender, seconds: float = 60) -> "asyncio.Task[Any]":
    """Begin to read, and wait until that waits for `sender`."""
    reading = asyncio.create_task(read_json(request_of(sender.receive), seconds=seconds))
    await asyncio.sleep(0)
    assert sender.waits
    return reading


async def test_a_body_that_is_there_is_read_without_a_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "timeout", lambda _: pytest.fail("a timer was set"))
    assert await read_json(request(b"[1,", b"2]")) == [1, 2]


async def test_a_body_may_arrive_later_and_bit_by_bit() -> None:
    sender = SlowSender()
    reading = await read_slowly(sender)
    for chunk in (b'{"a"', b": [1", b"]}", None):
        sender.send(chunk)
        await asyncio.sleep(0)
    assert await asyncio.wait_for(reading, 5) == {"a": [1]}


async def test_a_body_may_begin_at_once_and_end_later() -> None:
    sender = SlowSender()
    sender.send(b"[1,")
    reading = await read_slowly(sender)
    sender.send(b"2]", None)
    assert await asyncio.wait_for(reading, 5) == [1, 2]


async def test_reading_may_only_give_others_their_turn() -> None:
    async def receive() -> Message:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"1"}

    assert await read_json(request_of(receive)) == 1


@pytest.mark.parametrize("chunks", [[], [b"{"], [b"{", b'"a"']])
async def test_a_body_that_does_not_arrive_in_time_is_refused_and_its_connection_closed(
    chunks: list[bytes],
) -> None:
    sender = SlowSender()
    sender.send(*chunks)
    reading = await read_slowly(sender, seconds=0.01)
    with pytest.raises(ProblemError) as caught:
        await asyncio.wait_for(reading, 5)
    assert caught.value.kind is Kind.TIMEOUT
    assert caught.value.headers == {"Connection": "close"}
    assert not sender.waits


async def test_each_chunk_in_time_is_not_enough() -> None:
    async def receive() -> Message:
        await asyncio.sleep(0.001)
        return {"type": "http.request", "body": b"", "more_body": True}

    with pytest.raises(ProblemError) as caught:
        await asyncio.wait_for(read_json(request_of(receive), seconds=0.05), 5)
    assert caught.value.kind is Kind.TIMEOUT


@pytest.mark.parametrize("chunks", [[], [b"{"]])
async def test_a_request_that_is_cancelled_stops_waiting_for_its_body(chunks: list[bytes]) -> None:
    sender = SlowSender()
    reading = await read_slowly(sender)
    sender.send(*chunks)
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(reading, 5)
    assert not sender.waits


async def test_whatever_ends_a_late_body_ends_the_request() -> None:
    sender = SlowSender()
    reading = await read_slowly(sender)
    sender.send(b"{", ZeroDivisionError("of the server"))
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(reading, 5)


@pytest.mark.parametrize("is_late", [False, True])
async def test_a_client_that_leaves_in_the_middle_of_its_body_is_gone(*, is_late: bool) -> None:
    sent: list[Message] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    messages = iter(sent)

    async def receive() -> Message:
        if is_late:
            await asyncio.sleep(0)
        return next(messages)

    with pytest.raises(ClientDisconnect):
        await read_json(request_of(receive))


async def test_a_late_body_is_bounded_as_well() -> None:
    sender = SlowSender()
    reading = await read_slowly(sender)
    sender.send(b" " * LIMIT, b"1")
    with pytest.raises(ProblemError) as caught:
        await asyncio.wait_for(reading, 5)
    assert caught.value.kind is Kind.TOO_LARGE


async def test_what_is_there_of_a_body_is_told_as_it_grows() -> None:
    held: list[int] = []
    body = gzip.compress(b" " * 500 + b"1")
    await read_json(request(body[:-9], body[-9:], content_encoding="gzip"), hold=held.append)
    assert held[-1] == 501
    assert held == sorted(held)


async def test_a_body_ends_when_no_more_of_it_may_be_held() -> None:
    def hold(size: int) -> None:
        if size > 200:
            raise ProblemError(Kind.UNAVAILABLE, "full")

    sender = Sender(b" " * 100 for _ in range(9))
    with pytest.raises(ProblemError, match="full"):
        await read_json(request_of(sender.receive), hold=hold)
    assert sender.taken == 300


async def test_a_body_of_exactly_the_limit_is_taken() -> None:
    assert await read_json(request(b"1".rjust(LIMIT))) == 1


async def test_one_byte_more_is_too_large() -> None:
    assert (await problem(request(b"1".rjust(LIMIT + 1)))).kind is Kind.TOO_LARGE


async def test_a_body_that_is_declared_too_large_is_not_read() -> None:
    sender = Sender([b" "])
    assert (await problem(request_of(sender.receive, content_length=str(LIMIT + 1)))).kind is Kind.TOO_LARGE
    assert sender.taken == 0


async def test_an_endless_body_is_not_read_beyond_the_limit() -> None:
    sender = Sender(b" " * 100 for _ in iter(int, 1))
    assert (await problem(request_of(sender.receive))).kind is Kind.TOO_LARGE
    assert sender.taken == LIMIT + 100


async def test_a_gzip_bomb_never_unfolds(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(b" " * 500_000)
    assert len(bomb) < LIMIT
    inflated: list[int] = []
    monkeypatch.setattr(zlib, "decompressobj", lambda wbits: _Watched(wbits, inflated))
    assert (await problem(request(bomb, content_encoding="gzip"))).kind is Kind.TOO_LARGE
    assert sum(inflated) == LIMIT + 1


async def test_an_endless_gzip_body_is_not_read_beyond_the_limit() -> None:
    empty_block = b"\x00\x00\x00\xff\xff"
    chunks = (gzip.compress(b"")[:10] if first else empty_block * 20 for first in _once_true())
    sender = Sender(chunks)
    assert (await problem(request_of(sender.receive, content_encoding="gzip"))).kind is Kind.TOO_LARGE
    assert sender.taken <= LIMIT + 100


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        gzip.compress(b"{}")[:-1],
        gzip.compress(b"{}")[:-8] + b"\x00" * 8,
        gzip.compress(b"{}") + b"rest",
        gzip.compress(b"{") + gzip.compress(b"}"),
        zlib.compress(b"{}"),
    ],
    # gzip writes the time into its header: without names of their own, no two processes agree on the tests.
    ids=["empty", "plain", "cut off", "wrong checksum", "more behind it", "two members", "zlib"],
)
async def test_what_is_not_one_whole_gzip_member_is_refused(body: bytes) -> None:
    refused = await problem(request(body, content_encoding="gzip"))
    assert refused.kind is Kind.NOT_JSON
    assert "gzip" in refused.detail


async def test_nothing_is_read_of_what_follows_a_gzip_member() -> None:
    sender = Sender([gzip.compress(b"{}"), *[b"junk"] * 100])
    assert (await problem(request_of(sender.receive, content_encoding="gzip"))).kind is Kind.NOT_JSON
    assert sender.taken == len(gzip.compress(b"{}")) + len(b"junk")


def _once_true() -> Iterable[bool]:
    yield True
    while True:
        yield False


class _Watched:
    """A decompressor that notes how much came out of it."""

    def __init__(self, wbits: int, inflated: list[int]) -> None:
        self._real = _decompressobj(wbits)
        self._inflated = inflated

    def decompress(self, chunk: bytes, max_length: int) -> bytes:
        out = self._real.decompress(chunk, max_length)
        self._inflated.append(len(out))
        return out

    @property
    def unused_data(self) -> bytes:
        return self._real.unused_data


_decompressobj = zlib.decompressobj
