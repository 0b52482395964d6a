"""What every sink promises."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol, TypeAlias


class Stream(StrEnum):
    """The two streams there are."""

    EVENTS = "events"
    REJECTS = "rejects"


class Cause(StrEnum):
    """Why lines could not be stored; operators see it at `/readyz`."""

    SINK_DOWN = "sink-down"
    SPOOL_FULL = "spool-full"
    SPOOL_BROKEN = "spool-broken"
    NOT_TRIED = "not-tried"


class Health(StrEnum):
    """How a sink that takes lines does so."""

    OK = "ok"
    SPOOLING = "spooling"
    WITHOUT_SPOOL = "without-spool"


class SinkUnavailable(Exception):  # noqa: N818 - says what it is, as ConnectionRefused does
    """Lines could not be stored, or nobody can know that they were. Its text names no payload."""

    def __init__(self, message: str, cause: Cause = Cause.SINK_DOWN) -> None:
        super().__init__(message)
        self.cause = cause


Stored: TypeAlias = Callable[[int, int], None]
"""Told `(start, stop)` as soon as the lines `[start:stop]` of a put are durable, each line once."""


def ignore(_start: int, _stop: int) -> None:
    """Take no notice of single lines: the end of the put is enough."""


class Sink(Protocol):
    """Stores lines durably."""

    async def start(self) -> None:
        """Begin; called once, before anything is put."""

    async def put(
        self, stream: Stream, lines: Sequence[bytes], deadline: float, stored: Stored = ignore
    ) -> None:
        r"""Store `lines`, each of which ends in `\n`; return when all of them are durable.

        No try begins after `deadline`, a reading of `time.monotonic`.

        Raises:
            SinkUnavailable: when that failed. Lines `stored` was not told of may have been stored all the
                same: put them again. Duplicates are expected, losses are not.
        """

    async def check(self) -> Health:
        """Return how lines are taken; raise `SinkUnavailable` when they are not.

        However often this is called, it takes nothing from `put`.
        """

    async def close(self) -> None:
        """Free what the sink holds. Nothing is put afterwards."""
