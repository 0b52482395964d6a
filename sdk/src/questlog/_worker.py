"""The thread that delivers what waits in the queue. It starts with the first event."""

import math
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from questlog._background import Background
from questlog._clock import Clock, bounded
from questlog._drops import Drops
from questlog._entry import Entry
from questlog._guarded import GuardedQueue
from questlog._log import contained, get_logger
from questlog._queue import Queue, Told
from questlog._results import Rejection, Stats
from questlog._retry import Pause, RetryPolicy
from questlog._sender import Outcome, Sender
from questlog._transport import Transport

BATCH_BYTES = 1024 * 1024  # of JSON, before gzip; the API takes 5 MiB
LAST_SECONDS = 0.2  # of closing, for a thread that only waits
FULL = "the outbox is full"
_logger = get_logger()


@dataclass(frozen=True, slots=True)
class Batching:
    """When to send: at `events` waiting, or `seconds` after the first one."""

    events: int
    seconds: float


class Worker:
    """Delivers in the background, one batch at a time, oldest first.

    Args:
        queue: Where events wait; `release` closes it.
        transport: Takes a batch to the API; closed when the worker ends.
        batching: When to send.
        drops: Counts what is given up.
        on_rejected: Called in the background for each event the API refuses.
        set_aside: Given reason and JSON of an event that is refused and of which the API keeps nothing.
        ended: Called once, when nothing more will be delivered.
        clock: Waits.
    """

    def __init__(  # noqa: PLR0913 - the parts it is made of, each named by its caller
        self,
        queue: Queue,
        transport: Transport,
        batching: Batching,
        drops: Drops,
        *,
        on_rejected: Callable[[Rejection], object] | None = None,
        set_aside: Callable[[str, bytes], object] = lambda _, __: None,
        ended: Callable[[], object] = lambda: None,
        clock: Clock | None = None,
    ) -> None:
        self._queue = GuardedQueue(queue)
        self._transport = transport
        self._batching = batching
        self._drops = drops
        self._on_rejected = on_rejected
        self._set_aside = set_aside
        self._ended = ended
        self._clock = clock or Clock()
        self._sender = Sender(transport, RetryPolicy(), self._pause, self._wanted)
        self._changed = threading.Condition()  # guards what follows; never held while a disk is waited for
        self._background = Background(self._run, "questlog", "deliver them")
        self._accepted = self._rejected = 0
        self._taken = 0  # events queued so far
        self._telling = 0  # of those that have left the queue, how many may not be told yet
        self._flush_until = 0  # how many events a flush wants to have left
        self._hurried = False  # flush and close want the next attempt now
        self._paused = False  # nothing is sent
        self._closing = False  # end when nothing waits
        self._stopped = False  # leave what waits
        self._over = False

    @property
    def over(self) -> bool:
        """Whether it has ended: nothing more will be delivered."""
        return self._over

    @property
    def stopped(self) -> bool:
        """Whether it has ended, or ends with the answer it waits for."""
        return self._over or self._stopped

    @property
    def is_caller(self) -> bool:
        """Whether it is the worker's thread that asks, in a hook."""
        return self._background.is_caller

    def put(self, bodies: Sequence[bytes]) -> int:
        """Queue events; those for which there is no room are dropped. Return how many are kept."""
        kept = self._queue.put(bodies)
        with self._changed:
            self._taken += kept
            if kept and (len(self._queue) == kept or self._ripe()):
                self._changed.notify_all()
        if kept < len(bodies):
            self._drops.add(FULL, len(bodies) - kept)
        self._start()
        return kept

    def take_over(self) -> bool:
        """Take over some of what others have left behind, to deliver it; return whether there is more."""
        absorbed = self._queue.absorb()
        with self._changed:
            self._taken += absorbed or 0
            self._changed.notify_all()
        self._give_up()
        self._start()
        return absorbed is not None

    def pause(self) -> None:
        """Send nothing, from the next attempt on, until `resume`."""
        with self._changed:
            self._paused = True
            self._changed.notify_all()

    def resume(self) -> None:
        """Send again."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()
        self._start()

    @property
    def away(self) -> int:
        """How many events come back by `take_over`: the disk failed where they are."""
        return self._queue.away

    @property
    def durable(self) -> bool:
        """Whether all that is queued survives the process; never waits."""
        return self._queue.durable

    def clear(self, told: Told = lambda _: None, seconds: float = math.inf) -> int | None:
        """Forget all that is queued, and do not send again what is under way; return how many that were.

        `told` is given what is deleted. None when the disk takes more than `seconds`: it is done after that.
        """
        cleared = self._queue.clear(told, seconds)
        with self._changed:
            self._changed.notify_all()
        return cleared

    def flush(self, timeout: float) -> bool:
        """Send what is queued now without waiting for more; True once all of it is answered or given up.

        Args:
            timeout: Seconds after which to stop waiting and return False; the worker goes on.
        """
        self._start()
        with self._changed:
            self._flush_until = until = self._taken
            self._hurried = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._left() >= until or not self._waitable(), bounded(timeout))
            return self._left() >= until

    def finish(self) -> None:
        """Deliver what is queued, and then end."""
        with self._changed:
            self._closing = self._hurried = True
            self._changed.notify_all()
        self._start()
        if not (self._background.is_there or self._sendable()):
            self._finish()

    def close(self, timeout: float) -> int:
        """Finish, and stop after `timeout` seconds; return how many events are left.

        In `on_rejected` it does not wait for itself: it returns at once, and what is left is then delivered.
        """
        self.finish()
        if self.is_caller:
            return self._kept()
        self._background.join(bounded(timeout) - LAST_SECONDS)
        return self._stop()

    def release(self) -> None:
        """Let go of the queue; nothing is put into it any more."""
        self._queue.release()

    def stats(self) -> Stats:
        """Return what became of the events so far."""
        with self._changed:
            return Stats(self._accepted, self._rejected, self._drops.total, self._kept())

    def _sendable(self) -> bool:
        return len(self._queue) > 0 and not self._paused

    def _ripe(self) -> bool:
        enough = len(self._queue) >= self._batching.events
        return enough or self._closing or self._stopped or self._left() < self._flush_until

    def _left(self) -> int:
        """Return how many events have left the queue, and all about them is told."""
        return self._taken - self._kept() - self._telling

    def _kept(self) -> int:
        """Return how many events are not answered, those too that come back later."""
        return len(self._queue) + self._queue.away

    def _waitable(self) -> bool:
        """Tell whether a thread sends that is not the caller's own, as it is in `on_rejected`."""
        ends = self._stopped or self._over or self._paused
        return not ends and self._background.is_there and not self.is_caller

    def _wanted(self) -> bool:
        """Tell whether the batch under way is still to be sent."""
        return not (self._stopped or self._paused) and self._queue.lent

    def _stop(self) -> int:
        with self._changed:
            already_stopped, self._stopped = self._stopped, True
            self._changed.notify_all()
            left = self._kept()
        if not self._background.is_there:
            self._finish()
        self._background.join(LAST_SECONDS)  # mostly it only waits; then the outbox is free at once
        if left and not already_stopped:
            _logger.warning("closed with %d event(s) undelivered", left)
        return left

    def _start(self) -> None:
        """Start the thread if there is work for it and it is not there: not yet, or no longer."""
        with self._changed:
            if self._sendable() and not (self._stopped or self._over):
                self._background.start()

    def _run(self) -> None:
        try:
            while self._wait():
                for outcome in self._sender.outcomes(self._oldest()):
                    self._settle(outcome)
        except BaseException:
            _logger.exception(
                "delivery ended in an unexpected way; events are kept, the next one starts it again"
            )
        finally:
            self._end()

    def _wait(self) -> bool:
        """Wait for events, and for company for them; False when there is nothing more to do."""
        with self._changed:
            self._changed.wait_for(lambda: self._sendable() or self._closing or self._stopped)
            self._clock.wait_for(self._changed, self._ripe, self._batching.seconds)
            return not self._stopped and (self._sendable() or not self._closing)

    def _oldest(self) -> list[Entry]:
        batch = self._queue.oldest(self._batching.events, BATCH_BYTES)
        self._give_up()
        return batch

    def _give_up(self) -> None:
        for reason, count in self._queue.given_up().items():
            self._drops.add(reason, count)
        with self._changed:
            self._changed.notify_all()

    def _settle(self, outcome: Outcome) -> None:
        if outcome.unkept is not None:
            self._set_aside(str(outcome.rejections[0]), outcome.unkept)
        with self._changed:
            self._telling += outcome.count
        try:
            self._forget(outcome)
            for rejection in outcome.rejections:
                self._tell(rejection)
        finally:
            with self._changed:
                self._telling -= outcome.count
                self._changed.notify_all()

    def _forget(self, outcome: Outcome) -> None:
        self._queue.remove(outcome.count)
        with self._changed:
            self._rejected += len(outcome.rejections)
            self._accepted += outcome.count - len(outcome.rejections)

    def _tell(self, rejection: Rejection) -> None:
        _logger.warning("%s", rejection)
        if self._on_rejected is not None:
            contained("on_rejected", self._on_rejected, rejection)

    def _pause(self, pause: Pause) -> None:
        with self._changed:
            self._hurried = False  # only who asks from now on has not had an attempt yet
            self._clock.wait_for(self._changed, lambda: not self._wanted(), pause.at_least)
            self._clock.wait_for(self._changed, lambda: self._hurried or not self._wanted(), pause.jitter)

    def _end(self) -> None:
        with self._changed:
            finished = self._stopped or (self._closing and not self._sendable())
            if not finished:
                self._background.has_ended()
            self._changed.notify_all()
        if finished:
            self._finish()

    def _finish(self) -> None:
        with self._changed:
            already_over, self._over = self._over, True
        if not already_over:
            with suppress(Exception):  # nothing is lost by it
                self._transport.close()
            self._ended()
