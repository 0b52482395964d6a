"""UUID version 7 (RFC 9562, section 5.7): ids that sort by the time they were made."""

import os
import threading
import time
from collections.abc import Callable
from uuid import UUID

from questlog._fork import call_in_children

_RANDOM_BITS = 74
_RANDOM_BYTES = 10
_STEP_BITS = 32
_VERSION_AND_VARIANT = (7 << 76) | (0b10 << 62)
_POOL_BYTES = 4096


class Uuid7Source:
    """Makes UUIDs that always ascend within the process, also when the clock is set back."""

    def __init__(
        self,
        nanoseconds: Callable[[], int] = time.time_ns,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._nanoseconds = nanoseconds
        self._random_bytes = random_bytes
        self._last = 0
        self._lock, self._pool, self._used = threading.RLock(), b"", 0
        call_in_children(self._renew)

    def text(self) -> str:
        """Return the next UUID as text, in lower case: its first 48 bits are milliseconds since 1970."""
        now = (self._nanoseconds() // 1_000_000) << _RANDOM_BITS
        random = self._random()
        bits, step = random >> (8 * _RANDOM_BYTES - _RANDOM_BITS), 1 + random % 2**_STEP_BITS
        with self._lock:  # nothing is called in here, where a signal handler that makes an id could interrupt
            # Method 2 of section 6.2: within a millisecond, a random step above the last one.
            self._last = value = now | bits if now > self._last else self._last + step
        # Spread 122 bits around the version and variant fields.
        upper, middle, lower = value >> _RANDOM_BITS, (value >> 62) & 0xFFF, value & ((1 << 62) - 1)
        digits = f"{(upper << 80) | (middle << 64) | lower | _VERSION_AND_VARIANT:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def __call__(self) -> UUID:
        """Return the next UUID."""
        return UUID(self.text())

    def _random(self) -> int:
        # The kernel is asked once for hundreds of ids: asking takes longer than the rest.
        with self._lock:
            start = self._used
            if start + _RANDOM_BYTES > len(self._pool):
                self._pool, start = self._random_bytes(_POOL_BYTES), 0
            self._used = start + _RANDOM_BYTES
            return int.from_bytes(self._pool[start : start + _RANDOM_BYTES])

    def _renew(self) -> None:
        """Begin with a lock and random bytes of one's own, as a forked child has to."""
        self._lock = threading.RLock()
        self._pool, self._used = b"", 0


_source = Uuid7Source()


def uuid7() -> UUID:
    """Return a new UUIDv7: for events, sessions and installations."""
    return _source()


def uuid7_text() -> str:
    """Return a new UUIDv7 as text."""
    return _source.text()
