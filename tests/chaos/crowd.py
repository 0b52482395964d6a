"""Many connections that ask for nothing: idle ones, and ones whose headers never end."""

import asyncio
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

HALF_SENT = b"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
_BETWEEN_SECONDS = 1


class Crowd:
    """Opens `count` connections to a port; each sends `first` and, if that is something, a byte a second.

    So many were `opened` in the `with`, and so many are `still`.
    """

    def __init__(self, port: int, count: int, first: bytes) -> None:
        self.opened = 0
        self.still = 0
        self._port = port
        self._count = count
        self._first = first
        self._ready = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._stand()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(60)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    async def _stand(self) -> None:
        one_by_one = asyncio.Semaphore(100)
        async with asyncio.TaskGroup() as group:
            for _ in range(self._count):
                group.create_task(self._one(one_by_one))

    async def _one(self, turn: asyncio.Semaphore) -> None:
        try:
            async with turn:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                writer.write(self._first)
        except OSError:
            self._count -= 1
            return
        self._joined()
        try:
            with suppress(OSError):
                await self._wait(reader, writer)
        finally:
            self.still -= 1
            writer.close()

    def _joined(self) -> None:
        self.opened += 1
        self.still += 1
        if self.opened >= self._count:
            self._ready.set()

    async def _wait(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Return when the server closes, or this is over."""
        while not self._over.is_set():
            try:
                async with asyncio.timeout(_BETWEEN_SECONDS):
                    if not await reader.read(65536):
                        return
            except TimeoutError:
                if self._first:
                    writer.write(b"x")
