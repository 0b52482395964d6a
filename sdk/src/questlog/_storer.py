"""The thread between the game and the disk: it takes what the game has put down and stores it in company."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic
from typing import NamedTuple, TypeAlias

from questlog._background import Background
from questlog._clock import bounded
from questlog._log import get_logger

_MOMENT = 0.05  # seconds
_logger = get_logger()

_Mark: TypeAlias = threading.Event
"""Set once all that was put down before it is stored."""


class Room(NamedTuple):
    """How much may wait to be stored, and how many events are stored together at most."""

    events: int
    bytes: int
    together: int = 500  # a row; more would only take more memory at once


class Calls(NamedTuple):
    """What the storer's thread calls.

    Attributes:
        store: Stores JSON of events.
        failed: Told how many events `store` raised for; it never raises itself.
        look: Looks for other work, first of all and then now and then; True when there is more at once.
        ended: Called once, when all is stored after the end.
    """

    store: Callable[[Sequence[bytes]], None]
    failed: Callable[[int], None]
    look: Callable[[], bool]
    ended: Callable[[], None]


class Storer:
    """Gives what is put down to `calls.store`, in order; its thread starts with the first of it.

    Args:
        calls: What it calls.
        room: For what waits.
        seconds: Between two looks.
    """

    def __init__(self, calls: Calls, room: Room, seconds: float) -> None:
        self._calls = calls
        self._room = room
        self._seconds = seconds
        # Its `put` may be interrupted by a signal handler that puts something down as well.
        self._inbox: SimpleQueue[bytes | _Mark] = SimpleQueue()
        self._lock = threading.RLock()  # guards what follows; never held while something is stored
        self._background = Background(self._run, "questlog-outbox", "store them")
        self._put_events = self._put_bytes = 0
        self._ends = self._over = False
        self._discarded_events = self._discarded_bytes = 0
        self._done_events = self._done_bytes = 0  # the thread's own
        self._look_at = 0.0

    def __len__(self) -> int:
        """Return how many events wait to be stored, or are being stored."""
        return self._put_events - self._discarded_events - self._done_events

    @property
    def over(self) -> bool:
        """Whether it has ended, and all is stored."""
        return self._over

    @property
    def is_caller(self) -> bool:
        """Whether it is the storer's thread that asks, in a hook."""
        return self._background.is_caller

    def put(self, body: bytes) -> bool:
        """Put down an event; False, and nothing done, when there is no room or the storer was closed."""
        size = len(body)
        with self._lock:
            if self._ends or not self._has_room(size):
                return False
            self._put_events += 1
            self._put_bytes += size
            self._inbox.put(body)
        if not self._background.is_there:
            self.start()
        return True

    def flush(self, timeout: float) -> bool:
        """Return once all that was put down so far is stored; False after `timeout` seconds.

        False at once for the storer's own thread, and when no thread can be started.
        """
        if self.is_caller:
            return False
        mark = _Mark()
        with self._lock:
            if len(self):
                self.start()
            if self._over or not self._background.is_there:
                return not len(self)
            self._inbox.put(mark)
        return mark.wait(bounded(timeout))

    def hasten(self, seconds: float = 0.0) -> None:
        """Look again after `seconds`, if not earlier; before what `flush` is asked for next."""
        self._look_at = min(self._look_at, monotonic() + seconds)
        if self._background.is_there and not self.is_caller:
            self._inbox.put(_Mark())  # wakes it

    def discard(self) -> int:
        """Forget what waits, but for what is being stored; return how many events that were."""
        with self._lock:
            items = self._waiting()
            bodies = [item for item in items if not isinstance(item, _Mark)]
            for mark in (item for item in items if isinstance(item, _Mark)):
                self._inbox.put(mark)  # who waits for it waits for what is being stored, too
            self._discarded_events += len(bodies)
            self._discarded_bytes += sum(map(len, bodies))
        return len(bodies)

    def end(self) -> None:
        """Take no more; what was put down is stored, and then `ended` is called."""
        with self._lock:
            self._ends = True
            if len(self):
                self.start()
            self._inbox.put(_Mark())  # wakes it
            # Nothing is left to do, or no thread can be started, as the interpreter ends.
            here = not self._over and self._background.stand_in()
        if here:
            self._run()

    def join(self, seconds: float) -> None:
        """Wait until the thread has ended, `seconds` at most; not for oneself."""
        self._background.join(seconds)

    def start(self) -> None:
        """Start the thread, unless it is there or has ended for good."""
        with self._lock:
            if not self._over:
                self._background.start()

    def _waiting(self) -> list[bytes | _Mark]:
        """Take out all that the thread has not taken yet."""
        items: list[bytes | _Mark] = []
        with suppress(Empty):
            while True:
                items.append(self._inbox.get_nowait())
        return items

    def _has_room(self, size: int) -> bool:
        waiting = self._put_bytes - self._discarded_bytes - self._done_bytes
        return len(self) < self._room.events and waiting + size <= self._room.bytes

    def _run(self) -> None:
        try:
            self._look()
            while not self._is_over():
                bodies, mark = self._next()
                self._store(bodies)
                if mark is not None:
                    mark.set()
                self._look()
        except BaseException:
            _logger.exception("storing ended in an unexpected way; the next event starts it again")
        finally:
            self._background.has_ended()
        if self._over:
            self._calls.ended()

    def _is_over(self) -> bool:
        # Who has the lock may be interrupted by a signal handler that waits for what is in the inbox.
        if not self._ends or not self._lock.acquire(timeout=_MOMENT):
            return False
        try:
            self._over = not self._inbox.qsize()
        finally:
            self._lock.release()
        return self._over

    def _next(self) -> tuple[list[bytes], _Mark | None]:
        """Wait for something until it is time to look; return all that is there, up to the first mark."""
        bodies: list[bytes] = []
        seconds = _MOMENT if self._ends else bounded(self._look_at - monotonic())
        try:
            item = self._inbox.get(timeout=seconds)
            while not isinstance(item, _Mark):
                bodies.append(item)
                if len(bodies) == self._room.together:
                    return bodies, None
                item = self._inbox.get_nowait()
        except Empty:
            return bodies, None
        return bodies, item

    def _store(self, bodies: Sequence[bytes]) -> None:
        try:
            if bodies:
                self._calls.store(bodies)
        except BaseException:  # SystemExit too: a hook of the game's may not end this thread
            _logger.exception("events could not be stored in an unexpected way; others are tried again")
            self._calls.failed(len(bodies))
        finally:
            self._done_events += len(bodies)
            self._done_bytes += sum(map(len, bodies))

    def _look(self) -> None:
        if self._ends or monotonic() < self._look_at:
            return
        self._look_at = monotonic() + self._seconds
        try:
            if self._calls.look():
                self._look_at = monotonic()
        except BaseException:
            _logger.exception("looking for events of earlier runs failed in an unexpected way")
