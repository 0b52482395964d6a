import shutil
from pathlib import Path
from typing import Any

import pytest

from questlog_api.replay.replay import Outlet
from questlog_api.replay.report import Report
from questlog_api.replay.spool_files import is_spool, replay_spool
from questlog_api.sinks import SinkUnavailable, Stream
from questlog_api.sinks.spool_file import SpoolFile

pytestmark = pytest.mark.anyio

MANY = 1_000_000_000


class Sink:
    """Takes lines, `room` times."""

    def __init__(self, room: int = 99) -> None:
        self.taken: list[tuple[Stream, bytes]] = []
        self._room = room

    async def put(self, stream: Stream, lines: Any) -> None:
        if not self._room:
            raise SinkUnavailable("the sink is down")
        self._room -= 1
        self.taken += [(stream, line) for line in lines]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A spool of three writes, as a process left it that was killed."""
    path = tmp_path / "spool.sqlite"
    file = SpoolFile(path, MANY)
    file.append(Stream.REJECTS, [b"refused\n"])
    file.append(Stream.EVENTS, [b"one\n", b"two\n"])
    file.append(Stream.EVENTS, [b"three\n"])
    file.close()
    return path


def with_more(path: Path) -> bytes:
    """Append a line of events that has to be sent on its own, and return it."""
    line = b"x" * 600_000 + b"\n"
    file = SpoolFile(path, MANY)
    file.append(Stream.EVENTS, [line])
    file.close()
    return line


def damaged(path: Path, what: bytes) -> None:
    """Turn some bytes around wherever they are; of none, the file is cut off."""
    content = path.read_bytes()
    path.write_bytes(content.replace(what, what[::-1]) if what else content[:9000])


def files(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


async def replayed(path: Path, outlet: Outlet) -> Report:
    report = Report(dry_run=outlet.is_dry)
    await replay_spool(path, MANY, outlet, report)
    return report


def left(path: Path) -> dict[Stream, int]:
    file = SpoolFile(path, MANY)
    try:
        return {stream: share.lines for stream, share in file.shares.items()}
    finally:
        file.close()


async def test_every_line_is_sent_to_its_stream_as_it_is_and_the_file_is_empty_then(path: Path) -> None:
    sink = Sink()
    report = await replayed(path, Outlet(sink.put, MANY))
    events = [(Stream.EVENTS, line) for line in (b"one\n", b"two\n", b"three\n")]
    assert sink.taken == [*events, (Stream.REJECTS, b"refused\n")]
    assert report.sent == {"events": 3, "rejects": 1}
    assert report.is_complete
    assert left(path) == {Stream.EVENTS: 0, Stream.REJECTS: 0}


async def test_a_second_replay_sends_nothing(path: Path) -> None:
    sink = Sink()
    await replayed(path, Outlet(sink.put, MANY))
    report = await replayed(path, Outlet(sink.put, MANY))
    assert len(sink.taken) == 4
    assert report.sent.total() == 0


async def test_what_the_sink_did_not_take_stays(path: Path) -> None:
    with_more(path)
    report = await replayed(path, Outlet(Sink(room=1).put, MANY))
    assert (report.stopped, report.is_complete) == ("the sink is down", False)
    assert report.sent == {"events": 3}
    assert left(path) == {Stream.EVENTS: 1, Stream.REJECTS: 1}


async def test_a_dry_run_counts_and_leaves_everything(path: Path) -> None:
    report = await replayed(path, Outlet(None, MANY))
    assert report.sent == {"events": 3, "rejects": 1}
    assert left(path) == {Stream.EVENTS: 3, Stream.REJECTS: 1}


async def test_no_more_is_sent_at_once_than_the_outlet_lets_out_in_a_second(path: Path) -> None:
    puts = []

    async def put(_: Stream, lines: Any) -> None:
        puts.append(list(lines))

    await replay_spool(path, MANY, Outlet(put, 100), Report())
    assert puts == [[b"one\n", b"two\n", b"three\n"], [b"refused\n"]]
    puts.clear()
    file = SpoolFile(path, MANY)
    for line in (b"x" * 60, b"y" * 60):
        file.append(Stream.EVENTS, [line])
    file.close()
    await replay_spool(path, MANY, Outlet(put, 100), Report())
    assert puts == [[b"x" * 60], [b"y" * 60]]


@pytest.mark.parametrize("damage", [b"", b"one", b"SQLite"])
async def test_a_dry_run_changes_no_file_however_damaged(path: Path, damage: bytes) -> None:
    damaged(path, damage)
    before = files(path)
    await replayed(path, Outlet(None, MANY))
    assert files(path) == before


async def test_a_dry_run_counts_no_damaged_line(path: Path) -> None:
    damaged(path, b"one")
    report = await replayed(path, Outlet(None, MANY))
    assert report.sent == {"events": 1, "rejects": 1}


async def test_a_dry_run_counts_a_save_that_is_not_in_its_place_yet(path: Path) -> None:
    shutil.copy(path, f"{path}.saved")
    damaged(path, b"SQLite")
    report = await replayed(path, Outlet(None, MANY))
    assert report.sent == {"events": 3, "rejects": 1}


@pytest.mark.parametrize("is_dry", [False, True])
async def test_a_spool_that_a_process_uses_is_left_alone(path: Path, *, is_dry: bool) -> None:
    used = SpoolFile(path, MANY)
    sink = Sink()
    report = await replayed(path, Outlet(None if is_dry else sink.put, MANY))
    used.close()
    assert sink.taken == []
    [told] = report.unreadable
    assert "another process uses it" in told
    assert left(path) == {Stream.EVENTS: 3, Stream.REJECTS: 1}


async def test_it_stops_when_it_is_told_to(path: Path) -> None:
    with_more(path)
    report, taken = Report(), []

    async def put(_: Stream, lines: Any) -> None:
        taken.extend(lines)
        report.stopped = "SIGINT came"

    await replay_spool(path, MANY, Outlet(put, MANY), report)
    assert taken == [b"one\n", b"two\n", b"three\n"]
    assert left(path) == {Stream.EVENTS: 1, Stream.REJECTS: 1}


def test_a_spool_is_known_by_its_content(path: Path, tmp_path: Path) -> None:
    (tmp_path / "rejects.sqlite").write_bytes(b'{"payload": "{}"}\n')
    (tmp_path / "empty").touch()
    assert is_spool(path)
    assert not any(map(is_spool, (tmp_path, tmp_path / "rejects.sqlite", tmp_path / "empty")))
