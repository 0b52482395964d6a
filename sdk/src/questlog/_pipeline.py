"""The way of an event from the game's thread to the API: put down, stored, sent."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from questlog._clock import bounded
from questlog._drops import Drops
from questlog._intake import Intake, SetAside
from questlog._log import get_logger
from questlog._queue import MemoryQueue, Queue
from questlog._results import Drop, Rejection, Stats
from questlog._scrub import BeforeSend
from questlog._storer import Calls, Room, Storer
from questlog._transport import HttpTransport
from questlog._worker import FULL, LAST_SECONDS, Batching, Worker

if TYPE_CHECKING:
    from questlog._options import Options
    from questlog._transport import BaseTransport

DISK_SECONDS = 5.0
"""That a call which promises something of the disk waits for it, and for `before_send`, at most."""

NO_CONSENT, ENDED = "consent was taken back", "the program ended before they were stored"
_MOMENT = 0.05  # seconds
_LOOK_SECONDS = 30.0  # between looks for what other processes have left behind
_SCRUBBED_TOGETHER = 20  # events that are stored after `before_send` had all of them; it may be slow
_logger = get_logger()


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the game is told, and asked. All of it is called in the background."""

    on_rejected: Callable[[Rejection], object] | None = None
    on_dropped: Callable[[Drop], object] | None = None
    before_send: BeforeSend | None = None


