import re
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import time

import pytest

from questlog_api.sinks import Cause, SinkUnavailable, Stream, spool_file
from questlog_api.sinks.spool_damage import put_in_place, sound_rows
from questlog_api.sinks.spool_file import SpoolFile
from questlog_api.sinks.spool_rows import Rows, Share

MANY = 10**9
EVENTS, REJECTS = Stream.EVENTS, Stream.REJECTS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spool.sqlite"


@contextmanager
def opened(path: Path, max_bytes: int = MANY) -> Iterator[SpoolFile]:
    file = SpoolFile(path, max_bytes)
    try:
        yield file
    finally:
        file.close()


def drain(file: SpoolFile, stream: Stream = EVENTS) -> list[bytes]:
    """All lines of a stream, oldest first; they are removed."""
    lines = []
    while row := file.oldest(stream):
        lines += row.lines
        file.remove(row)
    return lines


def lines_of(number: int, count: int = 3) -> list[bytes]:
    return [b'{"number":%d,"line":%d}\n' % (number, line) for line in range(count)]


def test_what_is_written_is_read_in_the_order_of_writing(path: Path) -> None:
    with opened(path) as file:
        for number in range(5):
            file.append(EVENTS, lines_of(number))
            file.append(REJECTS, lines_of(-number))
        assert drain(file, EVENTS) == [line for number in range(5) for line in lines_of(number)]
        assert drain(file, REJECTS) == [line for number in range(5) for line in lines_of(-number)]


def test_what_is_written_is_there_when_the_file_is_opened_again(path: Path) -> None:
    with opened(path) as file:
        file.append(EVENTS, lines_of(1))
        shares = file.shares
    with opened(path) as file:
        assert file.shares == shares
        assert drain(file) == lines_of(1)
    with opened(path) as file:
        assert file.oldest(EVENTS) is None
        assert file.is_empty()


def test_a_row_stays_until_it_is_removed(path: Path) -> None:
    with opened(path) as file:
        file.append(EVENTS, lines_of(1))
        assert file.oldest(EVENTS) == file.oldest(EVENTS)
    with opened(path) as file:
        row = file.oldest(EVENTS)
    assert row is not None
    assert row.lines == lines_of(1)


def test_rows_are_read_as_many_at_once_as_have_room_and_at_least_one(path: Path) -> None:
    with opened(path) as file:
        for number in range(5):
            file.append(EVENTS, lines_of(number))
            file.append(REJECTS, lines_of(-number))
        size = sum(map(len, lines_of(1)))
        for most, count in ((1, 1), (size, 1), (2 * size - 1, 1), (2 * size, 2), (MANY, 5)):
            rows = file.oldest(EVENTS, most)
            assert rows is not None
            assert rows.lines == [line for number in range(count) for line in lines_of(number)]
            assert rows.size == count * size


def test_small_rows_are_read_half_a_mebibyte_at_once(path: Path) -> None:
    with opened(path) as file:
        for _ in range(70):
            file.append(EVENTS, [b"x" * 10_000 + b"\n"])
        rows = file.oldest(EVENTS)
    assert rows is not None
    assert len(rows.lines) == 512 * 1024 // 10_001


def test_of_rows_that_are_read_at_once_only_those_still_there_are_removed(path: Path) -> None:
    with opened(path) as file:
        for number in range(3):
            file.append(EVENTS, lines_of(number))
        first, rows = file.oldest(EVENTS, 1), file.oldest(EVENTS)
        assert first is not None
        assert rows is not None
        file.append(EVENTS, lines_of(4))
        file.remove(first)
        file.remove(rows)
        assert (file.shares[EVENTS].lines, file.shares[EVENTS].bytes) == (3, sum(map(len, lines_of(4))))
        assert drain(file) == lines_of(4)


