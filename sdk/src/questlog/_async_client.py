"""The client for asyncio: the same core, and nothing of it blocks the loop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self, TypeVar

from questlog._client import BaseClient
from questlog._exit import EXIT_SECONDS
from questlog._options import checked_seconds

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
        return await _in_a_thread(self._pipeline.stored, checked_seconds(timeout))

    async def flush(self, timeout: float = 10.0) -> bool:  # noqa: ASYNC109 - likewise
        """Send what was tracked so far now; True once the API has answered, False after `timeout` seconds."""
        return await _in_a_thread(self._pipeline.flush, checked_seconds(timeout))

    async def close(self, timeout: float = EXIT_SECONDS) -> int:  # noqa: ASYNC109 - likewise
        """Store what is pending, try for `timeout` seconds to deliver it, and stop; return how many stay."""
        return await _in_a_thread(self._end, checked_seconds(timeout))

    async def purge(self) -> int:
        """Delete all events that are not delivered, as `Client.purge` does; return how many were waiting."""
        return await _in_a_thread(self._pipeline.purge)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def _in_a_thread(call: Callable[..., T], *arguments: object) -> T:
    """Return what `call` returns; whoever is cancelled meanwhile, or ends the loop, does not wait for it.

    So it has a thread of its own: the loop waits for those of its executor before it ends, however long.
    """
    import asyncio  # noqa: PLC0415 - 100 modules that a game without it must not load

    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def settle(settle_as: Callable[[Any], None], value: object) -> None:
        if not result.done():  # as it is when it was cancelled
            settle_as(value)

    def run() -> None:
        settle_as, value = _outcome(result, call, *arguments)
        with suppress(RuntimeError):  # the loop has ended, and nobody waits
            loop.call_soon_threadsafe(settle, settle_as, value)

    threading.Thread(target=run, name="questlog-wait", daemon=True).start()
    return await result


def _outcome(result: Any, call: Callable[..., object], *arguments: object) -> tuple[Any, object]:
    try:
        return result.set_result, call(*arguments)
    except Exception as error:  # noqa: BLE001 - whoever awaits gets it
        return result.set_exception, error
