"""The server of the SDKs, in a process of its own: `python -m tests.bench.sdk_server`.

Says to each SDK what it takes for success, and counts what came: bytes with headers, and events. With
`--hang` it answers nothing. Prints two addresses: its own, and another that tells the counts.
"""

import argparse
import asyncio
import gzip
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qs

import httpx
import orjson

from tests.load import loops, processes, server
from tests.load.server import Reply, Request, listen, response

# Segment, RudderStack, PostHog and Snowplow look at the status, Amplitude at `code`, Mixpanel at `status`.
_TAKEN = response(200, b'{"status": 1, "code": 200, "error": null}')
_UNREAD = response(400, b"{}")


@dataclass(slots=True)
class Counts:
    """What came so far; `last` is when the last event did, in seconds of `time.perf_counter`.

    That clock is the same in all processes: https://docs.python.org/3/library/time.html#time.perf_counter
    """

    requests: int = 0
    unread: int = 0
    events: int = 0
    bytes: int = 0
    last: float = 0

    def since(self, before: "Counts") -> "Counts":
        """Return what came after `before`."""
        differences = {name: value - getattr(before, name) for name, value in asdict(self).items()}
        return Counts(**{**differences, "last": self.last})


class Taking:
    """Answers requests of any SDK, and counts."""

    def __init__(self, *, hang: bool) -> None:
        self.counts = Counts()
        self._hang = hang

    def answer(self, request: Request) -> Reply:
        """Count the events of a request; 400 when it has none that can be read."""
        self.counts.requests += 1
        if self._hang:
            return Reply(None)
        try:
            events = _events(request)
        except (OSError, EOFError, KeyError, AttributeError, ValueError):
            self.counts.unread += 1
            return Reply(_UNREAD)
        self.counts.events += len(events)
        self.counts.last = time.perf_counter()
        return Reply(_accepted(events) if request.path == b"/v1/events" else _TAKEN)


def _events(request: Request) -> list[dict[str, Any]]:
    body = request.body
    if request.headers.get(b"content-encoding") == b"gzip":
        body = gzip.decompress(body)
    if request.headers.get(b"content-type", b"").startswith(b"application/x-www-form-urlencoded"):
        body = parse_qs(body)[b"data"][0]
    document = orjson.loads(body)
    # A list is Mixpanel's. The names: Questlog and Amplitude; Segment, RudderStack and PostHog; Snowplow.
    named = [document] if isinstance(document, list) else map(document.get, ("events", "batch", "data"))
    [events] = [value for value in named if isinstance(value, list)]
    return events


def _accepted(events: list[dict[str, Any]]) -> bytes:
    """Return the answer of Questlog's API to a batch it accepts."""
    results = [
        {"index": index, "event_id": event["event_id"], "status": "accepted"}
        for index, event in enumerate(events)
    ]
    return response(202, orjson.dumps({"accepted": len(events), "rejected": 0, "events": results}))


class _Counted(server._Connection):
    """A connection that counts every byte it receives."""

    def __init__(self, taking: Taking, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(taking.answer, loop)
        self._counts = taking.counts

    def data_received(self, data: bytes) -> None:
        self._counts.bytes += len(data)
        super().data_received(data)


async def _serve(taking: Taking) -> None:
    loop = asyncio.get_running_loop()
    events = await loop.create_server(lambda: _Counted(taking, loop), "127.0.0.1", 0, backlog=4096)
    counts = await listen(lambda _: Reply(response(200, orjson.dumps(asdict(taking.counts)))), 0)
    addresses = [
        f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}" for listening in (events, counts)
    ]
    print(*addresses, flush=True)
    await loops.until_stopped()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the addresses and serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sdk_server", description=__doc__)
    parser.add_argument("--hang", action="store_true", help="accept, and never answer")
    parser.add_argument("--cpu", type=int, help="processor to stay on")
    options = parser.parse_args(arguments)
    processes.pin(options.cpu)
    loops.run(_serve(Taking(hang=options.hang)))
    return 0


class Server:
    """A server that runs at `url`."""

    def __init__(self, url: str, counts_url: str) -> None:
        self.url = url
        self._counts_url = counts_url

    def counts(self) -> Counts:
        """Return what came so far."""
        return Counts(**httpx.get(self._counts_url).raise_for_status().json())


@contextmanager
def serving(*, hang: bool = False, cpu: int | None = None) -> Iterator[Server]:
    """Run a server; `cpu` is the processor it stays on (None: any)."""
    with processes.started("tests.bench.sdk_server", {"hang": hang, "cpu": cpu}) as (_, addresses):
        yield Server(*addresses.split())


if __name__ == "__main__":
    sys.exit(main())
