import pytest

from questlog._entry import Entry
from questlog._queue import MemoryQueue

ENTRIES = [Entry("purchase", str(number), b"x" * 10) for number in range(4)]


@pytest.fixture
def full() -> MemoryQueue:
    queue = MemoryQueue(max_events=4, max_bytes=1000)
    assert all(queue.put(entry) for entry in ENTRIES)
    return queue


def test_the_oldest_come_first_and_stay_until_they_are_removed(full: MemoryQueue) -> None:
    assert full.oldest(2, 1000) == ENTRIES[:2]
    assert full.oldest(2, 1000) == ENTRIES[:2]
    full.remove(1)
    assert full.oldest(9, 1000) == ENTRIES[1:]


def test_an_entry_over_the_bound_of_events_is_not_taken(full: MemoryQueue) -> None:
    assert not full.put(ENTRIES[0])
    assert len(full) == 4


def test_an_entry_over_the_bound_of_bytes_is_not_taken() -> None:
    queue = MemoryQueue(max_events=4, max_bytes=19)
    assert queue.put(ENTRIES[0])
    assert not queue.put(ENTRIES[1])
    assert len(queue) == 1


def test_removing_makes_room_again() -> None:
    queue = MemoryQueue(max_events=1, max_bytes=10)
    queue.put(ENTRIES[0])
    queue.remove(1)
    assert queue.put(ENTRIES[1])


def test_a_batch_keeps_within_the_bytes(full: MemoryQueue) -> None:
    assert full.oldest(4, 20) == ENTRIES[:2]
    assert full.oldest(4, 29) == ENTRIES[:2]


def test_an_entry_larger_than_a_batch_goes_alone(full: MemoryQueue) -> None:
    assert full.oldest(4, 5) == ENTRIES[:1]


def test_an_empty_queue_has_no_batch() -> None:
    assert MemoryQueue(1, 1).oldest(1, 1) == []
