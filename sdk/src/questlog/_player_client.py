"""One player of many, as game servers have them."""

from questlog._context import Context
from questlog._emitter import Emitter


class PlayerClient(Emitter):
    """One player of many: gives events to the client it is made from. Made by `for_player`."""

    def __init__(self, client: Emitter, context: Context) -> None:
        super().__init__(context)
        self._client = client

    def _put(self, body: bytes) -> None:
        self._client._put(body)  # noqa: SLF001 - they are parts of one thing

    def _drop(self, reason: str) -> None:
        self._client._drop(reason)  # noqa: SLF001 - likewise
