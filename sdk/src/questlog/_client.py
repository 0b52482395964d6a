"""The front door: typed events in, delivered in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from questlog._context import Context
from questlog._emitter import Emitter
from questlog._exit import EXIT_SECONDS, EXITS, Exit
from questlog._fork import call_in_children
from questlog._options import (
    MAX_BATCH_EVENTS,
    Options,
    checked_consent,
    checked_folder,
    checked_seconds,
    expect_functions,
)
from questlog._player_client import PlayerClient
from questlog._results import Drop, Rejection, Stats

if TYPE_CHECKING:
    from pathlib import Path

    from questlog._pipeline import Pipeline
    from questlog._scrub import BeforeSend
    from questlog._transport import BaseTransport

    Outbox: TypeAlias = str | Path | None

OUTBOX = "default"


class BaseClient(Emitter):
    """What clients have in common: everything but how they wait. `Client` describes the options."""

    _waits_for_disk = True

    def __init__(  # noqa: PLR0913 - each is an option of its own, by keyword
        self,
        url: str,
        write_key: str,
        *,
        context: Context,
        outbox: Outbox = OUTBOX,
        durability: Literal["background", "sync"] = "background",
        outbox_bytes: int = 64 * 1024 * 1024,
        outbox_days: float = 14.0,
        consent: bool = True,
        on_rejected: Callable[[Rejection], object] | None = None,
        on_dropped: Callable[[Drop], object] | None = None,
        before_send: BeforeSend | None = None,
        batch_size: int = MAX_BATCH_EVENTS,
        flush_interval: float = 1.0,
        queue_events: int = 20_000,
        queue_bytes: int = 32 * 1024 * 1024,
        timeout: float = 30.0,
        transport: BaseTransport | None = None,
    ) -> None:
        super().__init__(context)
        self._options = Options(
            url=url,
            write_key=write_key,
            batch_size=batch_size,
            flush_interval=flush_interval,
            queue_events=queue_events,
            queue_bytes=queue_bytes,
            timeout=timeout,
            folder=checked_folder(outbox),
            durability=durability,
            outbox_bytes=outbox_bytes,
            outbox_days=outbox_days,
        )
        self._hooks = on_rejected, on_dropped, before_send
        expect_functions(on_rejected=on_rejected, on_dropped=on_dropped, before_send=before_send)
        self._transport = transport
        self._consent = True
        self._pipeline = self._new_pipeline()
        self.consent = consent
        self._pipeline.start(looks=self._waits_for_disk)
        call_in_children(self._renew)
        self._exit = Exit(self._begin_to_leave, self._leave)
        EXITS.add(self._exit)

    @property
    def consent(self) -> bool:
        """Whether the player agrees; without, nothing is stored and nothing is sent.

        It is not remembered: say it at each start. What is in the outbox when consent ends stays there, and
        is sent if consent is given again; `purge` deletes it. What is not in it yet is dropped.
        """
        return self._consent

    @consent.setter
    def consent(self, consent: bool) -> None:
        before, self._consent = self._consent, checked_consent(consent)
        if before and not self._consent:
            self._pipeline.pause()
        elif self._consent and not before:
            self._pipeline.resume()

    def for_player(self, context: Context) -> PlayerClient:
        """Return a client for one player of many, as game servers have them: its events have `context`.

        It costs next to nothing and shares everything else with this client; it need not be closed.
        """
        return PlayerClient(self, context)

    def stats(self) -> Stats:
        """Return how many events were accepted, rejected and dropped, and how many are pending."""
        return self._pipeline.stats()

    def _new_pipeline(self) -> Pipeline:
        from questlog._pipeline import Hooks, Pipeline  # noqa: PLC0415 - not for who only makes events

        return Pipeline(self._options, Hooks(*self._hooks), self._transport)

    def _put(self, body: bytes) -> None:
        if not self._consent:
            return
        EXITS.cover_multiprocessing()
        self._pipeline.put(body)
        if self._waits_for_disk and self._options.sync:
            self._pipeline.persist()

    def _drop(self, reason: str) -> None:
        self._pipeline.drop(reason)

    def _begin_to_leave(self) -> None:
        self._pipeline.begin_to_close()

    def _leave(self, seconds: float) -> None:
        """Close as the program ends; what is not stored by then is lost with it, and counted."""
        self._end(seconds)
        self._pipeline.give_up()

    def _end(self, timeout: float) -> int:
        left = self._pipeline.close(timeout)
        if self._pipeline.stopped:
            EXITS.remove(self._exit)  # there is nothing to wait for a second time
        return left

    def _renew(self) -> None:
        """Start empty in a forked child: its parent still has what was pending, and the threads."""
        closed = self._pipeline.closing
        self._pipeline.abandon()
        self._pipeline = self._new_pipeline()
        if not self._consent:
            self._pipeline.pause()
        if closed:
            self._pipeline.close(0)


class Client(BaseClient):
    """Delivers a game's events to a Questlog API, in batches, from threads of its own.

    Events are checked where they are made; one that its contract refuses raises `InvalidEvent`, and from
    there on nothing is raised. They are stored in the outbox within milliseconds and delivered from there,
    through outages, crashes and restarts. No thread starts before the first event, unless an earlier run left
    some.

    A client that was not closed is closed when the program or the child of `multiprocessing` ends, which
    takes 1.5 seconds at most, however many clients there are; what is not delivered by then is delivered
    after the next start. A forked child starts with an empty outbox of its own, and with a closed client if
    its parent's was closed.

        with questlog.Client("https://events.example.com", "my-write-key", context=context) as client:
            client.purchase(product_id="gems_1200", price=Money.of("4.99", "EUR"), ...)

    Args:
        url: Where the API is, without `/v1/events`.
        write_key: The game's secret.
        context: Who plays and where; may be replaced at any time by assigning to `client.context`.
        outbox: Folder for events that are not delivered yet; `"default"` is one of this user's,
            None keeps them in memory only, where they end with the process. Several clients and processes may
            share it.
        durability: `"background"`: what a killed process took in its last moments, some milliseconds, is
            lost. `"sync"`: a call returns once its event is on the disk, some milliseconds later; nothing is
            lost. A disk or `before_send` that hangs is waited for 5 seconds once; then events wait in memory,
            and that is logged.
        outbox_bytes: Most bytes of JSON in the outbox; further events are dropped and counted.
        outbox_days: Days after which an event is given up, and counted as dropped. The warehouse tells copies
            of an event apart for 30.
        consent: Whether the player agrees: without, nothing is stored and nothing is sent.
        on_rejected: Called in the background for each event the API refuses.
        on_dropped: Called for events that are given up, with the reason; by the thread that gives them up.
        before_send: Called in the background with each event as JSON, before it is stored: returns it,
            changed or not, or None to drop it. An event on which it fails is set aside, not sent.
        batch_size: Most events in a request, at most 500.
        flush_interval: Seconds an event waits for others to be sent with.
        queue_events: Most events that wait in memory for the disk, and that are kept there while the disk
            does not take them, or without one; further ones are dropped.
        queue_bytes: Most bytes of JSON that wait, and that are kept there.
        timeout: Seconds for each step of a request (connecting, each write, each read), and for reading the
            body of an answer; at most a day. The API takes up to 25 seconds to store a batch before it
            answers, so give it more. A server that sends its headers a few bytes at a time can hold an
            attempt for longer than this; that delays delivery, never the game nor `close`.
        transport: What httpx sends through, for tests; None is the network.

    Raises:
        ValueError: for an option that cannot work.
        TypeError: when `context` is no `Context` or `consent` no bool, also when they are assigned, or a hook
            is no function.
    """

    def flush(self, timeout: float = 10.0) -> bool:
        """Send what was tracked so far now, and wait until the API has answered for all of it.

        Args:
            timeout: Seconds to wait at most.

        Returns:
            True when all of it is accepted or rejected, False when some is still pending.
        """
        return self._pipeline.flush(checked_seconds(timeout))

    def close(self, timeout: float = EXIT_SECONDS) -> int:
        """Store what is pending, try to deliver it, and stop; events tracked afterwards are dropped.

        Called by a hook it returns at once, and what is pending is delivered after that. What a slow disk or
        `before_send` has no time for is stored later, if the process lives; if it ends, that is lost, logged
        and counted as dropped.

        Args:
            timeout: Seconds to try at most.

        Returns:
            How many events stayed undelivered, in the outbox for the next start; called by a hook, how many
            still wait.
        """
        return self._end(checked_seconds(timeout))

    def purge(self) -> int:
        """Delete all events that are not delivered, those of earlier runs and those set aside too.

        A disk or `before_send` that hangs is waited for some seconds; what stays on the disk is logged. An
        `install` that is deleted may be said again.

        Returns:
            How many were waiting to be delivered.
        """
        return self._pipeline.purge()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
