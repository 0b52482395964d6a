"""A fork waits until no thread is inside of SQLite.

Its mutexes would stay locked in the child for ever: https://www.sqlite.org/faq.html#q6
"""

import os
import threading
from collections import Counter

_MOST_SECONDS = 1.0  # that a fork waits for a slow disk


class Gate:
    """Lets threads in, as many as come, but none while the process forks. A thread may enter again.

    Attributes:
        usable: Whether this process may enter; not a child that was forked while a thread was inside.
    """

    def __init__(self) -> None:
        self.usable = True
        self._renew()

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._changed:
            if not self._inside[me]:  # who is inside already must get on, for the fork to begin
                self._changed.wait_for(lambda: not self._forks)
            self._inside[me] += 1

    def __exit__(self, *_: object) -> None:
        me = threading.get_ident()
        with self._changed:
            self._inside[me] -= 1
            if not self._inside[me]:
                del self._inside[me]
                self._changed.notify_all()

    def before_fork(self) -> None:
        """Let nobody in any more, and wait until all are out."""
        with self._changed:
            self._forks += 1
            self._changed.wait_for(lambda: not self._inside, _MOST_SECONDS)

    def after_fork_in_parent(self) -> None:
        """Let threads in again."""
        with self._changed:
            self._forks -= 1
            self._changed.notify_all()

    def after_fork_in_child(self) -> None:
        """Begin anew, with the one thread there is."""
        self.usable = self.usable and not self._inside
        self._renew()

    def _renew(self) -> None:
        self._changed = threading.Condition()  # guards what follows
        self._inside: Counter[int] = Counter()  # thread -> how often it entered
        self._forks = 0  # begun and not ended


GATE = Gate()
"""Of this process: SQLite's mutexes are the process's too."""

if hasattr(os, "register_at_fork"):  # Windows has neither this nor fork
    os.register_at_fork(
        before=GATE.before_fork,
        after_in_parent=GATE.after_fork_in_parent,
        after_in_child=GATE.after_fork_in_child,
    )
