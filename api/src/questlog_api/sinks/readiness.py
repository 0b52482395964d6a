"""Asks whether a sink takes lines without costing it anything, however many probes there are."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from questlog_api.sinks.base import SinkUnavailable

_GOOD_SECONDS = 30  # DescribeDeliveryStream has a quota of 5 calls a second an account
_BAD_SECONDS = 3

_log = logging.getLogger(__name__)


class Readiness:
    """Calls `ask`, which raises `SinkUnavailable` or does not, once at a time and in a thread of its own.

    An answer is believed for some seconds, a bad one for fewer.
    """

    def __init__(self, ask: Callable[[], None]) -> None:
        self._ask = ask
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="readiness")
        self._one_at_a_time = asyncio.Lock()
        self._failure: str | None = None
        self._believed_until = 0.0

    async def check(self) -> None:
        """Return when the sink takes lines; otherwise raise `SinkUnavailable`."""
        async with self._one_at_a_time:
            if monotonic() >= self._believed_until:
                await self._learn()
        if self._failure is not None:
            raise SinkUnavailable(self._failure)

    async def close(self) -> None:
        """Wait for the question under way."""
        await asyncio.to_thread(self._thread.shutdown)

    async def _learn(self) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._ask)
        except SinkUnavailable as error:
            _log.warning("not ready: %s", error)
            self._failure = str(error)
        else:
            self._failure = None
        self._believed_until = monotonic() + (_GOOD_SECONDS if self._failure is None else _BAD_SECONDS)
