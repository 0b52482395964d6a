import pytest

from questlog._queue import MemoryQueue
from tests.sdk.samples import entries

ENTRIES = entries(4)
BODIES = [entry.body for entry in ENTRIES]
SIZE = len(BODIES[0])


@pytest.fixture
def full() -> MemoryQueue:
    queue = MemoryQueue(max_events=4, max_bytes=100_000)
    assert queue.put(BODIES) == 4
    return queue


def test_the_oldest_come_first_and_stay_until_they_are_removed(full: MemoryQueue) -> None:
    assert full.oldest(2, 100_000) == ENTRIES[:2]
    assert full.oldest(2, 100_000) == ENTRIES[:2]
    full.remove(1)
    assert full.oldest(9, 100_000) == ENTRIES[1:]


def test_an_event_over_the_bound_of_events_is_not_taken(full: MemoryQueue) -> None:
    assert full.put(BODIES[:1]) == 0
    assert len(full) == 4


def test_an_event_over_the_bound_of_bytes_is_not_taken() -> None:
    queue = MemoryQueue(max_events=4, max_bytes=2 * SIZE - 1)
    assert queue.put(BODIES[:2]) == 1
    assert len(queue) == 1


def test_of_many_the_first_ones_are_taken() -> None:
    queue = MemoryQueue(max_events=3, max_bytes=100_000)
    assert queue.put(BODIES) == 3
    assert queue.oldest(9, 100_000) == ENTRIES[:3]


def test_removing_makes_room_again() -> None:
    queue = MemoryQueue(max_events=1, max_bytes=SIZE)
    queue.put(BODIES[:1])
    queue.remove(1)
    assert queue.put(BODIES[1:2]) == 1


def test_a_batch_keeps_within_the_bytes(full: MemoryQueue) -> None:
    assert full.oldest(4, 2 * SIZE) == ENTRIES[:2]
    assert full.oldest(4, 3 * SIZE - 1) == ENTRIES[:2]


def test_an_event_larger_than_a_batch_goes_alone(full: MemoryQueue) -> None:
    assert full.oldest(4, 5) == ENTRIES[:1]


def test_an_empty_queue_has_no_batch() -> None:
    assert MemoryQueue(1, 1).oldest(1, 1) == []


def test_clearing_counts_and_makes_room_again(full: MemoryQueue) -> None:
    assert full.clear() == 4
    assert len(full) == full.bytes == 0
    assert full.put(BODIES) == 4


def test_nothing_is_absorbed_or_given_up_in_memory_nor_lost_by_closing(full: MemoryQueue) -> None:
    full.absorb()
    full.close()
    assert not full.given_up()
    assert len(full) == 4


def test_it_is_durable_while_it_is_empty_and_tells_what_is_cleared() -> None:
    queue = MemoryQueue(4, 1000)
    assert queue.durable
    queue.put([b"1", b"2"])
    told: list[bytes] = []
    assert not queue.durable
    assert queue.clear(told.extend) == 2
    assert told == [b"1", b"2"]
