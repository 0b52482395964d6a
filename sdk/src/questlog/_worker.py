"""The thread that delivers what waits in the queue. It starts with the first event."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from questlog._clock import Clock, bounded
from questlog._entry import Entry
from questlog._log import get_logger
from questlog._queue import MemoryQueue
from questlog._results import Rejection, Stats
from questlog._retry import Pause, RetryPolicy
from questlog._sender import Outcome, Sender
from questlog._transport import Transport

BATCH_BYTES = 1024 * 1024  # of JSON, before gzip; the API takes 5 MiB
_DROPS_A_WARNING = 1000
_logger = get_logger()


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
        self._drops: Counter[str] = Counter()  # why -> how many events
        self._accepted = self._rejected = 0
        self._taken = self._settled = 0  # events queued so far; of them, answered and told
        self._flush_until = 0  # how many events a flush wants settled
        self._hurried = False  # flush and close want the next attempt now
        self._closing = False  # take no more, finish what waits
        self._stopped = False  # leave what waits

    @property
    def closing(self) -> bool:
        """Whether `close` was called: no more events are taken."""
        return self._closing

    @property
    def stopped(self) -> bool:
        """Whether nothing more will be delivered."""
        return self._stopped

    def put(self, entry: Entry) -> None:
        """Queue `entry`; when the queue is full or the worker closed, drop and count it."""
        with self._changed:
            kept = not self._closing and self._queue.put(entry)
            if kept:
                self._taken += 1
                if len(self._queue) == 1 or self._ripe():
                    self._changed.notify_all()
        if not kept:
            self.drop("the client is closed" if self._closing else "the queue is full")
        elif self._thread is None:
            self._start()

    def drop(self, reason: str) -> None:
        """Count an event that is not queued, and log `reason` now and then."""
        with self._changed:
            self._drops[reason] += 1
            count = self._drops[reason]
        # Logging stays out of the lock: a log handler may track events itself.
        if count % _DROPS_A_WARNING == 1:
            _logger.warning("%s: %d event(s) dropped so far", reason, count)

    def flush(self, timeout: float) -> bool:
        """Send what is queued now without waiting for more; True once all of it is answered.

        Args:
            timeout: Seconds after which to stop waiting and return False; the worker goes on.
        """
        self._start()
        with self._changed:
            self._flush_until = until = self._taken
            self._hurried = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._settled >= until or not self._waitable(), bounded(timeout))
            return self._settled >= until

    def close(self, timeout: float) -> int:
        """Take no more, deliver what is queued, and stop after `timeout` seconds; return what is left.

        In `on_rejected` it does not wait for itself: it returns at once, and what is left is then delivered.
        """
        with self._changed:
            self._closing = self._hurried = True
            self._changed.notify_all()
        self._start()
        with self._changed:
            thread = self._thread
        if thread is threading.current_thread():
            return self.stats().pending
        if thread is not None and thread.is_alive():
            thread.join(bounded(timeout))
        return self._stop()

    def stats(self) -> Stats:
        """Return what became of the events so far."""
        with self._changed:
            return Stats(self._accepted, self._rejected, self._drops.total(), len(self._queue))

    def _ripe(self) -> bool:
        enough = len(self._queue) >= self._batching.events
        return enough or self._closing or self._settled < self._flush_until

    def _waitable(self) -> bool:
        """Tell whether a thread works that is not the caller's own, as it is in `on_rejected`."""
        return not self._stopped and self._thread not in (None, threading.current_thread())

    def _stop(self) -> int:
        with self._changed:
            already_stopped, self._stopped = self._stopped, True
            self._changed.notify_all()
            left, threadless = len(self._queue), self._thread is None
        if threadless:
            self._transport.close()
        if left and not already_stopped:
            _logger.warning("closed with %d event(s) undelivered", left)
        return left

    def _start(self) -> None:
        """Start the thread if there is work for it and it does not run: not yet, or no longer."""
        try:
            with self._changed:
                if self._thread is None and len(self._queue) and not self._stopped:
                    self._start_thread()
        except RuntimeError as error:  # too many threads, or the interpreter is going down
            _logger.warning("events are kept, but no thread can be started to deliver them: %s", error)

    def _start_thread(self) -> None:
        # Known before it runs: a signal handler that tracks an event here must not start another.
        self._thread = threading.Thread(target=self._run, name="questlog", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:
            self._thread = None
            raise

    def _run(self) -> None:
        try:
            while batch := self._next_batch():
                for outcome in self._sender.outcomes(batch):
                    self._settle(outcome)
                    if self._stopped:
                        return
        except BaseException:
            _logger.exception(
                "delivery ended in an unexpected way; events are kept, the next one starts it again"
            )
        finally:
            self._end()

    def _end(self) -> None:
        with self._changed:
            finished = self._stopped or (self._closing and not len(self._queue))
            if not finished:
                self._thread = None
            self._changed.notify_all()
        if finished:
            self._transport.close()

    def _next_batch(self) -> list[Entry]:
        """Wait for events; return none when there is nothing more to do."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._queue) or self._closing)
            self._clock.wait_for(self._changed, self._ripe, self._batching.seconds)
            return [] if self._stopped else self._queue.oldest(self._batching.events, BATCH_BYTES)

    def _settle(self, outcome: Outcome) -> None:
        with self._changed:
            self._queue.remove(outcome.count)
            self._rejected += len(outcome.rejections)
            self._accepted += outcome.count - len(outcome.rejections)
        for rejection in outcome.rejections:
            self._tell(rejection)
        with self._changed:
            self._settled += outcome.count
            self._changed.notify_all()

    def _tell(self, rejection: Rejection) -> None:
        try:
            _logger.warning("%s", rejection)
            if self._on_rejected is not None:
                self._on_rejected(rejection)
        except BaseException:  # SystemExit too: this thread is not the callback's to end
            _logger.exception("on_rejected raised; events go on")

    def _pause(self, pause: Pause) -> bool:
        with self._changed:
            self._hurried = False  # only who asks from now on has not had an attempt yet
            self._clock.wait_for(self._changed, lambda: self._stopped, pause.at_least)
            self._clock.wait_for(self._changed, lambda: self._stopped or self._hurried, pause.jitter)
            return not self._stopped