class Pipeline:
    """Takes the JSON of events and delivers it, in two threads: one stores, one sends.

    Args:
        options: Where to, and within which bounds.
        hooks: The game's.
        transport: What httpx sends through; None is the network.
    """

    def __init__(self, options: Options, hooks: Hooks, transport: BaseTransport | None = None) -> None:
        self._options = options
        self._queue = _queue(options)
        self._closing = self._over = False
        self._late = False  # the last wait for the disk was in vain
        self._drops = Drops(hooks.on_dropped)
        self._aside = SetAside(options)
        self._worker = Worker(
            self._queue,
            HttpTransport(options.url, options.write_key, options.timeout, transport),
            Batching(options.batch_size, options.flush_interval),
            self._drops,
            on_rejected=hooks.on_rejected,
            set_aside=self._aside.put,
            ended=self._release,
        )
        self._intake = Intake(hooks.before_send, options.once_path, self._worker, self._drops, self._aside)
        self._storer = Storer(
            Calls(store=self._intake.store, failed=self._failed, look=self._look, ended=self._stored_all),
            _room(options, hooks),
            _LOOK_SECONDS,
        )

    def start(self, *, looks: bool) -> None:
        """Begin to deliver what earlier runs have left, if they have; without `looks`, a thread finds out."""
        folder = self._options.folder
        with suppress(OSError):  # it is told when it is used
            if folder is not None and (not looks or any(folder.glob(self._options.pattern))):
                self._storer.start()

    def put(self, body: bytes) -> None:
        """Take an event."""
        if not self._storer.put(body):
            self.drop("the client is closed" if self._closing else FULL)

    def stored(self, timeout: float) -> bool:
        """Return once all that was taken so far is in the queue; False after `timeout` seconds."""
        return self._storer.flush(timeout)

    def persist(self) -> None:
        """Return once all that was taken so far is on the disk, or that takes longer than `DISK_SECONDS`.

        Then events wait in memory, as with a disk that fails; it is logged, and the next call waits no more.
        """
        if self._storer.is_caller:
            return
        late = not self._storer.flush(_MOMENT if self._late else DISK_SECONDS)
        if late and not self._late:
            _logger.error("events wait in memory, which ends with the process: storing them takes too long")
        self._late = late

    def drop(self, reason: str, count: int = 1) -> None:
        """Count events that are given up."""
        self._drops.add(reason, count)

    def flush(self, timeout: float) -> bool:
        """Deliver what was taken so far; True once all of it is answered, False after `timeout` seconds."""
        until = monotonic() + bounded(timeout)
        if self._worker.away:
            self._storer.hasten()
        return self._storer.flush(timeout) and self._worker.flush(until - monotonic())

    def close(self, timeout: float) -> int:
        """Take no more, store and then deliver what was taken, for `timeout` seconds; return what is left.

        In a hook it returns at once, and all of that is done afterwards. What is not stored in time, as the
        disk or `before_send` is slow, waits in memory and is stored while the process lives; see `give_up`.
        """
        until = monotonic() + bounded(timeout)
        self.begin_to_close()
        if not (self._storer.is_caller or self._worker.is_caller):
            self._storer.flush(max(timeout, LAST_SECONDS))  # mostly the disk takes much less
            self._worker.close(until - monotonic())
            self._storer.join(LAST_SECONDS)  # then the outbox is free for another client
        return self.stats().pending

    def begin_to_close(self) -> None:
        """Take no more; what was taken is stored and delivered in the background."""
        self._closing = True
        self._storer.end()

    def give_up(self) -> None:
        """Count what is not stored as dropped, as the process ends: with it ends the thread that stores."""
        self._intake.revoke()
        count = len(self._storer)
        self._storer.discard()
        if count:
            self.drop(ENDED, count)

    def pause(self) -> None:
        """Send nothing, and drop what is not stored yet: that was taken with a consent which has ended."""
        self._worker.pause()
        self._intake.revoke(NO_CONSENT)
        count = self._storer.discard()
        if count:
            self.drop(NO_CONSENT, count)

    def resume(self) -> None:
        """Send again."""
        self._worker.resume()

    def purge(self) -> int:
        """Forget all events that are not delivered, and those set aside; return how many waited.

        A hook or disk that hangs is waited for `DISK_SECONDS` each. What that keeps from being deleted is
        deleted after that, which is logged.
        """
        count = self._storer.discard()
        if not self._storer.flush(DISK_SECONDS):
            self._intake.revoke()
            count += len(self._storer)
        cleared = self._worker.clear(self._intake.forget, DISK_SECONDS)
        if cleared is None:
            _logger.error(
                "events are deleted as soon as the disk answers; purge again if the process ends first"
            )
        self._aside.clear()
        return count + (cleared or 0)

    def stats(self) -> Stats:
        """Return what became of the events so far."""
        waiting = len(self._storer)  # first: an event on its way from here to there counts twice, not never
        stats = self._worker.stats()
        return Stats(stats.accepted, stats.rejected, stats.dropped, stats.pending + waiting)

    @property
    def closing(self) -> bool:
        """Whether `close` was called."""
        return self._closing

    @property
    def over(self) -> bool:
        """Whether all is stored, nothing more will be delivered, and the disk is let go."""
        return self._over

    @property
    def stopped(self) -> bool:
        """Whether all is stored and nothing more will be sent, though an answer may still be waited for."""
        return self._storer.over and self._worker.stopped

    def abandon(self) -> None:
        """Forget, in a forked child, what is its parent's."""
        self._queue.abandon()

    def _failed(self, count: int) -> None:
        self.drop("could not be stored", count)

    def _look(self) -> bool:
        more = self._worker.take_over()
        if self._worker.away:
            self._storer.hasten(DISK_SECONDS)
        self._intake.save()
        return more

    def _stored_all(self) -> None:
        self._worker.finish()
        self._release()

    def _release(self) -> None:
        """Let go of the disk; called when either thread has ended, and effective when both have."""
        if self._storer.over and self._worker.over:
            self._intake.save()
            self._worker.release()
            self._over = True


def _room(options: Options, hooks: Hooks) -> Room:
    room = Room(options.queue_events, options.queue_bytes)
    return room if hooks.before_send is None else room._replace(together=_SCRUBBED_TOGETHER)


def _queue(options: Options) -> Queue:
    memory = MemoryQueue(options.queue_events, options.queue_bytes)
    if options.folder is None:
        return memory
    from questlog._disk_queue import DiskQueue  # noqa: PLC0415 - SQLite is not for the game's start
    from questlog._outbox import OutboxFolder  # noqa: PLC0415 - likewise

    return DiskQueue(
        OutboxFolder(options.folder, options.destination),
        sync=options.sync,
        max_bytes=options.outbox_bytes,
        max_seconds=options.outbox_seconds,
        memory=memory,
    )
