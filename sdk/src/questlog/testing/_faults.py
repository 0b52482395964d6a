"""What goes wrong at the fake server, one request after the other."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from questlog.testing._replies import Reply

Answer: TypeAlias = Callable[[], Reply]
"""Handles a request and returns what the API answers."""

Fault: TypeAlias = Callable[[Answer], Reply | None]
"""Returns what is answered instead; None cuts the connection."""


@dataclass(slots=True)
class _Planned:
    fault: Fault
    left: int | None


class Faults:
    """Those that are to come, in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: deque[_Planned] = deque()
        self._over = threading.Event()

    def add(self, fault: Fault, times: int | None) -> None:
        """Plan a fault for `times` requests, after those that are planned already; None is for ever.

        Raises:
            ValueError: when `times` is less than 1.
        """
        if times is not None and times < 1:
            raise ValueError("times must be 1 or more, or None: until recover()")
        with self._lock:
            self._planned.append(_Planned(fault, times))

    def add_hang(self, times: int | None) -> None:
        """Plan to answer nothing until `end`, and then to cut the connection."""
        over = self._over

        def hang(_: Answer) -> None:
            over.wait()

        self.add(hang, times)

    def end(self) -> None:
        """Let go of requests that hang, and plan nothing."""
        with self._lock:
            self._planned.clear()
            self._over.set()
            self._over = threading.Event()

    def reply(self, answer: Answer) -> Reply | None:
        """Return what is replied to the next request, which `answer` handles."""
        with self._lock:
            fault = self._next()
        return answer() if fault is None else fault(answer)

    def _next(self) -> Fault | None:
        if not self._planned:
            return None
        planned = self._planned[0]
        if planned.left is not None:
            planned.left -= 1
            if planned.left == 0:
                self._planned.popleft()
        return planned.fault
