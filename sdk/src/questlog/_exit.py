"""The end of a process, however the process was started."""

import atexit
import sys
from collections.abc import Callable
from typing import Any

from questlog._fork import call_in_children


class ExitCall:
    """Calls `method` when the program ends; so it does in forked children, unless they end by `os._exit`."""

    def __init__(self, method: Callable[[], object]) -> None:
        self._method = method
        self._finalizer: Any = None
        atexit.register(method)
        call_in_children(self._forget)

    def cover_multiprocessing(self) -> None:
        """Call `method` also if this process is a child of multiprocessing; costs next to nothing again.

        Such a child ends by `os._exit` after its own finalizers, and starts by forgetting those that were
        registered before it ran. That module is not imported here: in its children it always is.
        """
        process = sys.modules.get("multiprocessing.process")
        if process and self._finalizer is None and process.parent_process():
            util = sys.modules["multiprocessing.util"]
            self._finalizer = util.Finalize(None, self._method, exitpriority=0)

    def cancel(self) -> None:
        """Take it back, in this process."""
        atexit.unregister(self._method)
        if self._finalizer is not None:
            self._finalizer.cancel()

    def _forget(self) -> None:
        self._finalizer = None
