"""A thread that is there when there is work for it."""

import threading
from collections.abc import Callable

from questlog._clock import bounded
from questlog._log import get_logger

_logger = get_logger()


class Background:
    """A daemon thread that is started when it is needed, and again if it has ended. Nothing here raises.

    Args:
        run: What the thread does; it calls `has_ended` before it returns, unless it is never to start again.
        name: Of the thread.
        purpose: What it is needed for, for the log: events are kept, but none can be started to do that.
    """

    def __init__(self, run: Callable[[], None], name: str, purpose: str) -> None:
        self._run = run
        self._name = name
        self._purpose = purpose
        self._lock = threading.RLock()
        self.thread: threading.Thread | None = None

    @property
    def is_there(self) -> bool:
        """Whether it was started, and did not say `has_ended`."""
        return self.thread is not None

    @property
    def is_caller(self) -> bool:
        """Whether it is this thread that asks, in a hook of the game's."""
        return self.thread is threading.current_thread()

    def start(self) -> None:
        """Start the thread, unless it is there; when none can be started, that is logged."""
        with self._lock:
            if self.thread is not None:
                return
            # Known before it runs: a signal handler that tracks an event here must not start another.
            self.thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            try:
                self.thread.start()
            except RuntimeError as error:  # too many threads, or the interpreter is going down
                self.thread = None
                _logger.warning(
                    "events are kept, but no thread can be started to %s: %s", self._purpose, error
                )

    def stand_in(self) -> bool:
        """Make the calling thread this one, unless it is there; return whether that was done."""
        with self._lock:
            if self.thread is not None:
                return False
            self.thread = threading.current_thread()
            return True

    def has_ended(self) -> None:
        """Let it be started again."""
        with self._lock:
            self.thread = None

    def join(self, seconds: float) -> None:
        """Wait until it has ended, `seconds` at most; not for oneself."""
        thread = self.thread
        # A signal handler may find one that is not started yet.
        if thread is not None and not self.is_caller and thread.is_alive():
            thread.join(bounded(seconds))
