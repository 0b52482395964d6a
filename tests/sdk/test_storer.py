import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from time import monotonic
from typing import Any

import pytest

from questlog._storer import Calls, Room, Storer
from tests.sdk.workers import LONG

PLENTY = Room(1000, 10**6)


class Shelf:
    """Where a storer stores; while `closed`, it waits. It says what it was called for."""

    def __init__(self) -> None:
        self.stored: list[bytes] = []
        self.failed = 0
        self.looks = 0
        self.ends = 0
        self.more = 0  # how many more looks are wanted at once
        self.reached = threading.Event()
        self.open = threading.Event()
        self.open.set()
        self.before: Callable[[Sequence[bytes]], None] = lambda _: None

    def store(self, bodies: Sequence[bytes]) -> None:
        self.reached.set()
        assert self.open.wait(LONG)
        self.before(bodies)
        self.stored += bodies

    def fail(self, count: int) -> None:
        self.failed += count

    def look(self) -> bool:
        self.looks += 1
        self.more -= 1
        return self.more >= 0

    def end(self) -> None:
        self.ends += 1

    @property
    def calls(self) -> Calls:
        return Calls(store=self.store, failed=self.fail, look=self.look, ended=self.end)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    yield shelf
    shelf.open.set()


@pytest.fixture
def storer(shelf: Shelf) -> Iterator[Storer]:
    storer = Storer(shelf.calls, PLENTY, 3600.0)
    yield storer
    shelf.open.set()
    storer.end()
    assert storer.flush(LONG)


def _without_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", fail)


def test_events_are_stored_in_their_order_and_together_while_the_disk_is_slow(
    shelf: Shelf, storer: Storer
) -> None:
    shelf.open.clear()
    batches: list[int] = []
    shelf.before = lambda bodies: batches.append(len(bodies))
    bodies = [b"%d" % number for number in range(100)]
    assert storer.put(bodies[0])
    assert shelf.reached.wait(LONG)
    assert all(storer.put(body) for body in bodies[1:])
    shelf.open.set()
    assert storer.flush(LONG)
    assert shelf.stored == bodies
    assert batches == [1, 99]


def test_no_thread_runs_before_the_first_event_and_then_a_daemon(storer: Storer) -> None:
    before = set(threading.enumerate())
    assert storer.flush(0)
    assert set(threading.enumerate()) == before
    storer.put(b"1")
    (started,) = set(threading.enumerate()) - before
    assert started.daemon
    assert started.name == "questlog-outbox"


def test_what_is_being_stored_still_waits(shelf: Shelf, storer: Storer) -> None:
    shelf.open.clear()
    storer.put(b"1")
    assert shelf.reached.wait(LONG)
    storer.put(b"2")
    assert len(storer) == 2
    shelf.open.set()
    assert storer.flush(LONG)
    assert len(storer) == 0


@pytest.mark.parametrize("room", [Room(2, 100), Room(100, 2)])
def test_more_than_there_is_room_for_is_refused_until_the_disk_has_caught_up(
    shelf: Shelf, room: Room
) -> None:
    storer = Storer(shelf.calls, room, 3600.0)
    shelf.open.clear()
    assert [storer.put(b"x") for _ in range(4)] == [True, True, False, False]
    assert shelf.reached.wait(LONG)
    assert not storer.put(b"x"), "what is in the thread's hands needs room too"
    shelf.open.set()
    assert storer.flush(LONG)
    assert storer.put(b"x")
    storer.end()
    assert storer.flush(LONG)


def test_flush_gives_up_after_its_timeout_and_the_storer_goes_on(shelf: Shelf, storer: Storer) -> None:
    shelf.open.clear()
    storer.put(b"1")
    assert not storer.flush(0.01)
    shelf.open.set()
    assert storer.flush(LONG)
    assert shelf.stored == [b"1"]


