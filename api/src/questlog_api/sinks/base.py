"""What every sink promises."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol


class Stream(StrEnum):
    """The two streams there are."""

    EVENTS = "events"
    REJECTS = "rejects"


class SinkUnavailable(Exception):  # noqa: N818 - says what it is, as ConnectionRefused does
    """Lines could not be stored, or nobody can know that they were. Its text names no payload."""


class Sink(Protocol):
    """Stores lines durably."""

    async def put(self, stream: Stream, lines: Sequence[bytes], deadline: float) -> None:
        r"""Store `lines`, each of which ends in `\n`; return when all of them are durable.

        No try begins after `deadline`, a reading of `time.monotonic`.

        Raises:
            SinkUnavailable: when that failed. Some lines may have been stored all the same: put them all
                again. Duplicates are expected, losses are not.
        """

    async def check(self) -> None:
        """Return when lines can be put; otherwise raise `SinkUnavailable`.

        However often this is called, it takes nothing from `put`.
        """

    async def close(self) -> None:
        """Free what the sink holds. Nothing is put afterwards."""
