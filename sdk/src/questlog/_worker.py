"""The thread that delivers what waits in the queue. It starts with the first event."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from questlog._clock import Clock
from questlog._entry import Entry
from questlog._queue import MemoryQueue
from questlog._results import Rejection, Stats
from questlog._retry import Pause, RetryPolicy
from questlog._sender import Outcome, Sender
from questlog._transport import Transport

BATCH_BYTES = 1024 * 1024  # of JSON, before gzip; the API takes 5 MiB
_DROPS_A_WARNING = 1000
_logger = logging.getLogger("questlog")


@dataclass(frozen=True, slots=True)
class Batching:
    """When to send: at `events` waiting, or `seconds` after the first one."""

    events: int
    seconds: float


class Worker:
    """Delivers in the background, one batch at a time, oldest first.

    Args:
        queue: Where events wait.
        transport: Takes a batch to the API.
        batching: When to send.
        on_rejected: Called in the background for each event the API refuses.
        clock: Waits.
    """

    def __init__(
        self,
        queue: MemoryQueue,
        transport: Transport,
        batching: Batching,
        on_rejected: Callable[[Rejection], object] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._queue = queue
        self._transport = transport
        self._batching = batching
        self._on_rejected = on_rejected
        self._clock = clock or Clock()
        self._sender = Sender(transport, RetryPolicy(), self._pause)
        self._changed = threading.Condition()  # guards everything below, and the queue
        self._thread: threading.Thread | None = None
        self._accepted = self._rejected = self._dropped = 0
        self._flush_until = 0  # how many events a flush wants settled
        self._hurried = False  # flush and close want the next attempt now
        self._closing = False  # take no more, finish what waits
        self._stopped = False  # leave what waits

    def put(self, entry: Entry) -> None:
        """Queue `entry`; when the queue is full or the worker closed, drop and count it."""
        with self._changed:
            kept = not self._closing and self._queue.put(entry)
            if not kept:
                self._dropped += 1
            elif len(self._queue) == 1 or self._ripe():
                self._changed.notify_all()
            dropped = self._dropped
        # Logging stays out of the lock: a log handler may track events itself.
        if not kept:
            self._warn_of_drops(dropped)
        elif self._thread is None:
            self._start()

    def flush(self, timeout: float) -> bool:
        """Send what is queued now without waiting for more; True once all of it is answered.

        Args:
            timeout: Seconds after which to stop waiting and return False; the worker goes on.
        """
        with self._changed:
            self._flush_until = until = self._settled + len(self._queue)
            self._hurried = True
            self._changed.notify_all()
            if self._waitable():
                self._changed.wait_for(lambda: self._settled >= until or self._stopped, timeout)
            return self._settled >= until

    def close(self, timeout: float) -> int:
        """Take no more, deliver what is queued, and stop after `timeout` seconds; return what is left."""
        with self._changed:
            already_stopped = self._stopped
            self._closing = self._hurried = True
            self._changed.notify_all()
            thread = self._thread if self._waitable() else None
        if thread is not None:
            thread.join(timeout)
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
            left = len(self._queue)
        if self._thread is None:
            self._transport.close()
        if left and not already_stopped:
            _logger.warning("closed with %d event(s) undelivered", left)
        return left

    def stats(self) -> Stats:
        """Return what became of the events so far."""
        with self._changed:
            return Stats(self._accepted, self._rejected, self._dropped, len(self._queue))

    @property
    def _settled(self) -> int:
        return self._accepted + self._rejected

    def _ripe(self) -> bool:
        enough = len(self._queue) >= self._batching.events
        return enough or self._closing or self._settled < self._flush_until

    def _waitable(self) -> bool:
        """Tell whether a thread works that is not the caller's own, as it is in `on_rejected`."""
        return self._thread is not None and self._thread is not threading.current_thread()

    def _warn_of_drops(self, dropped: int) -> None:
        if dropped % _DROPS_A_WARNING == 1:
            reason = "the client is closed" if self._closing else "the queue is full"
            _logger.warning("%s: %d event(s) dropped so far", reason, dropped)

    def _start(self) -> None:
        try:
            with self._changed:
                if self._thread is None:
                    thread = threading.Thread(target=self._run, name="questlog", daemon=True)
                    thread.start()
                    self._thread = thread
        except RuntimeError as error:  # too many threads, or the interpreter is going down
            _logger.warning("events are kept, but no thread can be started to deliver them: %s", error)

    def _run(self) -> None:
        try:
            while batch := self._next_batch():
                for outcome in self._sender.outcomes(batch):
                    self._settle(outcome)
                    if self._stopped:
                        return
        finally:
            self._transport.close()

    def _next_batch(self) -> list[Entry]:
        """Wait for events; return none when there is nothing more to do."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._queue) or self._closing)
            self._clock.wait_for(self._changed, self._ripe, self._batching.seconds)
            return [] if self._stopped else self._queue.oldest(self._batching.events, BATCH_BYTES)

    def _settle(self, outcome: Outcome) -> None:
        for rejection in outcome.rejections:
            self._tell(rejection)
        with self._changed:
            self._queue.remove(outcome.count)
            self._rejected += len(outcome.rejections)
            self._accepted += outcome.count - len(outcome.rejections)
            self._changed.notify_all()

    def _tell(self, rejection: Rejection) -> None:
        _logger.warning("%s", rejection)
        try:
            if self._on_rejected is not None:
                self._on_rejected(rejection)
        except Exception:
            _logger.exception("on_rejected raised; events go on")

    def _pause(self, pause: Pause) -> bool:
        with self._changed:
            self._hurried = False  # only who asks from now on has not had an attempt yet
            self._clock.wait_for(self._changed, lambda: self._stopped, pause.at_least)
            self._clock.wait_for(self._changed, lambda: self._stopped or self._hurried, pause.jitter)
            return not self._stopped