@pytest.mark.parametrize("error", [ZeroDivisionError, SystemExit, KeyboardInterrupt])
def test_events_that_cannot_be_stored_are_counted_and_the_next_ones_are_stored(
    shelf: Shelf, storer: Storer, error: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Sequence[bytes]) -> None:
        raise error

    shelf.before = fail
    storer.put(b"1")
    assert storer.flush(LONG)
    shelf.before = lambda _: None
    storer.put(b"2")
    assert storer.flush(LONG)
    assert (shelf.failed, shelf.stored) == (1, [b"2"])
    assert "events could not be stored in an unexpected way" in caplog.text


def test_a_look_that_fails_is_logged_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf()

    def fail() -> bool:
        raise SystemExit

    storer = Storer(shelf.calls._replace(look=fail), PLENTY, 3600.0)
    storer.put(b"1")
    assert storer.flush(LONG)
    assert shelf.stored == [b"1"]
    assert "looking for events of earlier runs failed" in caplog.text
    storer.end()


def test_it_looks_first_of_all_and_then_not_before_its_time(shelf: Shelf, storer: Storer) -> None:
    for _ in range(5):
        storer.put(b"1")
        assert storer.flush(LONG)
    assert shelf.looks == 1


def test_it_looks_also_while_events_never_stop(shelf: Shelf) -> None:
    storer = Storer(shelf.calls, PLENTY, 0.0)
    for _ in range(20):
        storer.put(b"1")
        assert storer.flush(LONG)
    storer.end()
    assert storer.flush(LONG)
    assert shelf.looks >= 19


def test_it_stores_between_two_looks_that_have_much_to_do(shelf: Shelf, storer: Storer) -> None:
    shelf.more = 10**9
    storer.put(b"1")
    assert storer.flush(LONG)
    assert shelf.stored == [b"1"]
    shelf.more = 0


def test_the_end_stores_what_was_put_down_and_is_told_once(shelf: Shelf) -> None:
    storer = Storer(shelf.calls, PLENTY, 3600.0)
    shelf.open.clear()
    storer.put(b"1")
    storer.end()
    assert not storer.over
    assert not storer.put(b"2")
    shelf.open.set()
    assert storer.flush(LONG)
    storer.end()
    assert storer.flush(LONG)
    assert _eventually(lambda: storer.over)
    assert (shelf.stored, shelf.ends) == ([b"1"], 1)


def test_the_end_of_one_that_was_never_used_needs_no_thread(shelf: Shelf) -> None:
    before = set(threading.enumerate())
    storer = Storer(shelf.calls, PLENTY, 3600.0)
    storer.end()
    assert set(threading.enumerate()) <= before
    assert storer.over
    assert (shelf.ends, shelf.looks) == (1, 0)


