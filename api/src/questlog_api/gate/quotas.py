"""How many events, and how many refused ones, a write key may send a minute.

A minute begins with the first event after the last one ended. A request passes while anything of the minute
is left, and counts whole: so a batch larger than the limit passes as well, instead of being told to come back
for ever, and a key may send one request more than its limit. Counts are of this process, or of all of them
together in Redis. While Redis is away each process counts alone: events are worth more than exact limits.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from math import ceil
from time import monotonic, time
from typing import Any, NamedTuple, Self

from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.errors import ConfigurationError, StorageError

from questlog_api.problems import Kind, ProblemError
from questlog_api.settings import Settings
from questlog_api.telemetry.logs import OncePerSecond

WINDOW_SECONDS = 60
REDIS_SECONDS = 0.1
"""Seconds a request waits for Redis before it is counted here."""

_AWAY_SECONDS = 1  # until Redis is asked again
_LOG_SECONDS = 60
_CONNECTIONS = 32

_log = logging.getLogger(__name__)
_log.addFilter(OncePerSecond())


class Redis(NamedTuple):
    """Where all processes count together, and how to leave it."""

    counts: Storage
    close: Callable[[], Awaitable[None]]


class Quotas:
    """The two limits of each key; `limited` is told which of them a request was over."""

    def __init__(
        self,
        events: int | None,
        rejects: int | None,
        *,
        redis: Redis | None = None,
        limited: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._events = events
        self._rejects = rejects
        self._counts = _Counts(None if redis is None else redis.counts)
        self._redis = redis
        self._limited = limited

    @classmethod
    def from_settings(cls, settings: Settings, limited: Callable[[str], None] = lambda _: None) -> Self:
        """Return the limits of `settings`. Nothing is asked of Redis yet.

        Raises:
            ValueError: when the settings name a Redis and it is not one, or the extra `redis` is missing.
        """
        url = settings.quota_redis_url
        redis = None if url is None else _redis(url.get_secret_value())
        limits = settings.max_events_per_minute, settings.max_rejects_per_minute
        return cls(*limits, redis=redis, limited=limited)

    @property
    def is_away(self) -> bool:
        """Whether Redis did not answer lately."""
        return self._counts.is_away

    async def take_events(self, key_id: str, count: int) -> None:
        """Count `count` events of a key.

        Raises:
            ProblemError: when nothing of its minute was left (429).
        """
        if self._events is not None:
            await self._take("events", self._events, key_id, count)

    async def take_rejects(self, key_id: str, count: int) -> None:
        """Count `count` refused events of a key, before they are kept.

        Raises:
            ProblemError: when nothing of its minute was left (429).
        """
        if self._rejects is not None:
            await self._take("rejects", self._rejects, key_id, count)

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._redis is not None:
            await self._redis.close()

    async def _take(self, limit: str, most: int, key_id: str, count: int) -> None:
        wait = await self._counts.add(f"{limit}/{key_id}", count, most)
        if wait is not None:
            self._limited(limit)
            # By the beginning of its hash, as the settings have it.
            _log.info("the write key %s... is over its %s a minute", key_id, limit)
            raise _over(limit, most, max(1, ceil(wait)))


class _Counts:
    """Counts in Redis, or here when there is none or it is away."""

    def __init__(self, redis: Storage | None) -> None:
        self._redis = redis
        self._here = MemoryStorage()
        self._ask_at = self._log_at = 0.0
        self.is_away = False

    async def add(self, name: str, count: int, most: int) -> float | None:
        """Add to a count; return the seconds until it begins anew if it was `most` before, otherwise None."""
        if self._redis is not None and monotonic() >= self._ask_at:
            try:
                async with asyncio.timeout(REDIS_SECONDS):
                    wait = await _add(self._redis, name, count, most)
            except (StorageError, OSError) as error:
                self._went_away(error)
            else:
                self.is_away = False
                return wait
        return await _add(self._here, name, count, most)

    def _went_away(self, error: Exception) -> None:
        self.is_away = True
        self._ask_at = monotonic() + _AWAY_SECONDS
        if monotonic() >= self._log_at:
            self._log_at = monotonic() + _LOG_SECONDS
            # Without the error's text, which may have the address with its password.
            cause = type(getattr(error, "storage_error", error)).__name__
            _log.error("the Redis of the quotas is away, this process counts alone: %s", cause)


async def _add(counts: Storage, name: str, count: int, most: int) -> float | None:
    if await counts.incr(name, WINDOW_SECONDS, count) - count < most:
        return None
    return await counts.get_expiry(name) - time()


def _over(limit: str, most: int, retry_after: int) -> ProblemError:
    headers = {"Retry-After": str(retry_after)}
    if limit == "events":
        detail = f"This write key may send {most} events a minute. Send it again, not before Retry-After."
        return ProblemError(Kind.RATE_LIMITED, detail, headers=headers)
    detail = (
        f"Of this write key {most} refused events are kept a minute, and nothing of this request was. "
        "Repair what sends them; send it again, not before Retry-After."
    )
    return ProblemError(Kind.REJECTS_LIMITED, detail, headers=headers)


def _redis(url: str) -> Redis:
    if not url.startswith(("redis://", "rediss://")):
        raise ValueError("QUESTLOG_QUOTA_REDIS_URL must begin with redis:// or rediss://")
    try:
        # An extra, for those who set it.
        from redis.asyncio import BlockingConnectionPool  # noqa: PLC0415 - see above
        from redis.asyncio.retry import Retry  # noqa: PLC0415 - see above
        from redis.backoff import NoBackoff  # noqa: PLC0415 - see above
    except ImportError:
        raise ValueError(
            "QUESTLOG_QUOTA_REDIS_URL needs the extra `redis`: pip install 'questlog-api[redis]'"
        ) from None
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            # Once and at once: a connection may have been closed since it was used.
            retry=Retry(NoBackoff(), 1),
        )
    except ValueError:
        # Without the error's text, which may have the address with its password.
        raise ValueError("QUESTLOG_QUOTA_REDIS_URL is not an address of a Redis") from None
    options: dict[str, Any] = {"implementation": "redispy", "connection_pool": pool}
    try:
        counts = RedisStorage(f"async+{url}", wrap_exceptions=True, **options)
    except ConfigurationError:
        raise ValueError(
            "QUESTLOG_QUOTA_REDIS_URL lacks host or port; write redis://redis.example.com:6379"
        ) from None
    return Redis(counts, pool.aclose)
