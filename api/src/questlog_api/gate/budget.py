"""Bounds what all requests together hold in memory, however slow their clients or the sink are."""

import logging
from types import TracebackType
from typing import Self

from questlog_api.problems import not_acknowledged
from questlog_api.telemetry.logs import OncePerSecond

REQUEST_BYTES = 32 * 1024
"""What a request counts beside its content: connection, task, decompressor."""

_log = logging.getLogger(__name__)
_log.addFilter(OncePerSecond())


class Budget:
    """At most `most` bytes, for all reservations together; clients are told to wait `retry_after` seconds."""

    def __init__(self, most: int, retry_after: int) -> None:
        self.held = 0
        self._most = most
        self._retry_after = retry_after

    def reservation(self) -> "Reservation":
        """Return the share of one request, to use in `with`."""
        return Reservation(self)

    def take(self, size: int) -> None:
        """Take `size` more bytes; a negative `size` gives some back.

        Raises:
            ProblemError: when they are not there (503); nothing is taken then.
        """
        if size > 0 and self.held + size > self._most:
            _log.warning("not taken: all requests together would hold more than %d bytes", self._most)
            raise not_acknowledged("The service has too much under way.", self._retry_after)
        self.held += size


class Reservation:
    """What one request holds of the budget; all is given back in the end."""

    __slots__ = ("_budget", "_held")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._held = 0

    def __enter__(self) -> Self:
        self._budget.take(REQUEST_BYTES)
        self._held = REQUEST_BYTES
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._budget.take(-self._held)

    def hold(self, size: int) -> None:
        """Hold `size` bytes of content from now on, instead of what was held before.

        Raises:
            ProblemError: when the budget has not so many (503).
        """
        wanted = REQUEST_BYTES + size
        self._budget.take(wanted - self._held)
        self._held = wanted
