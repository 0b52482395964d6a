"""A damaged file never stops anybody, and what is sound in it is saved."""

import os
import random
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questlog._outbox import OutboxDamagedError, OutboxFile, OutboxFolder
from questlog._outbox.rescue import _readable, save
from tests.sdk.outbox.programs import DESTINATION, adopted, drained, names, output

PAGE = 4096
INNER, LEAF = 5, 13  # kinds of pages: https://www.sqlite.org/fileformat.html#b_tree_pages
ROWS = 400  # of 3 events: some on a page with others, some over several pages
WRITE = """
from tests.sdk.outbox.test_rescue import row
file = folder.open()
for number in range(int(sys.argv[2])):
    file.append(row(number))
print(file.path)
"""


def row(number: int) -> list[bytes]:
    text = b"x" * (number * 37 % 900) * (10 if number % 20 == 0 else 1)
    return [b"%d-%d %s" % (number, event, text) for event in range(3)]


EVENTS = [event for number in range(ROWS) for event in row(number)]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that was closed: all is in it."""
    folder = tmp_path_factory.mktemp("closed")
    [path] = output(WRITE + "file.close()", folder, str(ROWS))
    assert names(folder) == [Path(path).name]
    return Path(path)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file whose owner was killed: much is in its log."""
    folder = tmp_path_factory.mktemp("killed")
    [path] = output(WRITE + "sys.stdout.flush(); os._exit(0)", folder, str(ROWS))
    assert len(names(folder)) == 2
    return Path(path)


def placed(folder: OutboxFolder, template: Path) -> Path:
    """A copy of the file and its log in `folder`."""
    folder.path.mkdir(exist_ok=True)
    for each in template.parent.glob(f"{template.name}*"):
        shutil.copy(each, folder.path)
    return folder.path / template.name


