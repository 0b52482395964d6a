"""The queue over real files; its disk fails as disks do, by permissions and by what stands in its way."""

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from questlog._clock import Clock
from questlog._disk_queue import TOO_OLD, DiskQueue
from questlog._entry import Entry
from questlog._leftovers import DAMAGED
from questlog._outbox import OutboxError, OutboxFile, OutboxFolder
from questlog._outbox.connection import alone
from questlog._queue import MemoryQueue
from questlog._row_ages import RELEASED
from tests.sdk.samples import entries

ENTRIES = entries(40)
BODIES = [entry.body for entry in ENTRIES]
SIZE = len(BODIES[0])
DAY = 86_400
MUCH = 10**8
LONG_AGO = RELEASED + DAY


class Disk:
    """A folder for outboxes that a test can take away and give back."""

    def __init__(self, path: Path) -> None:
        self.path = path / "outbox"
        self._away = path / "away"
        self.queues: list[DiskQueue] = []

    def queue(self, **options: Any) -> DiskQueue:
        """Return another client's queue."""
        known = {"sync": False, "max_bytes": MUCH, "max_seconds": 14 * DAY, "memory": MemoryQueue(100, MUCH)}
        self.queues.append(DiskQueue(OutboxFolder(self.path, "game"), **{**known, **options}))
        return self.queues[-1]

    def left(self, *bodies: bytes, written_at: int | None = None) -> None:
        """Leave events behind, as a client does that has ended."""
        file = OutboxFolder(self.path, "game").open()
        file.append(bodies, written_at=written_at)
        file.close()

    def content(self) -> bytes:
        """Return all that can be read in any file."""
        return b"".join(path.read_bytes() for path in self.path.iterdir())

    def fails(self) -> None:
        """From now on no file can be made here."""
        if self.path.exists():
            self.path.rename(self._away)
        self.path.touch()

    def works(self) -> None:
        """Files can be made again."""
        self.path.unlink()
        if self._away.exists():
            self._away.rename(self.path)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path)
    yield disk
    for queue in disk.queues:
        queue.close()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that failed is tried again at once."""
    monkeypatch.setattr("questlog._disk_queue._RETRY_SECONDS", 0.0)


def _all(queue: DiskQueue, together: int = 500) -> list[Entry]:
    """Answer all there is, batch by batch."""
    found: list[Entry] = []
    while batch := queue.oldest(together, MUCH):
        found += batch
        queue.remove(len(batch))
    return found


def _absorbed(queue: DiskQueue) -> int:
    """Absorb until there is nothing more."""
    count = 0
    while (some := queue.absorb()) is not None:
        count += some
    return count


def test_the_oldest_come_first_and_stay_until_they_are_removed(disk: Disk) -> None:
    queue = disk.queue()
    assert queue.put(BODIES[:2]) == 2
    assert queue.put(BODIES[2:5]) == 3
    assert queue.oldest(500, MUCH) == ENTRIES[:5] == queue.oldest(500, MUCH)
    queue.remove(5)
    assert (len(queue), queue.oldest(500, MUCH)) == (0, [])


def test_no_batch_is_larger_than_asked_for_however_they_were_written(disk: Disk) -> None:
    queue = disk.queue()
    queue.put(BODIES[:10])
    assert queue.oldest(4, MUCH) == ENTRIES[:4]
    queue.remove(4)
    assert len(queue) == 6
    assert queue.oldest(4, MUCH) == ENTRIES[4:8]
    assert _all(queue, together=1) == ENTRIES[4:10]


def test_a_batch_may_be_answered_in_parts(disk: Disk) -> None:
    queue = disk.queue()
    for start in (0, 3, 6):
        queue.put(BODIES[start : start + 3])
    assert queue.oldest(500, MUCH) == ENTRIES[:9]
    for count, left in ((1, 8), (1, 7), (2, 5), (0, 5), (4, 1)):
        queue.remove(count)
        assert len(queue) == left
    assert queue.oldest(500, MUCH) == ENTRIES[8:9]


def test_what_was_answered_in_part_is_not_sent_again_after_a_restart(disk: Disk) -> None:
    queue = disk.queue()
    queue.put(BODIES[:5])
    queue.oldest(500, MUCH)
    queue.remove(3)
    queue.close()
    again = disk.queue()
    assert _absorbed(again) == 2
    assert _all(again) == ENTRIES[3:5]


def test_what_is_left_at_the_end_is_absorbed_by_the_next_and_only_by_it(disk: Disk) -> None:
    first = disk.queue()
    first.put(BODIES[:3])
    first.close()
    second, third = disk.queue(), disk.queue()
    assert _absorbed(second) == 3
    assert _absorbed(third) == 0
    assert _all(second) == ENTRIES[:3]


def test_a_queue_that_is_closed_still_says_how_many_it_left(disk: Disk) -> None:
    queue = disk.queue()
    queue.put(BODIES[:3])
    queue.close()
    assert len(queue) == 3


def test_nothing_is_left_behind_by_one_that_is_empty(disk: Disk) -> None:
    queue = disk.queue()
    queue.put(BODIES[:3])
    _all(queue)
    queue.close()
    assert [path for path in disk.path.iterdir() if path.suffix != ".lock"] == []


@pytest.mark.parametrize("sync", [False, True])
def test_what_many_have_left_is_absorbed_oldest_first(disk: Disk, sync: bool) -> None:  # noqa: FBT001 - a case
    for start in (0, 2, 4):
        disk.left(*BODIES[start : start + 2])
    queue = disk.queue(sync=sync)
    assert _absorbed(queue) == len(queue) == 6
    assert _all(queue) == ENTRIES[:6]


def test_what_is_absorbed_comes_after_what_is_there_already(disk: Disk) -> None:
    disk.left(*BODIES[2:4])
    queue = disk.queue()
    queue.put(BODIES[:2])
    assert _absorbed(queue) == 2
    assert _all(queue) == ENTRIES[:4]


def test_a_batch_under_way_is_not_disturbed_by_what_is_absorbed(disk: Disk) -> None:
    queue = disk.queue()
    queue.put(BODIES[:2])
    assert queue.oldest(500, MUCH) == ENTRIES[:2]
    disk.left(*BODIES[2:4])
    _absorbed(queue)
    queue.remove(2)
    assert _all(queue) == ENTRIES[2:4]


def test_absorbing_takes_many_short_steps(disk: Disk) -> None:
    queue = disk.queue()
    queue.put(BODIES[:1])
    for number in range(1, 4):
        disk.left(BODIES[number])
    steps = []
    while (some := queue.absorb()) is not None:
        steps.append(some)
    assert max(steps) == 1
    assert sum(steps) == 3


def test_events_keep_their_age_when_they_are_absorbed(disk: Disk) -> None:
    queue = disk.queue(max_seconds=14 * DAY)
    queue.put(BODIES[:1])
    disk.left(BODIES[1], written_at=LONG_AGO)
    assert _absorbed(queue) == 1
    assert _all(queue) == ENTRIES[:1]
    assert queue.given_up() == {TOO_OLD: 1}


def test_events_that_are_too_old_are_given_up_once(disk: Disk) -> None:
    queue = disk.queue()
    disk.left(*BODIES[:3], written_at=LONG_AGO)
    disk.left(*BODIES[3:5])
    _absorbed(queue)
    assert _all(queue) == ENTRIES[3:5]
    assert queue.given_up() == {TOO_OLD: 3}
    assert queue.given_up() == {}


def test_events_for_which_there_is_no_room_are_not_taken(disk: Disk) -> None:
    queue = disk.queue(max_bytes=3 * SIZE + 10)  # a line break between two
    assert queue.put(BODIES[:5]) == 3
    assert queue.put(BODIES[5:6]) == 0
    queue.oldest(1, MUCH)
    queue.remove(1)
    assert queue.put(BODIES[5:6]) == 1


def test_others_events_need_room_too(disk: Disk) -> None:
    other = disk.queue()
    other.put(BODIES[:1])
    queue = disk.queue(max_bytes=1000)  # a file has 4096 bytes at least
    assert queue.absorb() is None
    assert queue.put(BODIES[1:2]) == 0


def test_while_the_disk_fails_events_wait_in_memory_and_are_sent_from_there(
    disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    disk.fails()
    queue = disk.queue()
    assert queue.put(BODIES[:2]) == 2
    assert queue.put(BODIES[2:3]) == 1
    assert _all(queue) == ENTRIES[:3]
    assert "events wait in memory, which ends with the process" in caplog.text


def test_memory_has_bounds_of_its_own(disk: Disk) -> None:
    disk.fails()
    queue = disk.queue(memory=MemoryQueue(2, MUCH))
    assert queue.put(BODIES[:3]) == 2


def test_what_waited_in_memory_is_stored_first_when_the_disk_works_again(disk: Disk) -> None:
    disk.fails()
    queue = disk.queue()
    queue.put(BODIES[:2])
    disk.works()
    queue.put(BODIES[2:3])
    queue.close()
    again = disk.queue()
    assert _absorbed(again) == 3
    assert _all(again) == ENTRIES[:3]


def test_what_waits_in_memory_is_stored_also_when_no_event_follows(disk: Disk) -> None:
    disk.fails()
    queue = disk.queue()
    queue.put(BODIES[:2])
    disk.works()
    assert queue.absorb() is None
    assert len(queue._memory) == 0
    assert _all(queue) == ENTRIES[:2]


def test_a_batch_under_way_from_memory_is_on_the_disk_meanwhile_and_answered_once(disk: Disk) -> None:
    disk.fails()
    queue = disk.queue()
    queue.put(BODIES[:3])
    assert queue.oldest(2, MUCH) == ENTRIES[:2]
    disk.works()
    queue.put(BODIES[3:4])
    assert len(queue) == 4
    queue.remove(1)
    queue.remove(1)
    queue.close()
    again = disk.queue()
    assert _absorbed(again) == 2
    assert _all(again) == ENTRIES[2:4]


def test_a_failing_disk_is_asked_now_and_then_only(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("questlog._disk_queue._RETRY_SECONDS", 3600.0)
    disk.fails()
    queue = disk.queue()
    queue.put(BODIES[:1])
    disk.works()
    queue.put(BODIES[1:2])
    assert len(queue._memory) == 2


def test_it_is_told_once_that_the_disk_fails(disk: Disk, caplog: pytest.LogCaptureFixture) -> None:
    disk.fails()
    queue = disk.queue()
    for body in BODIES[:3]:
        queue.put([body])
    assert caplog.text.count("events wait in memory") == 1


class Failing:
    """A file whose disk fails from now on."""

    def __init__(self, file: OutboxFile, *, full: bool) -> None:
        self._file = file
        self._error = OutboxError(file.path, "fails", full=full)

    def __getattr__(self, name: str) -> Any:
        if name in {"append", "oldest", "remove", "replace", "rows", "delete"}:
            return self._fail
        return getattr(self._file, name)

    def _fail(self, *_: object, **__: object) -> None:
        raise self._error


def _break(queue: DiskQueue, *, full: bool = False) -> None:
    file: Any = queue._file
    failing: Any = Failing(file, full=full)
    queue._file = failing


def test_a_file_that_fails_is_closed_and_its_events_come_back(disk: Disk) -> None:
    queue = disk.queue()
    queue.put(BODIES[:2])
    _break(queue)
    queue.put(BODIES[2:3])  # into memory
    queue.put(BODIES[3:4])  # and into a new file
    assert (len(queue), queue.away) == (2, 2)
    assert _absorbed(queue) == 0, "they are known already"
    assert (len(queue), queue.away) == (4, 0)
    assert _all(queue) == [*ENTRIES[2:4], *ENTRIES[:2]]


def test_an_answer_to_events_of_a_file_that_failed_removes_none_of_another(disk: Disk) -> None:
    """Rows of both have the same numbers."""
    queue = disk.queue()
    queue.put(BODIES[:2])
    assert queue.oldest(500, MUCH) == ENTRIES[:2]
    _break(queue)
    queue.put(BODIES[2:4])
    queue.put(BODIES[4:5])
    queue.remove(2)
    assert _all(queue) == ENTRIES[2:5]
    _absorbed(queue)
    assert _all(queue) == ENTRIES[:2], "those that were answered are sent again rather than lost"


def test_a_full_disk_costs_nothing_that_is_on_it(disk: Disk) -> None:
    queue = disk.queue()
    queue.put(BODIES[:2])
    file = queue._file
    _break(queue, full=True)
    assert queue.put(BODIES[2:3]) == 1
    queue._file = file
    assert len(queue) == 3
    assert _all(queue) == ENTRIES[:3]


def test_a_file_that_cannot_be_read_does_not_hold_up_what_is_in_memory(disk: Disk) -> None:
    queue = disk.queue()
    queue.put(BODIES[:2])
    _break(queue, full=True)
    queue.put(BODIES[2:3])
    assert queue.oldest(500, MUCH) == ENTRIES[2:3]
    assert (len(queue), queue.away) == (1, 2)
    queue.remove(1)
    _absorbed(queue)
    assert _all(queue) == ENTRIES[:2]


def test_an_interpreter_without_sqlite_keeps_events_in_memory(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> None:
        raise ImportError("No module named '_sqlite3'")

    monkeypatch.setattr("questlog._disk_queue.load", missing)
    queue = disk.queue()
    assert queue.put(BODIES[:2]) == 2
    assert _all(queue) == ENTRIES[:2]
    assert "No module named '_sqlite3'" in caplog.text


def test_damaged_rows_are_given_up_and_the_others_sent(disk: Disk) -> None:
    queue = disk.queue()
    for number in range(3):
        queue.put(BODIES[2 * number : 2 * number + 2])
    queue.close()
    [path] = disk.path.glob("*.outbox")
    db = sqlite3.connect(path)
    db.execute("UPDATE rows SET content = 'nonsense' WHERE number = 2")
    db.commit()
    db.close()
    again = disk.queue()
    _absorbed(again)
    assert _all(again) == [*ENTRIES[:2], *ENTRIES[4:6]]
    assert again.given_up() == {DAMAGED: 2}


def test_a_file_that_is_no_database_is_set_aside_and_told(
    disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    disk.left(*BODIES[:2])
    [path] = disk.path.glob("*.outbox")
    path.write_bytes(b"nonsense" * 1000)
    queue = disk.queue()
    _absorbed(queue)
    assert queue.put(BODIES[2:3]) == 1
    assert _all(queue) == ENTRIES[2:3]
    assert "a damaged outbox is kept as" in caplog.text
    assert list(disk.path.glob("*.damaged"))


def test_a_file_that_cannot_be_adopted_is_told_once_and_stops_nothing(
    disk: Disk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = disk.queue()

    def adopt(folder: OutboxFolder) -> None:
        path = folder.path / "game-1.outbox"
        folder.skipped = {path: OutboxError(path, "cannot be written: let the program write to its folder")}

    monkeypatch.setattr(OutboxFolder, "adopt", adopt)
    for _ in range(3):
        _absorbed(queue)
    assert queue.put(BODIES[:1]) == 1
    assert caplog.text.count("events of an earlier run stay where they are") == 1
    assert "let the program write to its folder" in caplog.text


def test_clearing_deletes_what_is_here_in_memory_and_left_by_others(disk: Disk) -> None:
    disk.left(*BODIES[:3])
    disk.fails()
    queue = disk.queue()
    queue.put(BODIES[3:5])
    disk.works()
    assert queue.clear() == 5
    assert (len(queue), queue.absorb(), queue.oldest(500, MUCH)) == (0, None, [])


def test_clearing_spares_what_another_client_still_has(disk: Disk) -> None:
    other = disk.queue()
    other.put(BODIES[:2])
    assert disk.queue().clear() == 0
    assert _all(other) == ENTRIES[:2]


def test_clearing_says_what_it_could_not_delete(disk: Disk, caplog: pytest.LogCaptureFixture) -> None:
    queue = disk.queue()
    queue.put(BODIES[:2])
    file = queue._file
    assert file is not None
    _break(queue)
    assert queue.clear() == 0
    file.close()
    assert "not all events could be deleted" in caplog.text


@pytest.mark.parametrize("sync", [False, True])
def test_what_comes_back_from_a_file_that_failed_is_known_also_row_by_row(disk: Disk, sync: bool) -> None:  # noqa: FBT001 - a case
    queue = disk.queue(sync=sync)
    queue.put(BODIES[:2])
    queue.put(BODIES[2:3])
    _break(queue)
    queue.put(BODIES[3:4])
    queue.put(BODIES[4:5])
    disk.left(BODIES[5])
    assert (len(queue), queue.away) == (2, 3)
    assert _absorbed(queue) == 1
    assert (len(queue), queue.away) == (6, 0)


def test_what_is_lost_with_a_file_that_failed_is_given_up(disk: Disk) -> None:
    queue = disk.queue()
    queue.put(BODIES[:2])
    [path] = disk.path.glob("*.outbox")
    _break(queue)
    queue.oldest(1, 1)
    path.write_bytes(b"nonsense" * 1000)
    assert _absorbed(queue) == 0
    assert (len(queue), queue.away, queue.given_up()) == (0, 0, {DAMAGED: 2})


def test_what_another_client_takes_over_of_a_file_that_failed_comes_back_no_more(disk: Disk) -> None:
    queue, other = disk.queue(), disk.queue()
    queue.put(BODIES[:2])
    _break(queue)
    queue.oldest(1, 1)
    assert _absorbed(other) == 2
    assert queue.away == 2
    assert _absorbed(queue) == 0
    assert queue.away == 0


class SetClock(Clock):
    """A clock that somebody sets, on a device that runs."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.set_to = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.set_to + self.seconds, UTC)

    def uptime(self) -> float:
        return self.seconds


