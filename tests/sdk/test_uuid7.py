import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from types import FrameType
from typing import Any
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from questlog import uuid7
from questlog._uuid7 import Uuid7Source


def _source(*milliseconds: int) -> Uuid7Source:
    times: Iterator[int] = iter([ms * 1_000_000 for ms in milliseconds])
    return Uuid7Source(nanoseconds=lambda: next(times))


def _milliseconds(value: UUID) -> int:
    return value.int >> 80


def test_it_is_a_version_7_uuid_of_the_rfc_variant() -> None:
    assert uuid7().version == 7
    assert uuid7().variant == RFC_4122


def test_its_first_bits_are_the_time_in_milliseconds() -> None:
    before = time.time_ns() // 1_000_000
    made = _milliseconds(uuid7())
    assert before <= made <= time.time_ns() // 1_000_000


@given(st.lists(st.integers(0, 2**47), min_size=2))
def test_ids_ascend_whatever_the_clock_does(milliseconds: list[int]) -> None:
    source = _source(*milliseconds)
    made = [source() for _ in milliseconds]
    assert all(earlier < later for earlier, later in pairwise(made))
    assert all(value.version == 7 and value.variant == RFC_4122 for value in made)


def test_a_full_millisecond_runs_over_into_the_next_one() -> None:
    times = iter([5_000_000] * 2)
    source = Uuid7Source(nanoseconds=lambda: next(times), random_bytes=lambda count: b"\xff" * count)
    first, second = source(), source()
    assert (_milliseconds(first), _milliseconds(second)) == (5, 6)


def test_a_signal_handler_may_make_ids_at_any_point_of_making_one() -> None:
    source = Uuid7Source(nanoseconds=lambda: 5_000_000)
    inner: list[UUID] = []
    outer: list[UUID] = []

    def interrupt(_: FrameType, event: str, __: object) -> Any:
        if event in ("call", "line"):
            inner.append(source())
        return interrupt

    def make() -> None:
        sys.settrace(interrupt)
        outer.extend([source(), source()])

    thread = threading.Thread(target=make, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert inner == sorted(inner)
    assert outer == sorted(outer)
    assert len({*inner, *outer}) == len(inner) + len(outer)


def test_threads_never_get_the_same_id() -> None:
    made: list[UUID] = []
    threads = [threading.Thread(target=lambda: made.extend(uuid7() for _ in range(500))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 2000
