"""Drives an ASGI app in-process from a synchronous httpx client, lifespan included."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx

_T = TypeVar("_T")


class AsgiTransport(httpx.BaseTransport):
    """Runs an ASGI app on an event loop in a thread of its own, from construction until `close`.

    What its lifespan raises at startup is raised by the constructor. What a request raises becomes a 500,
    as it would behind a real server.
    """

    def __init__(self, app: Any) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="asgi", daemon=True)
        self._thread.start()
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._lifespan = _lifespan(app)
        try:
            self._run(self._lifespan.__aenter__())
        except BaseException:
            self._stop()
            raise

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._run(self._respond(request))

    def close(self) -> None:
        if self._loop.is_closed():
            return
        try:
            self._run(self._lifespan.__aexit__(None, None, None))
        finally:
            self._stop()

    def _run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _respond(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        content = b"".join([part async for part in response.aiter_raw()])
        return httpx.Response(
            response.status_code, headers=response.headers, stream=httpx.ByteStream(content)
        )


@asynccontextmanager
async def _lifespan(app: Any) -> AsyncIterator[None]:
    """Run the app's lifespan: https://asgi.readthedocs.io/en/latest/specs/lifespan.html."""
    to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    task = asyncio.ensure_future(app(scope, to_app.get, from_app.put))

    async def tell(phase: str) -> None:
        await to_app.put({"type": f"lifespan.{phase}"})
        told = asyncio.ensure_future(from_app.get())
        await asyncio.wait({task, told}, return_when=asyncio.FIRST_COMPLETED)
        if task.done() and not told.done():
            told.cancel()
        if not told.done() or told.result()["type"] != f"lifespan.{phase}.complete":
            await task
            raise RuntimeError(f"the app's {phase} failed")

    await tell("startup")
    yield
    await tell("shutdown")
    await task