def test_what_was_written_before_the_clock_was_set_is_not_too_old_after_it(disk: Disk) -> None:
    for before in (0, RELEASED + DAY):
        clock = SetClock()
        clock.set_to = before
        queue = disk.queue(clock=clock)
        queue.put(BODIES[:2])
        clock.set_to = RELEASED + 1000 * DAY
        clock.seconds += DAY
        queue.put(BODIES[2:3])
        assert queue.oldest(500, MUCH) == ENTRIES[:3]
        clock.seconds += 13.5 * DAY
        assert _all(queue) == ENTRIES[2:3]
        assert queue.given_up() == {TOO_OLD: 2}


def test_what_an_earlier_run_wrote_before_the_clock_was_set_counts_as_new(disk: Disk) -> None:
    disk.left(BODIES[0], written_at=3600)
    disk.left(BODIES[1], written_at=LONG_AGO)
    queue = disk.queue()
    _absorbed(queue)
    assert _all(queue) == ENTRIES[:1]
    assert queue.given_up() == {TOO_OLD: 1}


def test_nothing_that_was_cleared_can_be_read_in_any_file(disk: Disk) -> None:
    disk.left(*BODIES[4:6])
    queue = disk.queue()
    queue.put(BODIES[:2])
    queue.put(BODIES[2:4])
    assert ENTRIES[0].event_id.encode() in disk.content()
    assert queue.clear() == 6
    for entry in ENTRIES[:6]:
        assert entry.event_id.encode() not in disk.content()
    assert queue.put(BODIES[6:7]) == 1
    assert _all(queue) == ENTRIES[6:7]