def test_damaged_rows_between_others_are_passed_over_in_one_read(path: Path) -> None:
    filled(path, rows=5)
    for number in (1, 2):
        overwrite(path, b"%d-xxx" % number, b"9")
    with opened(path) as file:
        rows = file.oldest(EVENTS)
    assert rows is not None
    assert rows.lines == [line_of(0), line_of(3), line_of(4)]


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    with opened(tmp_path / "a" / "b" / "spool.sqlite") as file:
        file.append(EVENTS, lines_of(1))
        assert drain(file) == lines_of(1)


def test_a_large_write_becomes_rows_that_can_be_paced(path: Path) -> None:
    lines = [b"%d" % number + b"x" * 100_000 + b"\n" for number in range(20)]
    huge = b"y" * 700_000 + b"\n"
    with opened(path) as file:
        file.append(EVENTS, [*lines, huge])
        sizes = []
        written: list[bytes] = []
        while row := file.oldest(EVENTS):
            assert row.size == sum(map(len, row.lines))
            sizes.append(row.size)
            written += row.lines
            file.remove(row)
    assert written == [*lines, huge]
    assert max(sizes[:-1]) <= 512 * 1024
    assert sizes[-1] == len(huge)


def test_writing_nothing_writes_nothing(path: Path) -> None:
    with opened(path) as file:
        file.append(EVENTS, [])
        assert file.oldest(EVENTS) is None


def test_each_stream_has_its_share_and_the_time_of_its_oldest_line(path: Path) -> None:
    before = time()
    with opened(path) as file:
        file.append(EVENTS, lines_of(1))
        first_time = file.shares[EVENTS].oldest
        file.append(EVENTS, lines_of(2, count=1))
        share, other = file.shares[EVENTS], file.shares[REJECTS]
        assert (share.lines, share.bytes) == (4, sum(map(len, lines_of(1) + lines_of(2, count=1))))
        assert share.oldest is not None
        assert before <= share.oldest <= time()
        assert share.oldest == first_time
        assert other == Share()
        first = file.oldest(EVENTS, 1)
        assert first is not None
        file.remove(first)
        left = file.shares[EVENTS]
        assert (left.lines, left.bytes) == (1, len(lines_of(2)[0]))
        assert left.oldest is not None
        assert left.oldest >= share.oldest
        drain(file)
        assert file.shares == {EVENTS: Share(), REJECTS: Share()}


def test_over_its_bound_nothing_of_a_write_is_taken(path: Path) -> None:
    with opened(path, max_bytes=100) as file:
        file.append(EVENTS, [b"x" * 60])
        with pytest.raises(SinkUnavailable, match="no room for more events") as caught:
            file.append(EVENTS, [b"y" * 20, b"z" * 21])
        assert caught.value.cause is Cause.SPOOL_FULL
        file.append(EVENTS, [b"y" * 40])
        with pytest.raises(SinkUnavailable):
            file.expect_room()
        assert drain(file) == [b"x" * 60, b"y" * 40]
        file.expect_room()


def test_there_is_no_room_when_a_write_would_find_none(path: Path) -> None:
    with opened(path, max_bytes=1_000_000) as file:
        file.append(EVENTS, [b"x" * 900_000])
        file.expect_room()
        file.append(EVENTS, [b"x"])
        with pytest.raises(SinkUnavailable, match="no room") as caught:
            file.expect_room()
    assert caught.value.cause is Cause.SPOOL_FULL


def test_rejects_may_take_a_tenth_and_leave_the_rest_to_events(path: Path) -> None:
    with opened(path, max_bytes=1000) as file:
        file.append(REJECTS, [b"x" * 100])
        with pytest.raises(SinkUnavailable, match="no room for more rejects") as caught:
            file.append(REJECTS, [b"x"])
        assert caught.value.cause is Cause.SPOOL_FULL
        file.expect_room()
        file.append(EVENTS, [b"x" * 900])
        with pytest.raises(SinkUnavailable, match="no room for more events"):
            file.append(EVENTS, [b"x"])
        drain(file, REJECTS)
        file.append(EVENTS, [b"x" * 100])
        with pytest.raises(SinkUnavailable, match="no room for more rejects"):
            file.append(REJECTS, [b"x"])


