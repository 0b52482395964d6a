import pytest

from questlog_api.sinks import MemorySink, SinkUnavailable, Stream
from tests.api.sinks.conftest import soon

pytestmark = pytest.mark.anyio


async def test_a_full_memory_takes_all_lines_or_none() -> None:
    sink = MemorySink(capacity=3)
    await sink.put(Stream.EVENTS, [b"1\n", b"2\n"], soon())
    with pytest.raises(SinkUnavailable, match="keeps 3 lines"):
        await sink.put(Stream.REJECTS, [b"3\n", b"4\n"], soon())
    assert sink.lines == {Stream.EVENTS: [b"1\n", b"2\n"], Stream.REJECTS: []}
    await sink.check()
