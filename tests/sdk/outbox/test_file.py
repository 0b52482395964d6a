import os
import stat
import threading
from contextlib import suppress
from pathlib import Path
from time import time

import pytest

from questlog._outbox import OutboxError, OutboxFile, OutboxFolder, OutboxInUseError, Row
from tests.sdk.outbox.programs import drained, names, output, started


def test_what_is_appended_is_given_in_the_order_of_writing(file: OutboxFile) -> None:
    assert file.append([b"1", b"2"]) == 1
    assert file.append([b"3"]) == 2
    rows = file.oldest(500, 1000)
    assert [(row.number, row.bodies) for row in rows] == [(1, (b"1", b"2")), (2, (b"3",))]


def test_a_row_knows_when_it_was_written(file: OutboxFile) -> None:
    before = int(time())
    file.append([b"1"])
    [row] = file.oldest(1, 1)
    assert before <= row.written_at <= time()


def test_rows_stay_until_they_are_removed(file: OutboxFile) -> None:
    file.append([b"1"])
    assert file.oldest(1, 1) == file.oldest(1, 1) != []
    file.remove([1])
    assert file.oldest(1, 1) == []


def test_appending_nothing_writes_nothing(file: OutboxFile) -> None:
    file.append([b"1"])
    assert file.append([]) == 1
    assert (file.events, len(file.oldest(9, 9))) == (1, 1)


@pytest.mark.parametrize(
    ("max_events", "max_bytes", "count"),
    [(0, 0, 1), (1, 99, 1), (2, 99, 1), (3, 99, 1), (4, 99, 2), (9, 3, 1), (9, 5, 1), (9, 6, 2), (9, 99, 3)],
)
def test_both_bounds_hold_but_for_the_first_row(
    file: OutboxFile, max_events: int, max_bytes: int, count: int
) -> None:
    for _ in range(3):
        file.append([b"1", b"2"])
    assert len(file.oldest(max_events, max_bytes)) == count


def test_what_is_left_of_a_row_takes_its_place(file: OutboxFile) -> None:
    file.append([b"1", b"2", b"3"])
    file.append([b"4"])
    file.replace(1, [b"2"])
    assert [row.bodies for row in file.oldest(9, 99)] == [(b"2",), (b"4",)]
    assert (file.events, file.bytes) == (2, 2)


def test_a_row_of_which_nothing_is_left_is_gone(file: OutboxFile) -> None:
    file.append([b"1"])
    file.replace(1, [])
    assert (file.oldest(1, 1), file.events, file.bytes) == ([], 0, 0)


def test_rows_that_are_not_there_are_nothing_to_remove(file: OutboxFile) -> None:
    file.append([b"1"])
    file.remove([7, 8])
    file.replace(9, [b"2"])
    assert (file.events, file.bytes) == (1, 1)


def test_a_number_is_not_given_twice(file: OutboxFile) -> None:
    file.append([b"1"])
    file.remove([1])
    assert file.append([b"2"]) == 2


def test_events_and_bytes_are_known_after_opening_again(folder: OutboxFolder) -> None:
    file = folder.open()
    file.append([b"1", b"22"])
    file.append([b"333"])
    counts = (file.events, file.bytes)
    file.close()
    again = OutboxFile(file.path)
    assert (again.events, again.bytes) == counts == (3, 7)
    again.close()


def test_an_event_with_a_line_break_is_refused_and_nothing_written(file: OutboxFile) -> None:
    with pytest.raises(ValueError, match="line break"):
        file.append([b"1", b"2\n3"])
    file.append([b"1"])
    with pytest.raises(ValueError, match="line break"):
        file.replace(1, [b"2\n3"])
    assert [row.bodies for row in file.oldest(9, 9)] == [(b"1",)]


def test_an_empty_file_is_deleted_when_it_is_closed(folder: OutboxFolder) -> None:
    file = folder.open()
    file.append([b"1"])
    file.remove([1])
    file.close()
    assert names(folder.path) == []


def test_a_file_with_events_stays_when_it_is_closed(folder: OutboxFolder) -> None:
    file = folder.open()
    file.append([b"1"])
    file.close()
    again = OutboxFile(file.path)
    assert drained(again) == [b"1"]
    again.close()


def test_a_closed_file_says_so_and_can_be_closed_again(folder: OutboxFolder) -> None:
    file = folder.open()
    file.close()
    file.close()
    assert file.closed
    for use in (lambda: file.append([b"1"]), lambda: file.oldest(1, 1), lambda: file.remove([1])):
        with pytest.raises(OutboxError, match="is closed"):
            use()


def test_a_file_that_was_large_is_small_once_it_is_empty(file: OutboxFile) -> None:
    for _ in range(20):
        file.append([b"x" * 2**20])
    drained(file)
    size = sum(each.stat().st_size for each in file.path.parent.iterdir())
    assert size < 2**20
    file.append([b"1"])
    assert drained(file) == [b"1"]


def test_a_file_stays_small_while_what_is_written_is_removed(file: OutboxFile) -> None:
    for _ in range(60):
        file.append([b"x" * 2**20])
        drained(file)
    assert sum(each.stat().st_size for each in file.path.parent.iterdir()) < 16 * 2**20


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_nobody_else_may_read_it(file: OutboxFile) -> None:
    file.append([b"1"])
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in file.path.parent.iterdir()}
    assert len(modes) == 2
    assert set(modes.values()) == {0o600}


