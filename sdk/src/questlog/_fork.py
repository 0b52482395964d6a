"""Forked children must not use their parent's locks, threads and connections."""

import os
import weakref
from collections.abc import Callable


def call_in_children(method: Callable[[], None]) -> None:
    """Call the bound `method` in every process forked from now on, while its object lives.

    Python has no way to take this back: a few bytes stay for each object.
    """
    reference = weakref.WeakMethod(method)

    def call() -> None:
        alive = reference()
        if alive is not None:
            alive()

    if hasattr(os, "register_at_fork"):  # Windows has neither this nor fork
        os.register_at_fork(after_in_child=call)
