from concurrent.futures import ThreadPoolExecutor

import pytest

from questlog._guarded import GuardedQueue
from questlog._queue import MemoryQueue
from tests.sdk.samples import entries

ENTRIES = entries(4)
MUCH = 10**6


@pytest.fixture
def queue() -> GuardedQueue:
    queue = GuardedQueue(MemoryQueue(10, MUCH))
    assert queue.put([entry.body for entry in ENTRIES[:3]]) == 3
    return queue


def test_what_was_lent_can_be_removed(queue: GuardedQueue) -> None:
    assert queue.oldest(2, MUCH) == ENTRIES[:2]
    queue.remove(2)
    assert len(queue) == 1


def test_what_was_cleared_meanwhile_is_not_removed_from_what_came_since(queue: GuardedQueue) -> None:
    queue.oldest(2, MUCH)
    assert queue.lent
    assert queue.clear() == 3
    assert not queue.lent
    queue.put([ENTRIES[3].body])
    queue.remove(2)
    assert queue.oldest(2, MUCH) == ENTRIES[3:]


def test_one_that_was_released_absorbs_nothing(queue: GuardedQueue) -> None:
    queue.release()
    assert queue.absorb() is None
    assert len(queue) == 3


def test_a_clearing_that_the_disk_has_no_time_for_is_done_when_it_has(queue: GuardedQueue) -> None:
    told: list[bytes] = []
    queue.oldest(2, MUCH)
    with ThreadPoolExecutor(1) as thread, queue._lock:  # which is held while the disk is waited for
        assert thread.submit(queue.clear, told.extend, 0.01).result() is None
        assert not queue.lent, "what is under way is not sent again"
    assert queue.put([ENTRIES[3].body]) == 1
    assert told == [entry.body for entry in ENTRIES[:3]]
    assert queue.oldest(2, MUCH) == ENTRIES[3:]
