"""Batches over HTTP: the only module that knows httpx, which is imported when the first batch is sent."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from questlog._answers import Answer, Unavailable, read_answer
from questlog._clock import Clock
from questlog._entry import Entry
from questlog._model import rfc3339
from questlog._outbox.gate import GATE

if TYPE_CHECKING:
    import httpx

    BaseTransport: TypeAlias = httpx.BaseTransport  # for the client's signature

MAX_ANSWER_BYTES = 16 * 1024 * 1024
_GZIP_LEVEL = 3  # against 5, half the time; 1 to 6 % more bytes for a player, 19 to 25 % in batches of 500


class Transport(Protocol):
    """Takes a batch to the API, once."""

    def send(self, batch: Sequence[Entry]) -> Answer:
        """Return what was answered; the network's failures are answers too."""

    def close(self) -> None:
        """Let go of connections."""


class HttpTransport:
    """Sends to `POST {url}/v1/events`, gzipped, over kept-alive connections.

    Args:
        url: Where the API is, without `/v1/events`.
        write_key: Secret of the game.
        timeout: Seconds for each step of a request (connect, write, read), and for reading the whole answer.
        transport: What httpx sends through; None is the network.
        clock: Tells `sent_at`, and how long an answer takes.
    """

    def __init__(
        self,
        url: str,
        write_key: str,
        timeout: float,
        transport: BaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._endpoint = f"{url.rstrip('/')}/v1/events"
        self._headers = {
            "Authorization": f"Bearer {write_key}",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "Accept-Encoding": "gzip",
            "User-Agent": "questlog-python",
        }
        self._timeout = timeout
        self._transport = transport
        self._clock = clock or Clock()
        self._client: httpx.Client | None = None

    def send(self, batch: Sequence[Entry]) -> Answer:
        """Send `batch` once and return what was answered."""
        # A child forked while this thread imports would have half a module for ever.
        with GATE:
            import httpx  # noqa: PLC0415 - 100 ms that a game's start must not pay

            if self._client is None:
                self._client = httpx.Client(
                    headers=self._headers,
                    timeout=self._timeout,
                    transport=self._transport,
                    # Certificates are loaded where there is TLS: 40 ms and 3 MiB.
                    verify=self._endpoint.startswith("https:"),
                )
        try:
            with self._client.stream("POST", self._endpoint, content=self._body(batch)) as response:
                return self._answer(response, batch)
        except httpx.HTTPError as error:
            return Unavailable(type(error).__name__)
        except zlib.error:
            return Unavailable("DecodingError")

    def close(self) -> None:
        """Close connections, and what httpx was to send through; nothing is sent afterwards."""
        opened = self._client or self._transport
        if opened is not None:
            opened.close()

    def _body(self, batch: Sequence[Entry]) -> bytes:
        sent_at = rfc3339(self._clock.now()).encode()
        events = b",".join(entry.body for entry in batch)
        return gzip.compress(b'{"sent_at":"%b","events":[%b]}' % (sent_at, events), _GZIP_LEVEL)

    def _answer(self, response: httpx.Response, batch: Sequence[Entry]) -> Answer:
        deadline = self._clock.monotonic() + self._timeout
        content = bytearray()
        for chunk in _unfolded(response):
            content += chunk
            if len(content) > MAX_ANSWER_BYTES or self._clock.monotonic() > deadline:
                return Unavailable("an answer without end")
        retry_after = response.headers.get("Retry-After")
        return read_answer(response.status_code, retry_after, bytes(content), batch, self._clock.now())


def _unfolded(response: httpx.Response) -> Iterator[bytes]:
    """Yield the content in pieces, of which none is much larger than an answer may be.

    httpx's own way has no such bound: 3 KB may unfold to gigabytes.

    Raises:
        zlib.error: for an encoding that nobody asked for.
    """
    encoding = response.headers.get("Content-Encoding", "identity")
    if response.is_stream_consumed or encoding == "identity":
        yield from response.iter_bytes()  # as it is; a transport for tests may have unfolded it already
        return
    if encoding != "gzip":
        raise zlib.error("an answer in another encoding")
    gzip_member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    for chunk in response.iter_raw():
        yield gzip_member.decompress(chunk, MAX_ANSWER_BYTES + 1)
