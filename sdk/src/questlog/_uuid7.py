"""UUID version 7 (RFC 9562, section 5.7): ids that sort by the time they were made."""

import random
import threading
import time
from collections.abc import Callable
from uuid import UUID

from questlog._fork import call_in_children

_random_bits = random.SystemRandom().getrandbits
_RANDOM_BITS = 74
_STEP_BITS = 32
_VERSION_AND_VARIANT = (7 << 76) | (0b10 << 62)


class Uuid7Source:
    """Makes UUIDs that always ascend within the process, also when the clock is set back."""

    def __init__(
        self,
        nanoseconds: Callable[[], int] = time.time_ns,
        bits: Callable[[int], int] = _random_bits,
    ) -> None:
        self._nanoseconds = nanoseconds
        self._bits = bits
        self._last = 0
        self._renew_lock()
        call_in_children(self._renew_lock)

    def __call__(self) -> UUID:
        """Return the next UUID: its first 48 bits are milliseconds since 1970."""
        now = (self._nanoseconds() // 1_000_000) << _RANDOM_BITS
        random_bits = self._bits(_RANDOM_BITS)
        step = 1 + random_bits % 2**_STEP_BITS
        with self._lock:  # nothing is called in here, where a signal handler that makes an id could interrupt
            # Method 2 of section 6.2: within a millisecond, a random step above the last one.
            self._last = value = now | random_bits if now > self._last else self._last + step
        return _uuid(value)

    def _renew_lock(self) -> None:
        self._lock = threading.RLock()  # a signal handler may run in the thread that holds it


def _uuid(value: int) -> UUID:
    """Spread 122 bits around the version and variant fields."""
    upper, middle, lower = value >> _RANDOM_BITS, (value >> 62) & 0xFFF, value & ((1 << 62) - 1)
    return UUID(int=(upper << 80) | (middle << 64) | lower | _VERSION_AND_VARIANT)


_source = Uuid7Source()


def uuid7() -> UUID:
    """Return a new UUIDv7: for events, sessions and installations."""
    return _source()
