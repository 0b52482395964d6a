"""The way of an event from the game's thread to the API: put down, stored, sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from questlog._clock import bounded
from questlog._drops import Drops
from questlog._log import get_logger
from questlog._once import Once
from questlog._queue import MemoryQueue, Queue
from questlog._results import Drop, Rejection, Stats
from questlog._scrub import FAILED, BeforeSend, scrubbed
from questlog._storer import Calls, Room, Storer
from questlog._transport import HttpTransport
from questlog._worker import FULL, LAST_SECONDS, Batching, Worker

if TYPE_CHECKING:
    from pathlib import Path

    from questlog._options import Options
    from questlog._transport import BaseTransport

_LOOK_SECONDS = 30.0  # between looks for what other processes have left behind
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
        self._hooks = hooks
        self._queue = _queue(options)
        self._once = Once(options.folder and options.folder / f"{options.destination}.once")
        self._closing = self._over = False
        self._drops = Drops(hooks.on_dropped)
        self._worker = Worker(
            self._queue,
            HttpTransport(options.url, options.write_key, options.timeout, transport),
            Batching(options.batch_size, options.flush_interval),
            self._drops,
            on_rejected=hooks.on_rejected,
            set_aside=self._set_aside,
            ended=self._release,
        )
        self._storer = Storer(
            Calls(store=self._store, failed=self._failed, look=self._look, ended=self._stored_all),
            Room(options.queue_events, options.queue_bytes),
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

    def drop(self, reason: str, count: int = 1) -> None:
        """Count events that are given up."""
        self._drops.add(reason, count)

    def flush(self, timeout: float) -> bool:
        """Deliver what was taken so far; True once all of it is answered, False after `timeout` seconds."""
        until = monotonic() + bounded(timeout)
        return self._storer.flush(timeout) and self._worker.flush(until - monotonic())

    def close(self, timeout: float) -> int:
        """Take no more, store and then deliver what was taken, for `timeout` seconds; return what is left.

        In a hook it returns at once, and all of that is done afterwards.
        """
        until = monotonic() + bounded(timeout)
        self._closing = True
        self._storer.end()
        if not (self._storer.is_caller or self._worker.is_caller):
            self._storer.flush(max(timeout, LAST_SECONDS))  # mostly the disk takes much less
            self._worker.close(until - monotonic())
            self._storer.join(LAST_SECONDS)  # then the outbox is free for another client
        return self.stats().pending

    def pause(self) -> None:
        """Send nothing."""
        self._worker.pause()

    def resume(self) -> None:
        """Send again."""
        self._worker.resume()

    def purge(self) -> int:
        """Forget all events that are not delivered, and those set aside; return how many waited."""
        self._storer.flush(self._options.timeout)
        cleared = self._worker.clear()
        if self._options.folder is not None:
            _delete_set_aside(self._options.folder, self._options.destination)
        return cleared

    def stats(self) -> Stats:
        """Return what became of the events so far."""
        stats, waiting = self._worker.stats(), len(self._storer)
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

    def _store(self, bodies: Sequence[bytes]) -> None:
        firsts = self._once.firsts(list(bodies))
        wanted = [(body, kept) for body in firsts if (kept := self._scrubbed(body)) is not None]
        if wanted:
            count = self._worker.put([kept for _, kept in wanted])
            self._once.remember([body for body, _ in wanted[:count]])

    def _failed(self, count: int) -> None:
        self.drop("could not be stored", count)

    def _scrubbed(self, body: bytes) -> bytes | None:
        """Return the event as `before_send` wants it; None when it is dropped."""
        if self._hooks.before_send is None:
            return body
        result = scrubbed(self._hooks.before_send, body)
        if isinstance(result, bytes):
            return result
        if result == FAILED:
            self._set_aside(result, body)
        self.drop(result)
        return None

    def _set_aside(self, reason: str, body: bytes) -> None:
        """Keep what is never sent again where a person can find it."""
        if self._options.folder is None:
            return
        from questlog._outbox import OutboxError, set_aside  # noqa: PLC0415 - as in `_queue`

        try:
            set_aside(self._options.folder, self._options.destination, reason, body)
        except OutboxError as error:
            _logger.error("an event that is not sent could not be set aside: %s", error)  # noqa: TRY400 - it says

    def _look(self) -> bool:
        return self._worker.take_over()

    def _stored_all(self) -> None:
        self._worker.finish()
        self._release()

    def _release(self) -> None:
        """Let go of the disk; called when either thread has ended, and effective when both have."""
        if self._storer.over and self._worker.over:
            self._worker.release()
            self._over = True


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


def _delete_set_aside(folder: Path, destination: str) -> None:
    with suppress(OSError):
        for pattern in (f"{destination}.refused*", f"{destination}-*.damaged*"):
            for path in folder.glob(pattern):
                path.unlink(missing_ok=True)
