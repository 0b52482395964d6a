"""Events that are given up without an answer: counted, logged now and then, and told to the game."""

import threading
from collections import Counter
from collections.abc import Callable

from questlog._log import contained, get_logger
from questlog._results import Drop

_DROPS_A_WARNING = 1000
_logger = get_logger()


class Drops:
    """Counts events that are given up, from any thread, and holds none of them up.

    Args:
        on_dropped: Told of each; None for nobody.
    """

    def __init__(self, on_dropped: Callable[[Drop], object] | None = None) -> None:
        self._on_dropped = on_dropped
        self._lock = threading.RLock()
        self._telling = threading.local()
        self._counts: Counter[str] = Counter()  # why -> how many events

    @property
    def total(self) -> int:
        """How many events were given up so far."""
        with self._lock:
            return self._counts.total()

    def add(self, reason: str, count: int = 1) -> None:
        """Count events, log `reason` now and then, and tell `on_dropped`; never raises."""
        with self._lock:
            before = self._counts[reason]
            self._counts[reason] += count
        # Logging stays out of the lock: a log handler may track events itself.
        if before == 0 or (before + count) // _DROPS_A_WARNING > before // _DROPS_A_WARNING:
            _logger.warning("%s: %d event(s) dropped so far", reason, before + count)
        if self._on_dropped is not None and not getattr(self._telling, "on", False):
            self._tell(self._on_dropped, Drop(reason, count))

    def _tell(self, on_dropped: Callable[[Drop], object], drop: Drop) -> None:
        """Call the hook; what it drops itself, as it tracks events, is counted and not told again."""
        self._telling.on = True
        try:
            contained("on_dropped", on_dropped, drop)
        finally:
            self._telling.on = False
