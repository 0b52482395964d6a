"""The end of a process, however the process was started: all clients end together, within one time."""

import atexit
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from questlog._fork import call_in_children

EXIT_SECONDS = 1.5
"""That the end of a program takes at most, however many clients it has."""


@dataclass(frozen=True, slots=True, eq=False)
class Exit:
    """How something ends with the process.

    Attributes:
        begin: Begins to end, and waits for nothing.
        end: Ends, within as many seconds.
    """

    begin: Callable[[], object]
    end: Callable[[float], object]


class Exits:
    """Ends all that was added when the program ends; so it does in forked children but for `os._exit`."""

    def __init__(self) -> None:
        self._exits: dict[Exit, None] = {}  # in the order of their coming
        self._finalizer: Any = None
        self._registered = False
        call_in_children(self._forget)

    def add(self, one: Exit) -> None:
        """End it with the program."""
        self._exits[one] = None
        if not self._registered:
            self._registered = True
            atexit.register(self._leave)

    def remove(self, one: Exit) -> None:
        """Take it back, in this process."""
        self._exits.pop(one, None)

    def cover_multiprocessing(self) -> None:
        """End them also if this process is a child of multiprocessing; costs next to nothing again.

        Such a child ends by `os._exit` after its own finalizers, and starts by forgetting those that were
        registered before it ran. That module is not imported here: in its children it always is.
        """
        process = sys.modules.get("multiprocessing.process")
        if process and self._finalizer is None and process.parent_process():
            util = sys.modules["multiprocessing.util"]
            self._finalizer = util.Finalize(None, self._leave, exitpriority=0)

    def _leave(self) -> None:
        exits = list(reversed(self._exits))
        until = monotonic() + EXIT_SECONDS
        for one in exits:
            one.begin()
        for one in exits:
            one.end(max(0.0, until - monotonic()))

    def _forget(self) -> None:
        self._finalizer = None


EXITS = Exits()
"""Of this process."""