def test_events_wait_when_no_thread_can_be_started_and_flush_does_not(
    shelf: Shelf, storer: Storer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patched:
        _without_threads(patched)
        assert storer.put(b"1")
        assert not storer.flush(LONG)
    assert "no thread can be started to store them" in caplog.text
    storer.put(b"2")
    assert storer.flush(LONG)
    assert shelf.stored == [b"1", b"2"]


def test_the_end_stores_itself_what_waits_when_no_thread_can_be_started(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    storer = Storer(shelf.calls, PLENTY, 3600.0)
    with monkeypatch.context() as patched:
        _without_threads(patched)
        storer.put(b"1")
        storer.end()
    assert (shelf.stored, shelf.ends, storer.over) == ([b"1"], 1, True)


def test_a_hook_may_flush_and_end_without_waiting_for_itself(shelf: Shelf) -> None:
    storer = Storer(shelf.calls, PLENTY, 3600.0)
    said: list[bool] = []

    def finish(_: Sequence[bytes]) -> None:
        said.append(storer.flush(LONG))
        storer.end()

    shelf.before = finish
    storer.put(b"1")
    assert storer.flush(LONG)
    assert said == [False]
    assert _eventually(lambda: shelf.ends == 1)
    assert shelf.stored == [b"1"]


def test_what_is_put_down_while_a_signal_handler_ends_it_is_stored(shelf: Shelf) -> None:
    storer = Storer(shelf.calls, PLENTY, 3600.0)
    storer.put(b"1")
    inbox = storer._inbox

    class Interrupted:
        """The inbox; a signal arrives when the event is about to be put into it."""

        def put(self, item: Any) -> None:
            if isinstance(item, bytes):
                storer.end()
                assert storer.flush(LONG)
            inbox.put(item)

        def __getattr__(self, name: str) -> Any:
            return getattr(inbox, name)

    interrupted: Any = Interrupted()
    storer._inbox = interrupted
    assert storer.put(b"2")
    assert _eventually(lambda: shelf.ends == 1)
    assert shelf.stored == [b"1", b"2"]


def test_a_thread_that_died_is_started_again(shelf: Shelf, storer: Storer) -> None:
    inbox = storer._inbox
    died = threading.Event()

    class Broken:
        """The inbox, out of memory once."""

        def get(self, **_: object) -> Any:
            storer._inbox = inbox
            died.set()
            raise MemoryError

        def __getattr__(self, name: str) -> Any:
            return getattr(inbox, name)

    broken: Any = Broken()
    storer._inbox = broken
    storer.put(b"1")
    assert died.wait(LONG)
    assert _eventually(lambda: not storer._background.is_there)
    assert storer.flush(LONG)
    assert shelf.stored == [b"1"]


def _eventually(holds: Callable[[], bool]) -> bool:
    """Wait until `holds()`, which another thread is about to bring about."""
    until = monotonic() + LONG
    while not holds() and monotonic() < until:
        threading.Event().wait(0.001)
    return holds()


def test_what_waits_can_be_discarded_and_what_is_being_stored_is_stored(shelf: Shelf, storer: Storer) -> None:
    shelf.open.clear()
    storer.put(b"1")
    assert shelf.reached.wait(LONG)
    storer.put(b"2")
    storer.put(b"3")
    assert storer.discard() == 2
    assert len(storer) == 1
    shelf.open.set()
    assert storer.put(b"4")
    assert storer.flush(LONG)
    assert shelf.stored == [b"1", b"4"]
    assert len(storer) == 0


def test_what_is_discarded_leaves_room(shelf: Shelf) -> None:
    storer = Storer(shelf.calls, Room(2, 100), 3600.0)
    shelf.open.clear()
    storer.put(b"1")
    assert shelf.reached.wait(LONG)
    storer.put(b"2")
    assert not storer.put(b"3")
    assert storer.discard() == 1
    assert storer.put(b"4")
    shelf.open.set()
    storer.end()
    assert storer.flush(LONG)


def test_who_waits_for_what_is_discarded_waits_for_what_is_being_stored(shelf: Shelf, storer: Storer) -> None:
    shelf.open.clear()
    storer.put(b"1")
    assert shelf.reached.wait(LONG)
    storer.put(b"2")
    with ThreadPoolExecutor(1) as thread:
        flushed = thread.submit(storer.flush, LONG)
        while storer._inbox.qsize() < 2:
            threading.Event().wait(0.001)
        assert storer.discard() == 1
        assert not wait([flushed], 0.1).done
        shelf.open.set()
        assert flushed.result()


def test_no_more_are_stored_together_than_may_be(shelf: Shelf) -> None:
    storer = Storer(shelf.calls, Room(100, 100, together=3), 3600.0)
    batches: list[int] = []
    shelf.before = lambda bodies: batches.append(len(bodies))
    shelf.open.clear()
    for number in range(7):
        storer.put(b"%d" % number)
    shelf.open.set()
    storer.end()
    assert storer.flush(LONG)
    assert max(batches) <= 3
    assert sum(batches) == 7


def test_it_looks_earlier_when_it_is_hastened_and_before_a_flush_is_done(
    shelf: Shelf, storer: Storer
) -> None:
    storer.start()
    assert storer.flush(LONG)
    looks = shelf.looks
    storer.hasten(3600.0)
    assert storer.flush(LONG)
    assert shelf.looks == looks
    storer.hasten()
    assert storer.flush(LONG)
    assert storer.flush(LONG)
    assert shelf.looks == looks + 1
