"""The client for asyncio: the same core, and nothing of it blocks the loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self, TypeVar

from questlog._client import BaseClient

T = TypeVar("T")


class AsyncClient(BaseClient):
    """Delivers a game's events to a Questlog API for programs of asyncio; its options are those of `Client`.

    Making an event is no coroutine, as it waits for nothing: `client.purchase(...)`. What waits does so in a
    thread, never in the loop; the one for the outbox starts at once, as the loop does not look at the disk.

        async with questlog.AsyncClient("https://events.example.com", "my-key", context=context) as client:
            client.purchase(product_id="gems_1200", price=Money.of("4.99", "EUR"), ...)

    With `durability="sync"` use `await client.stored()` after events that must not be lost: no call waits.
    """

    _waits_for_disk = False

    async def stored(self, timeout: float = 10.0) -> bool:  # noqa: ASYNC109 - as `Client` has it
        """Wait until all events so far are in the outbox; False after `timeout` seconds."""
        return await _in_a_thread(self._pipeline.stored, timeout)

    async def flush(self, timeout: float = 10.0) -> bool:  # noqa: ASYNC109 - likewise
        """Send what was tracked so far now; True once the API has answered, False after `timeout` seconds."""
        return await _in_a_thread(self._pipeline.flush, timeout)

    async def close(self, timeout: float = 1.5) -> int:  # noqa: ASYNC109 - likewise
        """Store what is pending, try for `timeout` seconds to deliver it, and stop; return how many stay."""
        return await _in_a_thread(self._end, timeout)

    async def purge(self) -> int:
        """Delete all events that are not delivered, as `Client.purge` does; return how many were waiting."""
        return await _in_a_thread(self._pipeline.purge)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def _in_a_thread(call: Callable[..., T], *arguments: object) -> T:
    import asyncio  # noqa: PLC0415 - 100 modules that a game without it must not load

    return await asyncio.to_thread(call, *arguments)