def overwrite(path: Path, offset: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def pages_of_kind(path: Path, kind: int) -> list[int]:
    content = path.read_bytes()
    return [number for number in range(1, len(content) // PAGE) if content[PAGE * number] == kind]


def saved(folder: OutboxFolder, damaged: Path) -> list[bytes]:
    """The events of a damaged file, which is aside then."""
    file = folder.adopt()
    assert file is not None
    assert file.set_aside == damaged.with_name(f"{damaged.name}.damaged")
    assert file.set_aside.exists()
    assert not damaged.exists()
    bodies = drained(file)
    file.close()
    assert folder.adopt() is None
    assert names(folder.path) == [each for each in names(folder.path) if ".outbox.damaged" in each]
    return bodies


def test_a_damaged_event_takes_only_its_row_with_it(folder: OutboxFolder, closed: Path) -> None:
    path = placed(folder, closed)
    overwrite(path, path.read_bytes().index(b"301-1 x") + 20, b"X")
    file = folder.adopt()
    assert file is not None
    assert (file.events, file.damaged_events) == (len(EVENTS), 0)
    assert drained(file) == EVENTS[:903] + EVENTS[906:]
    assert (file.events, file.bytes, file.damaged_events) == (0, 0, 3)
    file.close()
    assert names(folder.path) == []


def test_a_file_of_damaged_rows_alone_is_empty(folder: OutboxFolder, closed: Path) -> None:
    path = placed(folder, closed)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE rows SET checksum = 1, events = 'x' WHERE number % 2")
        db.execute("UPDATE rows SET content = '' WHERE number % 2 = 0")
    file = folder.adopt()
    assert file is not None
    assert file.oldest(500, 2**20) == []
    assert (file.events, file.bytes, file.damaged_events) == (0, 0, ROWS // 2 + 3 * ROWS // 2)
    file.close()
    assert names(folder.path) == []


@pytest.mark.parametrize("seed", range(12))
def test_damaged_pages_take_no_other_pages_rows_with_them(
    folder: OutboxFolder, closed: Path, seed: int
) -> None:
    path = placed(folder, closed)
    random_numbers = random.Random(seed)
    # One of an inner page takes all pages below it, which the others of this test are not about.
    sample = random_numbers.sample([*range(path.stat().st_size // PAGE)], 1 + seed % 3)
    for number in set(sample) - set(pages_of_kind(path, INNER)) - {0}:
        overwrite(path, PAGE * number, random_numbers.randbytes(PAGE))
    bodies = saved(folder, path)
    assert bodies == [event for event in EVENTS if event in set(bodies)]
    assert len(bodies) >= len(EVENTS) - 75  # 25 rows a page at most, but for one


@pytest.mark.parametrize(
    "first_page", [bytes(PAGE), b"x" * PAGE, b"x" * 100, b"SQLite format 3\x00" + b"x" * 200]
)
def test_a_damaged_first_page_takes_nothing_with_it(
    folder: OutboxFolder, closed: Path, first_page: bytes
) -> None:
    path = placed(folder, closed)
    overwrite(path, 0, first_page)
    damaged = path.read_bytes()
    assert saved(folder, path) == EVENTS
    assert path.with_name(f"{path.name}.damaged").read_bytes() == damaged


def test_a_damaged_definition_of_the_table_takes_nothing_with_it(folder: OutboxFolder, closed: Path) -> None:
    path = placed(folder, closed)
    overwrite(path, path.read_bytes().index(b"written_at"), b"Written-at")
    assert saved(folder, path) == EVENTS


def test_of_a_file_cut_in_half_the_first_half_is_saved(folder: OutboxFolder, closed: Path) -> None:
    path = placed(folder, closed)
    os.truncate(path, path.stat().st_size // 2 // PAGE * PAGE)
    bodies = saved(folder, path)
    assert len(bodies) > ROWS
    assert bodies == [event for event in EVENTS if event in set(bodies)]


def test_a_file_cut_to_nothing_is_nothing(folder: OutboxFolder, closed: Path) -> None:
    for size in (0, 1):
        os.truncate(placed(folder, closed), size)
        assert folder.adopt() is None
    assert names(folder.path) == []


def test_a_log_is_read_though_its_file_was_cut_to_nothing(folder: OutboxFolder) -> None:
    [path] = output(WRITE + "sys.stdout.flush(); os._exit(0)", folder.path, "20")
    os.truncate(path, 0)
    assert adopted(folder) == EVENTS[:60]


def test_what_is_in_the_log_is_saved_too(folder: OutboxFolder, killed: Path) -> None:
    path = placed(folder, killed)
    overwrite(path, PAGE * 20, os.urandom(4 * PAGE))
    file = folder.adopt()
    assert file is not None
    bodies = drained(file)
    assert EVENTS[-1] in bodies
    assert len(bodies) > 3 * ROWS - 100
    file.close()


@pytest.mark.parametrize("size", [2, 99, 100, PAGE - 1, PAGE, 3 * PAGE])
def test_of_a_file_cut_short_nothing_is_raised(folder: OutboxFolder, closed: Path, size: int) -> None:
    path = placed(folder, closed)
    os.truncate(path, size)
    assert set(saved(folder, path)) <= set(EVENTS)


@pytest.mark.parametrize("content", [b"no database\n" * 1000, b"no", bytes(10_000)])
def test_a_file_that_is_no_database_is_set_aside(folder: OutboxFolder, content: bytes) -> None:
    folder.path.mkdir()
    path = folder.path / f"{DESTINATION}-1.outbox"
    path.write_bytes(content)
    assert saved(folder, path) == []


def test_another_database_is_set_aside(folder: OutboxFolder) -> None:
    folder.path.mkdir()
    path = folder.path / f"{DESTINATION}-1.outbox"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE other (name)")
    assert saved(folder, path) == []


def test_a_folder_of_that_name_is_passed_over(folder: OutboxFolder) -> None:
    (folder.path / f"{DESTINATION}-1.outbox").mkdir(parents=True)
    file = folder.open()
    file.append([b"1"])
    file.close()
    assert adopted(folder) == [b"1"]


def test_a_damaged_file_does_not_hide_sound_ones(folder: OutboxFolder, closed: Path) -> None:
    placed(folder, closed)
    (folder.path / f"{DESTINATION}-0.outbox").write_bytes(b"x" * 5000)
    assert adopted(folder) == EVENTS


def test_a_damaged_file_is_named_where_it_is_opened_by_name(folder: OutboxFolder, closed: Path) -> None:
    path = placed(folder, closed)
    overwrite(path, 0, b"x" * 100)
    with pytest.raises(OutboxDamagedError, match=r"is damaged \(file is not a database\): close it"):
        OutboxFile(path)


def test_of_damaged_files_two_are_kept(folder: OutboxFolder) -> None:
    folder.path.mkdir()
    for number in range(4):
        path = folder.path / f"{DESTINATION}-{number}.outbox"
        path.write_bytes(b"x" * 5000)
        os.utime(path, (number, number))
        saved(folder, path)
    assert names(folder.path) == [f"{DESTINATION}-{number}.outbox.damaged" for number in (2, 3)]


def test_a_kill_after_saving_loses_nothing(folder: OutboxFolder, closed: Path) -> None:
    path = placed(folder, closed)
    overwrite(path, 0, b"x" * 100)
    save(path, folder.path / f"{DESTINATION}-2.outbox")  # and its owner was killed before the next step
    assert set(adopted(folder)) == set(EVENTS)


def test_what_an_unfinished_save_left_is_deleted(folder: OutboxFolder, closed: Path) -> None:
    path = placed(folder, closed)
    overwrite(path, 0, b"x" * 100)
    for name in ("1.saving", "1.saving-journal", "1.saving-copy", "1.saving-copy-wal"):
        (folder.path / f"{DESTINATION}-{name}").write_bytes(b"x")
    assert saved(folder, path) == EVENTS


def test_a_page_that_was_written_to_a_wrong_place_takes_only_those_of_that_place(
    folder: OutboxFolder, closed: Path
) -> None:
    path = placed(folder, closed)
    leaves = pages_of_kind(path, LEAF)
    content = path.read_bytes()
    overwrite(path, PAGE * leaves[9], content[PAGE * leaves[4] : PAGE * (leaves[4] + 1)])
    bodies = saved(folder, path)
    assert len(bodies) == len(set(bodies)) >= len(EVENTS) - 25
    assert set(bodies) <= set(EVENTS)


HOLE = st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=200))
WRONG_PLACE = st.tuples(st.floats(0, 1), st.floats(0, 1))
HARM = st.lists(HOLE | WRONG_PLACE, min_size=1, max_size=4)


def harm(path: Path, place: float, content: bytes | float) -> None:
    """Write `content` somewhere; a number stands for the page from there."""
    whole = path.read_bytes()
    start = int(place * (len(whole) - 1))
    if isinstance(content, float):
        start -= start % PAGE
        source = int(content * (len(whole) - 1)) // PAGE * PAGE
        content = whole[source : source + PAGE]
    overwrite(path, start, content)


@pytest.mark.parametrize(("template", "part"), [("closed", ""), ("killed", ""), ("killed", "-wal")])
def test_no_damage_whatever_raises_or_changes_an_event(
    template: str, part: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole: Path = request.getfixturevalue(template)

    @settings(max_examples=40, deadline=None)
    @given(HARM, st.floats(0.05, 4))
    def check(harms: list[tuple[float, bytes | float]], length: float) -> None:
        folder = OutboxFolder(tmp_path_factory.mktemp("harmed"), DESTINATION)
        path = placed(folder, whole)
        harmed = path.with_name(path.name + part)
        for each in harms:
            harm(harmed, *each)
        if length < 1:
            os.truncate(harmed, int(length * harmed.stat().st_size))
        bodies = adopted(folder)
        assert folder.skipped == {}
        assert set(bodies) <= set(EVENTS)
        assert len(bodies) == len(set(bodies))

    check()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_nobody_else_may_read_the_copy_that_is_read_from(folder: OutboxFolder, closed: Path) -> None:
    damaged = placed(folder, closed)
    content = bytearray(damaged.read_bytes())
    content[:PAGE] = b"x" * PAGE
    damaged.write_bytes(content)
    copy = folder.path / "game.saving-copy"
    assert _readable(damaged, copy) == copy
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.path.glob("game.saving-copy*")} == {0o600}
