"""What is done with an event before it is stored: known installs, `before_send`, a last look at consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from questlog._drops import Drops
from questlog._log import get_logger
from questlog._once import Once
from questlog._scrub import FAILED, BeforeSend, scrubbed

if TYPE_CHECKING:
    from pathlib import Path

    from questlog._options import Options

_logger = get_logger()


class Kept(Protocol):
    """Where events go from here, in the way of `Worker`."""

    @property
    def durable(self) -> bool:
        """Whether all that is there survives the process."""

    def put(self, bodies: Sequence[bytes]) -> int:
        """Take events; return how many of the first ones are kept."""


class SetAside:
    """Events that are never sent again, where a person can find them: in the outbox, if there is one."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def put(self, reason: str, body: bytes) -> None:
        """Keep an event; that the disk does not take it is logged."""
        if self._options.folder is None:
            return
        from questlog._outbox import OutboxError, set_aside  # noqa: PLC0415 - SQLite is not for the game's start

        try:
            set_aside(self._options.folder, self._options.destination, reason, body)
        except OutboxError as error:
            _logger.error("an event that is not sent could not be set aside: %s", error)  # noqa: TRY400 - it says

    def clear(self) -> None:
        """Delete them, and what is kept of damaged files; that some stay is logged."""
        folder, destination = self._options.folder, self._options.destination
        kinds = f"{destination}.refused*.jsonl", f"{destination}-*.damaged*", f"{destination}-*.saving*"
        for pattern in kinds:
            for path in () if folder is None else folder.glob(pattern):
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    _logger.error("not all events could be deleted, purge again: %s", error)  # noqa: TRY400 - it says


@dataclass(frozen=True, slots=True, eq=False)
class _Revocation:
    """What is on its way meanwhile is not to be stored after all; `reason` counts it as dropped."""

    reason: str | None


class Intake:
    """Gives events to `kept` that are wanted, as `before_send` wants them.

    Args:
        before_send: The game's; None for as they are.
        once_path: Where installs are remembered; None for in memory.
        kept: Where they are stored.
        drops: Counts the others.
        aside: Keeps those on which `before_send` fails.
    """

    def __init__(
        self,
        before_send: BeforeSend | None,
        once_path: Path | None,
        kept: Kept,
        drops: Drops,
        aside: SetAside,
    ) -> None:
        self._before_send = before_send
        self._once = Once(once_path)
        self._kept = kept
        self._drops = drops
        self._aside = aside
        self._revocation = _Revocation(None)  # the last one

    def store(self, bodies: Sequence[bytes]) -> None:
        """Store events, unless they are revoked meanwhile."""
        before = self._revocation
        firsts = self._once.firsts(list(bodies))
        wanted = [(body, kept) for body in firsts if (kept := self._scrubbed(body)) is not None]
        if not wanted:
            return
        if self._revocation is not before:
            self._drop_revoked(len(wanted))
            return
        count = self._kept.put([kept for _, kept in wanted])
        self._once.remember([body for body, _ in wanted[:count]])
        self.save()

    def revoke(self, reason: str | None = None) -> None:
        """Let nothing be stored that is in `store` now; `reason` counts it as dropped."""
        self._revocation = _Revocation(reason)

    def save(self) -> None:
        """Remember installs over the end of the process, once they survive it."""
        if self._kept.durable:
            self._once.save()

    def forget(self, bodies: Sequence[bytes]) -> None:
        """Take note that events are deleted, undelivered: an install among them may be said again."""
        self._once.forget(bodies)

    def _drop_revoked(self, count: int) -> None:
        if self._revocation.reason is not None:
            self._drops.add(self._revocation.reason, count)

    def _scrubbed(self, body: bytes) -> bytes | None:
        """Return the event as `before_send` wants it; None when it is dropped."""
        if self._before_send is None:
            return body
        result = scrubbed(self._before_send, body)
        if isinstance(result, bytes):
            return result
        if result == FAILED:
            self._aside.put(result, body)
        self._drops.add(result)
        return None