def test_with_sync_every_write_reaches_the_disk(folder: OutboxFolder) -> None:
    modes = {}
    for sync in (False, True):
        file = folder.open(sync=sync)
        assert file._db is not None
        [modes[sync]] = file._db.execute("PRAGMA synchronous").fetchone()
        file.close()
    assert modes == {False: 1, True: 2}  # https://www.sqlite.org/pragma.html#pragma_synchronous


def test_a_file_that_is_open_cannot_be_opened_by_this_process(file: OutboxFile) -> None:
    with pytest.raises(OutboxInUseError, match="in use by another client"):
        OutboxFile(file.path)


def test_a_refused_attempt_of_this_process_does_not_give_away_its_lock(file: OutboxFile) -> None:
    file.append([b"1"])
    with pytest.raises(OutboxInUseError):
        OutboxFile(file.path)
    program = """
try:
    OutboxFile(Path(sys.argv[2]))
except OutboxInUseError as error:
    print(error)
print(folder.adopt())
"""
    refused, none = output(program, file.path.parent, str(file.path))
    assert (
        refused
        == f"the outbox {file.path} is in use by another client; it can be adopted when that one has ended"
    )
    assert none == "None"


def test_a_file_of_another_process_cannot_be_opened(folder: OutboxFolder) -> None:
    with started("file = folder.open(); print(file.path, flush=True); input()", folder.path) as owner:
        assert owner.stdout is not None
        path = Path(owner.stdout.readline().strip())
        with pytest.raises(OutboxInUseError):
            OutboxFile(path)
        owner.communicate("\n")


def test_threads_share_a_file(file: OutboxFile) -> None:
    def write(thread: int) -> None:
        for number in range(30):
            file.append([b"%d-%d" % (thread, number), b"."])

    def take() -> None:
        while len(taken) < 30:
            for row in file.oldest(1, 1):
                taken.append(row)
                file.remove([row.number])

    taken: list[Row] = []
    threads = [threading.Thread(target=write, args=[each]) for each in range(4)]
    threads.append(threading.Thread(target=take))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bodies = [body for row in taken for body in row.bodies] + drained(file)
    assert sorted(set(bodies)) == sorted([b".", *(b"%d-%d" % (t, n) for t in range(4) for n in range(30))])
    assert len(bodies) == 240
    assert (file.events, file.bytes) == (0, 0)


def test_a_path_with_odd_characters_is_no_problem(tmp_path: Path) -> None:
    file = OutboxFile(tmp_path / "50% of ?a#b é.outbox")
    file.append([b"1"])
    file.close()
    assert names(tmp_path) == ["50% of ?a#b é.outbox"]


def test_what_interrupts_a_write_undoes_it(file: OutboxFile) -> None:
    with suppress(KeyboardInterrupt), file._transaction() as db:
        db.execute("INSERT INTO rows VALUES (1, 0, 1, 2212294583, '1')")
        raise KeyboardInterrupt
    file.append([b"2"])
    assert drained(file) == [b"2"]


@pytest.mark.skipif(os.name == "nt", reason="a signal handler of Windows runs otherwise")
def test_a_signal_handler_within_a_write_is_told_to_try_again_later(folder: OutboxFolder) -> None:
    program = """
import signal
def handle(*_):
    try:
        file.append([b"2"])
    except OutboxError as error:
        print(error)
signal.signal(signal.SIGUSR1, handle)
file = folder.open()
with file._transaction() as db:
    os.kill(os.getpid(), signal.SIGUSR1)
    db.execute("INSERT INTO rows VALUES (1, 0, 1, 2212294583, '1')")
print(drained(file))
"""
    told, left = output(program, folder.path)
    assert told.endswith("is being written: a signal handler has to try again later")
    assert left == "[b'1']"


def test_a_deleted_file_is_gone_with_all_that_is_in_it(file: OutboxFile) -> None:
    file.append([b"1", b"2"])
    assert [row.bodies for row in file.rows()] == [(b"1", b"2")]
    file.delete()
    assert file.closed
    assert (file.events, file.bytes) == (0, 0)
    assert names(file.path.parent) == []


def test_all_rows_can_be_read_and_stay(file: OutboxFile) -> None:
    for number in range(1, 4):
        file.append([b"%d" % number])
        assert file.last == number
    file.remove([2])
    assert [row.number for row in file.rows()] == [row.number for row in file.rows()] == [1, 3]


def test_what_was_removed_cannot_be_read_in_any_file_once_it_is_wiped(file: OutboxFile) -> None:
    for text in (b"small-secret", b"large-secret" * 10_000):
        file.append([text])
        file.append([b"other"])
        file.remove([file.last - 1])
    file.wipe()
    content = b"".join(path.read_bytes() for path in file.path.parent.iterdir())
    assert b"other" in content
    assert b"secret" not in content


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no file that is open")
@pytest.mark.parametrize("end", ["close", "delete"])
def test_nobody_can_adopt_a_file_while_it_is_deleted(folder: OutboxFolder, end: str) -> None:
    program = """
import subprocess
def look(event, arguments):
    if event == "os.remove" and str(arguments[0]).endswith(".outbox"):
        code = f"from pathlib import Path; from questlog._outbox import *; "
        code += f"print(OutboxFolder(Path({str(path)!r}), {folder._destination!r}).adopt())"
        subprocess.run([sys.executable, "-c", code], check=True)
def fail():
    raise OutboxError(file.path, "fails")
file = folder.open()
file.append([b"1"])
file._transaction = fail
try:
    file.remove([1])
except OutboxError:
    pass
sys.addaudithook(look)
getattr(file, sys.argv[2])()
"""
    assert output(program, folder.path, end) == ["None"]
    assert names(folder.path) == []