def test_nothing_that_was_answered_can_be_read_after_the_next_look_for_others(disk: Disk) -> None:
    queue = disk.queue()
    for body in BODIES[:10]:
        queue.put([body])
    queue.oldest(500, MUCH)
    queue.remove(9)
    assert queue.absorb() is None
    assert ENTRIES[9].event_id.encode() in disk.content()
    for entry in ENTRIES[:9]:
        assert entry.event_id.encode() not in disk.content()


def test_clearing_tells_what_is_deleted(disk: Disk) -> None:
    disk.left(*BODIES[:2])
    queue = disk.queue()
    queue.put(BODIES[2:3])
    told: list[bytes] = []
    assert queue.clear(told.extend) == 3
    assert sorted(told) == sorted(BODIES[:3])


def test_clearing_waits_for_another_one_that_adopts(disk: Disk) -> None:
    disk.left(*BODIES[:2])
    queue = disk.queue()
    with ThreadPoolExecutor(1) as thread:
        with alone(disk.path / "game.lock") as is_alone:
            assert is_alone
            cleared = thread.submit(queue.clear)
            assert not wait([cleared], 0.5).done
        assert cleared.result() == 2


def test_clearing_says_when_another_one_adopts_all_the_time(
    disk: Disk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("questlog._leftovers._CLEAR_SECONDS", 0.0)
    disk.left(*BODIES[:2])
    with alone(disk.path / "game.lock"):
        assert disk.queue().clear() == 0
    assert "not all events could be deleted, purge again: another process looks through" in caplog.text


def test_it_is_durable_while_nothing_waits_in_memory(disk: Disk) -> None:
    disk.fails()
    queue = disk.queue()
    assert queue.durable
    queue.put(BODIES[:1])
    assert not queue.durable
    disk.works()
    queue.put(BODIES[1:2])
    assert queue.durable


def test_no_file_stays_open(disk: Disk) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - only their number counts
    for _ in range(3):
        disk.left(*BODIES[:2])
    queue = disk.queue()
    queue.absorb()
    queue.absorb()
    queue.put(BODIES[2:3])
    queue.close()
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - as above