def test_the_bound_holds_for_what_an_earlier_process_wrote(path: Path) -> None:
    with opened(path, max_bytes=100) as file:
        file.append(EVENTS, [b"x" * 100])
    with opened(path, max_bytes=100) as file, pytest.raises(SinkUnavailable, match="no room"):
        file.append(EVENTS, [b"x"])


def test_the_file_shrinks_when_it_is_empty(path: Path) -> None:
    with opened(path) as file:
        file.append(EVENTS, [b"x" * 1_000_000])
    assert path.stat().st_size > 1_000_000
    with opened(path) as file:
        drain(file)
    assert path.stat().st_size < 100_000


def test_a_second_process_is_kept_out_and_told_why(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_file, "_WAIT_SECONDS", 0.1)
    with opened(path) as file:
        file.append(EVENTS, lines_of(1))
        with pytest.raises(SinkUnavailable, match="another process uses it: give each its own") as caught:
            SpoolFile(path, MANY)
        assert caught.value.cause is Cause.SPOOL_BROKEN
        assert drain(file) == lines_of(1)


def test_every_commit_is_synced(path: Path) -> None:
    with opened(path) as file:
        # A power cut takes what is not synced, and no test here can cut it: https://www.sqlite.org/pragma.html
        [[journal]] = file._db.execute("PRAGMA journal_mode")
        [[synchronous]] = file._db.execute("PRAGMA synchronous")
    assert (journal, synchronous) == ("wal", 2)


WRITER = """
import sys
from pathlib import Path
from questlog_api.sinks import Stream
from questlog_api.sinks.spool_file import SpoolFile
file = SpoolFile(Path(sys.argv[1]), 10**9)
number = 0
while True:
    lines = [b"%d-%d\\n" % (number, line) for line in range(number % 50 + 1)]
    file.append(Stream.EVENTS, lines)
    print(number, flush=True)
    number += 1
"""


def written_before_the_kill(path: Path, at_least: int) -> int:
    """Let a process write, kill it in the middle of it, and return the number of the last write it told."""
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= at_least:
                break
        process.kill()
        return int([line, *process.stdout][-1])


@pytest.mark.parametrize("at_least", [0, 37, 300])
def test_what_a_process_told_as_written_is_there_after_kill_9(path: Path, at_least: int) -> None:
    last = written_before_the_kill(path, at_least)
    with opened(path) as file:
        lines = drain(file)
    told = [b"%d-%d\n" % (number, line) for number in range(last + 1) for line in range(number % 50 + 1)]
    assert lines[: len(told)] == told
    # One more may have been written and not told: all of it or nothing.
    assert len(lines) - len(told) in {0, (last + 1) % 50 + 1}


# What goes wrong with a file


def filled(path: Path, rows: int = 40) -> None:
    """Write rows of nearly a page, so that a damage is somewhere between them."""
    with opened(path) as file:
        for number in range(rows):
            file.append(EVENTS, [line_of(number)])


def line_of(number: int) -> bytes:
    return b"%d-" % number + b"x" * 3000 + b"\n"


def overwrite(path: Path, at: bytes | int, content: bytes) -> None:
    """Write `content` over what is at an offset, or where some bytes are."""
    whole = bytearray(path.read_bytes())
    start = whole.index(at) if isinstance(at, bytes) else at
    whole[start : start + len(content)] = content
    path.write_bytes(whole)


def kept(path: Path) -> list[Path]:
    """The damaged files that were set aside; SQLite's own beside them have suffixes."""
    aside = re.compile(re.escape(path.name) + r"\.damaged-[0-9T]+")
    return [file for file in path.parent.iterdir() if aside.fullmatch(file.name)]


