"""How long to wait before a batch is sent again: no time, no thread, only numbers."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from questlog._answers import Misconfigured, Unavailable

FIRST_BACKOFF = 0.5
BACKOFF_CEILING = 30.0
# An API under maintenance may ask for minutes; a wrong header must not silence a game for days.
RETRY_AFTER_CEILING = 300.0
MISCONFIGURED = 60.0
_DOUBLINGS = 16  # past the ceiling; keeps 2**attempt a small number


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait: `at_least` seconds, then `jitter` seconds that flush and close may cut short."""

    at_least: float
    jitter: float


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Full jitter over an exponentially growing span; `chance` returns numbers from 0 to 1.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    chance: Callable[[], float] = random.random

    def pause(self, answer: Unavailable | Misconfigured, attempt: int) -> Pause:
        """Return the wait after failed attempt number `attempt`, counted from 0."""
        if isinstance(answer, Misconfigured):
            return Pause(0.0, MISCONFIGURED * (1 + self.chance()) / 2)
        span = min(BACKOFF_CEILING, FIRST_BACKOFF * 2 ** min(attempt, _DOUBLINGS))
        return Pause(min(answer.retry_after, RETRY_AFTER_CEILING), span * self.chance())
