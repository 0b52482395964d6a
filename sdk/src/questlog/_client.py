"""The front door: typed events in, delivered in the background."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from questlog._context import Context, Stamp
from questlog._entry import Entry
from questlog._exit import ExitCall
from questlog._fork import call_in_children
from questlog._generated.client import EventMethods
from questlog._model import Event
from questlog._options import MAX_BATCH_EVENTS, Options
from questlog._queue import MemoryQueue
from questlog._results import Rejection, Stats
from questlog._transport import HttpTransport
from questlog._uuid7 import uuid7
from questlog._worker import Batching, Worker

if TYPE_CHECKING:
    from questlog._transport import BaseTransport


class Client(EventMethods):
    """Delivers a game's events to a Questlog API, in batches, from a thread of its own.

    Constructing an event that its contract refuses raises `InvalidEvent`. From there on nothing is raised:
    events wait in memory until the API has answered for them, through outages and restarts of the API.
    The thread starts with the first event.

    A client that was not closed is closed when the program or the child of `multiprocessing` ends, which
    takes 5 seconds at most; what is killed or ends by `os._exit` loses its pending events. A forked child
    starts with an empty queue of its own, and with a closed client if its parent's was closed.

        with questlog.Client("https://events.example.com", "my-write-key", context=context) as client:
            client.purchase(product_id="gems_1200", price=Money.of("4.99", "EUR"), ...)

    Args:
        url: Where the API is, without `/v1/events`.
        write_key: The game's secret.
        context: Who plays and where; may be replaced at any time by assigning to `client.context`.
        on_rejected: Called from the background thread for each event the API refuses. What it raises is
            logged.
        batch_size: Most events in a request, at most 500.
        flush_interval: Seconds an event waits for others to be sent with.
        queue_events: Most events that wait; further ones are dropped and counted.
        queue_bytes: Most bytes of JSON that wait.
        timeout: Seconds for each step of a request (connecting, each write, each read), and for reading the
            body of an answer; at most a day. The API takes up to 25 seconds to store a batch before it
            answers, so give it more. A server that sends its headers a few bytes at a time can hold an
            attempt for longer than this; that delays delivery, never the game nor `close`.
        transport: What httpx sends through, for tests; None is the network.

    Raises:
        ValueError: for an option that cannot work.
        TypeError: when `context` is no `Context`, also when it is assigned, or `on_rejected` no function.
    """

    def __init__(  # noqa: PLR0913 - each is an option of its own, by keyword
        self,
        url: str,
        write_key: str,
        *,
        context: Context,
        on_rejected: Callable[[Rejection], object] | None = None,
        batch_size: int = MAX_BATCH_EVENTS,
        flush_interval: float = 1.0,
        queue_events: int = 10_000,
        queue_bytes: int = 32 * 1024 * 1024,
        timeout: float = 30.0,
        transport: BaseTransport | None = None,
    ) -> None:
        self.context = context
        self._options = Options(
            url=url,
            write_key=write_key,
            batch_size=batch_size,
            flush_interval=flush_interval,
            queue_events=queue_events,
            queue_bytes=queue_bytes,
            timeout=timeout,
        )
        if on_rejected is not None and not callable(on_rejected):
            raise TypeError(f"on_rejected must be a function or None, not {type(on_rejected).__name__}")
        self._on_rejected = on_rejected
        self._transport = transport
        self._worker = self._new_worker()
        call_in_children(self._renew)
        self._exit = ExitCall(self.close)

    @property
    def context(self) -> Context:
        """Who plays and where: of the events made from now on."""
        return self._context

    @context.setter
    def context(self, context: Context) -> None:
        self._context = _checked(context)

    def track(self, event: Event) -> None:
        """Accept an event for delivery; never blocks on the network and never raises.

        What is no event is logged, and counted as dropped.
        """
        self._exit.cover_multiprocessing()
        try:
            entry = Entry.of(event)
        except Exception:  # noqa: BLE001 - whatever was given here, the game goes on
            self._worker.drop(f"track() takes events such as questlog.Purchase, not {type(event).__name__}")
        else:
            self._worker.put(entry)

    def flush(self, timeout: float = 10.0) -> bool:
        """Send what was tracked so far now, and wait until the API has answered for all of it.

        Args:
            timeout: Seconds to wait at most.

        Returns:
            True when all of it is accepted or rejected, False when some is still pending.
        """
        return self._worker.flush(timeout)

    def close(self, timeout: float = 5.0) -> int:
        """Deliver what is pending and stop; events tracked afterwards are dropped.

        Called by `on_rejected` it returns at once, and what is pending is delivered after that.

        Args:
            timeout: Seconds to try at most.

        Returns:
            How many events stayed undelivered; in `on_rejected`, how many still wait.
        """
        left = self._worker.close(timeout)
        if self._worker.stopped:
            self._exit.cancel()
        return left

    def stats(self) -> Stats:
        """Return how many events were accepted, rejected and dropped, and how many are pending."""
        return self._worker.stats()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _stamp(self, context: Context | None, event_id: UUID | None, occurred_at: datetime | None) -> Stamp:
        who = self._context if context is None else _checked(context)
        return who.stamp(event_id or uuid7(), occurred_at or datetime.now(UTC))

    def _new_worker(self) -> Worker:
        options = self._options
        return Worker(
            MemoryQueue(options.queue_events, options.queue_bytes),
            HttpTransport(options.url, options.write_key, options.timeout, self._transport),
            Batching(options.batch_size, options.flush_interval),
            self._on_rejected,
        )

    def _renew(self) -> None:
        """Start empty in a forked child: its parent still has what was pending, and the thread."""
        closed = self._worker.closing
        self._worker = self._new_worker()
        if closed:
            self._worker.close(0)


def _checked(context: Context) -> Context:
    if not isinstance(context, Context):
        raise TypeError(f"context must be a questlog.Context, not {type(context).__name__}")
    return context