def test_a_damaged_row_is_passed_over_and_kept(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    filled(path, rows=3)
    overwrite(path, b"1-xxx", b"9")
    with opened(path) as file:
        assert drain(file) == [line_of(0), line_of(2)]
        assert file.shares[EVENTS] == Share()
        file.append(EVENTS, lines_of(3))
    assert caplog.text.count("row 2 is damaged") == 1
    assert b"9-xxx" in path.read_bytes()
    with opened(path) as file:
        assert file.shares[EVENTS].lines == 3
        assert drain(file) == lines_of(3)
    assert kept(path) == []


def test_a_damaged_row_is_not_counted_as_waiting(path: Path) -> None:
    filled(path, rows=3)
    overwrite(path, b"0-xxx", b"9")
    with opened(path) as file:
        assert file.oldest(EVENTS) is not None
        assert file.shares[EVENTS].lines == 2
        assert file.shares[EVENTS].bytes == len(line_of(1) + line_of(2))


def test_the_log_shows_no_line_of_a_damaged_row(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    filled(path, rows=1)
    overwrite(path, b"0-xxx", b"9")
    with opened(path) as file:
        assert file.oldest(EVENTS) is None
    assert "xxx" not in caplog.text


@pytest.mark.parametrize("name", [b"dvents", b"\xffvents", b"events\x00"[:6].upper()])
def test_a_row_whose_stream_is_damaged_is_passed_over_and_kept(
    path: Path, caplog: pytest.LogCaptureFixture, name: bytes
) -> None:
    filled(path, rows=3)
    # Its index says the same, as if it had been written so.
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE spool SET stream = CAST(? AS TEXT) WHERE number = 2", [name])
    with opened(path) as file:
        assert "1 rows are of no stream" in caplog.text
        assert drain(file) == [line_of(0), line_of(2)]
        assert file.shares[EVENTS] == Share()
    assert b"1-xxx" in path.read_bytes()


def test_content_that_became_text_is_read_and_removed_all_the_same(path: Path) -> None:
    filled(path, rows=2)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE spool SET content = CAST(content AS TEXT)")
    with opened(path) as file:
        assert drain(file) == [line_of(0), line_of(1)]


@pytest.mark.parametrize(
    "content",
    [b"This is no database. " * 500, b"SQLite format 3\x00" + b"\xff" * 5000],
    ids=["text", "header only"],
)
def test_a_file_that_is_no_database_is_set_aside(
    path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    path.write_bytes(content)
    with opened(path) as file:
        file.append(EVENTS, lines_of(1))
        assert drain(file) == lines_of(1)
    [aside] = kept(path)
    assert aside.read_bytes() == content
    assert str(aside) in caplog.text
    assert "0 rows of it were saved" in caplog.text


def test_a_file_whose_header_is_overwritten_is_set_aside_as_it_is(path: Path) -> None:
    filled(path)
    overwrite(path, 0, b"\x00" * 100)
    content = path.read_bytes()
    with opened(path) as file:
        file.append(EVENTS, lines_of(1))
        assert drain(file) == lines_of(1)
    assert [file.read_bytes() for file in kept(path)] == [content]


@pytest.mark.parametrize("page", range(4, 12))  # before are the schema and the index
@pytest.mark.parametrize("damage", [b"\x00", b"\xff", b"\x0d"])
def test_of_a_damaged_page_only_its_own_rows_are_not_saved(
    path: Path, caplog: pytest.LogCaptureFixture, page: int, damage: bytes
) -> None:
    filled(path)
    overwrite(path, page * 4096, damage * 4096)
    with opened(path) as file:
        saved = drain(file)
        file.append(EVENTS, lines_of(1))
        assert drain(file) == lines_of(1)
    assert 37 <= len(saved) < 40
    assert saved == [line_of(number) for number in range(40) if line_of(number) in saved]
    assert f"{len(saved)} rows of it were saved" in caplog.text
    assert kept(path)[0].stat().st_size == 44 * 4096


def test_of_two_damages_what_is_between_them_is_saved(path: Path) -> None:
    filled(path)
    for page in (8, 30):
        overwrite(path, page * 4096, b"\x00" * 4096)
    with opened(path) as file:
        assert len(drain(file)) >= 36


def test_of_what_can_be_read_only_what_is_sound_is_saved(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    filled(path)
    overwrite(path, 8 * 4096, b"\x00" * 4096)
    overwrite(path, b"30-xxx", b"9")
    with opened(path) as file:
        lines = drain(file)
    assert f"and {len(lines)} rows of it were saved" in caplog.text
    assert line_of(30) not in lines


def test_of_a_file_that_is_cut_off_its_beginning_is_saved(path: Path) -> None:
    filled(path)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size // 2 + 123)
    with opened(path) as spool:
        saved = drain(spool)
    assert len(saved) >= 15
    assert saved == [line_of(number) for number in range(len(saved))]
    assert len(kept(path)) >= 1


def test_what_is_only_in_the_log_of_a_killed_process_is_saved_as_well(path: Path) -> None:
    last = written_before_the_kill(path, 1000)
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as db:
        [in_file] = db.execute("SELECT COUNT(*) FROM spool").fetchone()
    assert 0 < in_file < last
    overwrite(path, 40 * 4096, b"\x00" * 4096)
    with opened(path) as spool:
        saved = set(drain(spool))
    assert kept(path)
    told = [b"%d-%d\n" % (number, line) for number in range(last + 1) for line in range(number % 50 + 1)]
    assert saved.issuperset(told[-100:])
    assert len(saved) > len(told) * 0.9


def test_what_is_left_of_an_earlier_try_to_save_is_no_hindrance(path: Path) -> None:
    filled(path)
    overwrite(path, 8 * 4096, b"\x00" * 4096)
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}.saving{suffix}").write_bytes(b"not much")
    with opened(path) as spool:
        assert len(drain(spool)) >= 37
    assert list(path.parent.glob("*.sav*")) == []


KILLED = """
import os, sys
from pathlib import Path
from questlog_api.sinks import spool_file
from questlog_api.sinks.spool_file import SpoolFile
left, rename = int(sys.argv[2]), Path.rename
def killed(*arguments):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    return rename(*arguments)
Path.rename = killed
SpoolFile(Path(sys.argv[1]), 10**9)
os._exit(0)
"""


def killed_before_rename(path: Path, number: int) -> bool:
    """Open the file in a process that is killed before the rename of that number, if there is one."""
    command = [sys.executable, "-c", KILLED, str(path), str(number)]
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False, timeout=60).returncode == 9


@pytest.mark.parametrize("number", range(3))
def test_a_kill_in_the_middle_of_saving_loses_nothing(path: Path, number: int) -> None:
    filled(path)
    overwrite(path, 8 * 4096, b"\x00" * 4096)
    content = path.read_bytes()
    assert killed_before_rename(path, number)
    assert killed_before_rename(path, 0)
    with opened(path) as file:
        assert 37 <= len(drain(file)) < 40
    assert [file.read_bytes() for file in kept(path)] == [content]
    assert list(path.parent.glob("*.sav*")) == []


@pytest.mark.parametrize("number", range(4))
def test_a_save_takes_the_place_of_a_file_and_of_its_log_whatever_was_done_before(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    for suffix in ("", "-wal", "-shm", ".saved"):
        Path(f"{path}{suffix}").write_text(suffix)
    left, rename = [None] * number, Path.rename

    def killed(old: Path, new: Path) -> Path:
        left.pop()
        return rename(old, new)

    with monkeypatch.context() as kill:
        kill.setattr(Path, "rename", killed)
        with pytest.raises(IndexError):
            put_in_place(path)
    aside = put_in_place(path)
    assert {file: file.read_text() for file in path.parent.iterdir()} == {
        path: ".saved",
        aside: "",
        Path(f"{aside}-wal"): "-wal",
        Path(f"{aside}-shm"): "-shm",
    }


def test_after_all_renames_a_save_is_over(path: Path) -> None:
    filled(path)
    overwrite(path, 8 * 4096, b"\x00" * 4096)
    assert [killed_before_rename(path, number) for number in (3, 0)] == [False] * 2


def test_numbers_far_apart_are_read_across_a_damage_in_little_memory(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE spool SET number = number + (1 << 60) WHERE number > 20")
    overwrite(path, path.read_bytes().index(b"19-xxx") // 4096 * 4096, b"\x00" * 4096)
    tracemalloc.start()
    found = [row[4] for row in sound_rows(path)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) >= 36
    assert peak < 5_000_000


def test_reading_what_is_sound_makes_no_file_and_changes_none(path: Path) -> None:
    written_before_the_kill(path, 300)
    before = {file: file.read_bytes() for file in path.parent.iterdir()}
    assert len(list(sound_rows(path))) > 300
    assert {file: file.read_bytes() for file in path.parent.iterdir()} == before


def test_what_another_process_uses_is_not_read(path: Path) -> None:
    with opened(path) as file:
        file.append(EVENTS, lines_of(1))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            list(sound_rows(path))


def test_a_row_that_was_read_before_the_damage_is_removed_after_it_and_no_other(path: Path) -> None:
    filled(path)
    with opened(path) as file:
        for _ in range(5):
            row = file.oldest(EVENTS, 1)
            assert row is not None
            file.remove(row)
        sent = file.oldest(EVENTS, 1)
    assert sent is not None
    assert sent.lines == [line_of(5)]
    overwrite(path, path.stat().st_size - 4096, b"\x00" * 4096)
    with opened(path) as file:
        assert len(kept(path)) >= 1
        file.remove(sent)
        left = drain(file)
    assert left[0] == line_of(6)
    assert len(left) >= 30


def test_a_row_that_is_not_there_any_more_removes_no_other(path: Path) -> None:
    filled(path, rows=2)
    with opened(path) as file:
        file.remove(Rows(EVENTS, [(1, b"something else\n")]))
        assert file.shares[EVENTS].lines == 2
        assert drain(file) == [line_of(0), line_of(1)]


def test_a_damaged_file_that_cannot_be_saved_for_want_of_room_stays_where_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(path)
    overwrite(path, 8 * 4096, b"\x00" * 4096)
    with monkeypatch.context() as full:
        full.setattr(spool_file, "_connected", small)
        with pytest.raises(SinkUnavailable) as caught:
            SpoolFile(path, MANY)
    assert caught.value.cause is Cause.SPOOL_FULL
    with opened(path) as file:
        assert len(drain(file)) >= 37


_connected = spool_file._connected


def small(path: Path) -> sqlite3.Connection:
    """A file on a disk that has room for some pages."""
    db = _connected(path)
    db.execute("PRAGMA max_page_count = 20")
    return db


# What goes wrong with a disk


def test_a_full_disk_takes_nothing_of_a_write_and_takes_more_when_it_has_room_again(path: Path) -> None:
    with opened(path) as file:
        file.append(EVENTS, lines_of(1))
        # Not the disk itself, but SQLite's error is the same one.
        file._db.execute("PRAGMA max_page_count = 10")
        with pytest.raises(SinkUnavailable, match="full") as caught:
            file.append(EVENTS, [b"x" * 100_000 + b"\n"] * 2)
        assert caught.value.cause is Cause.SPOOL_FULL
        assert file.shares[EVENTS].lines == 3
        file.append(EVENTS, lines_of(2))
        file._db.execute("PRAGMA max_page_count = 1000000")
        file.append(EVENTS, [b"x" * 100_000 + b"\n"])
        assert drain(file) == [*lines_of(1), *lines_of(2), b"x" * 100_000 + b"\n"]


def test_after_a_write_that_a_full_disk_did_not_take_there_is_no_room_until_one_is_taken(path: Path) -> None:
    with opened(path) as file:
        file._db.execute("PRAGMA max_page_count = 10")
        with pytest.raises(SinkUnavailable):
            file.append(EVENTS, [b"x" * 100_000])
        with pytest.raises(SinkUnavailable, match="full") as caught:
            file.expect_room()
        assert caught.value.cause is Cause.SPOOL_FULL
        file.append(EVENTS, lines_of(1))
        file.expect_room()


def test_a_full_disk_is_forgotten_after_some_seconds(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_file, "_FULL_SECONDS", 0)
    with opened(path) as file:
        file._db.execute("PRAGMA max_page_count = 10")
        with pytest.raises(SinkUnavailable):
            file.append(EVENTS, [b"x" * 100_000])
        file.expect_room()


LIMITED = """
import resource, sys
from pathlib import Path
from questlog_api.sinks import SinkUnavailable, Stream
from questlog_api.sinks.spool_file import SpoolFile
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
file = SpoolFile(Path(sys.argv[1]), 10**9)
written = 0
try:
    while True:
        file.append(Stream.EVENTS, [b"%d" % written + b"x" * 5000 + b"\\n"])
        written += 1
except SinkUnavailable as error:
    print(written, error.cause)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
file.close()
file = SpoolFile(Path(sys.argv[1]), 10**9)
file.append(Stream.EVENTS, [b"more\\n"])
"""


def test_a_disk_that_takes_no_more_bytes_is_told_and_what_was_written_stays(path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    written, cause = run.stdout.split()
    assert cause in {Cause.SPOOL_FULL, Cause.SPOOL_BROKEN}
    assert int(written) > 10
    with opened(path) as file:
        lines = drain(file)
    assert lines == [*(b"%d" % number + b"x" * 5000 + b"\n" for number in range(int(written))), b"more\n"]


def test_a_row_is_removed_even_if_the_disk_has_no_room_to_shrink_the_file(path: Path) -> None:
    with opened(path) as file:
        file.append(EVENTS, lines_of(1))
        row = file.oldest(EVENTS)
        assert row is not None
        with closing(file._db) as db:
            file._db = Unshrinkable(db)  # type: ignore[assignment]  # a connection but for VACUUM
            file.remove(row)
            assert file.is_empty()
            assert file.oldest(EVENTS) is None


class Unshrinkable:
    """A connection whose disk is full when it is to shrink its file."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def execute(self, sql: str, parameters: tuple[object, ...] = ()) -> sqlite3.Cursor:
        if sql == "VACUUM":
            raise sqlite3.OperationalError("database or disk is full")
        return self._db.execute(sql, parameters)

    def __enter__(self) -> sqlite3.Connection:
        return self._db.__enter__()

    def __exit__(self, *error: object) -> bool:
        return self._db.__exit__(*error)  # type: ignore[arg-type]  # as they come

    def close(self) -> None:
        self._db.close()


def test_a_path_that_is_a_folder_is_broken_and_says_so(path: Path) -> None:
    path.mkdir()
    with pytest.raises(SinkUnavailable, match=str(path)) as caught:
        SpoolFile(path, MANY)
    assert caught.value.cause is Cause.SPOOL_BROKEN


def test_a_folder_that_cannot_be_made_is_broken_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SinkUnavailable, match=r"spool\.sqlite") as caught:
        SpoolFile(tmp_path / "file" / "spool.sqlite", MANY)
    assert caught.value.cause is Cause.SPOOL_BROKEN


def test_nobody_else_may_read_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "spool.sqlite"
    file = SpoolFile(path, 10_000)
    file.append(Stream.EVENTS, [b"1\n"])
    assert {found.stat().st_mode & 0o777 for found in tmp_path.iterdir()} == {0o600}
    file.close()
