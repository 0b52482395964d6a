"""A Firehose stand-in for load, in a process of its own: `python -m tests.load.firehose --port 0`.

Speaks what boto3 speaks, keeps what it takes, and fails as it is told to by `POST /faults` with the fields of
`Faults` as JSON, of which those not given are off. `GET /counts` tells what came.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson

from tests.load import loops, processes
from tests.load.calls import FirehoseCalls
from tests.load.faults import Faults
from tests.load.server import Reply, Request, listen, response


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the address and serve until SIGTERM or Ctrl-C."""
    options = _parser().parse_args(arguments)
    processes.pin(options.cpu)
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
    loops.run(_serve(FirehoseCalls(options.latency, options.keep, random.Random(options.seed)), options.port))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.load.firehose", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port to listen at (default: a free one)")
    parser.add_argument("--latency", type=float, default=0, help="seconds before each answer")
    parser.add_argument("--keep", type=Path, help="folder for <stream>.ndjson: the lines that were taken")
    parser.add_argument("--seed", type=int, help="makes the faults the same again")
    parser.add_argument("--cpu", type=int, help="processor to stay on")
    return parser


async def _serve(calls: FirehoseCalls, port: int) -> None:
    def answer(request: Request) -> Reply:
        if request.path == b"/counts":
            return Reply(response(200, orjson.dumps(calls.counts)))
        if request.path == b"/faults":
            return Reply(_change(calls, request.body))
        return calls.answer(request)

    server = await listen(answer, port)
    host, bound_port = server.sockets[0].getsockname()
    print(f"http://{host}:{bound_port}", flush=True)
    await loops.until_stopped()
    server.close()


def _change(calls: FirehoseCalls, body: bytes) -> bytes:
    try:
        calls.faults = Faults.of(orjson.loads(body))
    except (TypeError, ValueError) as error:
        return response(400, orjson.dumps({"error": str(error)}))
    return response(200, b"{}")


class Firehose:
    """A stand-in that runs at `url` as process `pid`."""

    def __init__(self, url: str, pid: int, folder: Path | None) -> None:
        self.url = url
        self.pid = pid
        self._folder = folder

    def fail(self, **faults: float) -> None:
        """Fail from now on as `Faults` has it; without arguments, no more."""
        httpx.post(f"{self.url}/faults", json=faults).raise_for_status()

    def counts(self) -> dict[str, Any]:
        """Return what came so far, as `FirehoseCalls.counts`."""
        counts: dict[str, Any] = httpx.get(f"{self.url}/counts").raise_for_status().json()
        return counts

    def lines(self, stream: str) -> list[bytes]:
        """Return the lines a stream took; only with a folder to keep them in."""
        if self._folder is None:
            raise ValueError("start it with keep=<folder> to read lines")
        path = self._folder / f"{stream}.ndjson"
        return path.read_bytes().splitlines() if path.exists() else []


@contextmanager
def firehose(
    *,
    latency: float = 0,
    keep: Path | None = None,
    port: int = 0,
    seed: int | None = None,
    cpu: int | None = None,
) -> Iterator[Firehose]:
    """Run a stand-in; `latency` is in seconds, `cpu` the processor it stays on (None: any)."""
    options = {"latency": latency, "keep": keep, "port": port, "seed": seed, "cpu": cpu}
    with processes.started("tests.load.firehose", options) as (process, address):
        yield Firehose(address, process.pid, keep)


if __name__ == "__main__":
    sys.exit(main())
