"""An HTTP load generator, in a process of its own: `python -m tests.load.generator --key KEY URL`.

Sends purchases, each with an id of its own, on connections that are kept, and prints what came of it as JSON
(`Outcome`). It sends the next request when an answer came (closed loop), or at `--rate` whatever comes.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from tests.load import loops, processes
from tests.load.connections import Connections, Pace
from tests.load.outcome import Books, Outcome, appending
from tests.load.requests import Requests, purchase

CONNECTIONS = 64
SECONDS = 60.0
GRACE_SECONDS = 40.0
"""More than the service may take for one request."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one load and print its outcome."""
    parser = _parser()
    options = parser.parse_args(arguments)
    processes.pin(options.cpu)
    try:
        requests = _requests(options)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    print("ready", flush=True)
    print(json.dumps(asdict(loops.run(_load(options, requests)))), flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.load.generator", description=__doc__)
    parser.add_argument("url", help="address of the service, e.g. http://127.0.0.1:8000")
    parser.add_argument("--key", required=True, help="write key")
    parser.add_argument("--connections", type=int, default=CONNECTIONS, help="(default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="(default: %(default)s)")
    parser.add_argument("--count", type=int, help="how many requests to send, if there is time")
    parser.add_argument("--rate", type=float, help="requests a second (default: as fast as answers come)")
    parser.add_argument("--batch", type=int, help="events a request (default: the route of single ones)")
    parser.add_argument("--event", type=Path, help="file with the event to send (default: a purchase)")
    parser.add_argument("--event-bytes", type=int, help="make the purchase this long, in bytes of JSON")
    parser.add_argument("--invalid-share", type=float, default=0, help="share of events to refuse")
    parser.add_argument("--gzip", action="store_true", help="compress bodies")
    parser.add_argument("--acknowledged", type=Path, help="file to append ids of accepted events to")
    parser.add_argument("--rejected", type=Path, help="file to append ids of refused events (422, 207) to")
    parser.add_argument("--grace", type=float, default=GRACE_SECONDS, help="seconds to wait for last answers")
    parser.add_argument("--cpu", type=int, help="processor to stay on")
    return parser


def _requests(options: argparse.Namespace) -> Requests:
    given = None if options.event is None else json.loads(options.event.read_bytes())
    return Requests(
        purchase(options.event_bytes) if given is None else given,
        {"Authorization": f"Bearer {options.key}"},
        batch=options.batch,
        invalid_share=options.invalid_share,
        zipped=options.gzip,
    )


async def _load(options: argparse.Namespace, requests: Requests) -> Outcome:
    url = urlsplit(options.url)
    books = Books(requests.event_id, appending(options.acknowledged), appending(options.rejected))
    pace = Pace(options.rate, options.seconds, options.count)
    address = str(url.hostname), url.port or 80
    await Connections(address, requests, books, pace).run(options.connections, options.grace)
    return books.close()


class Generator:
    """A generator that runs as `process`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def outcome(self) -> Outcome:
        """Wait until the load is over and return its outcome."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the generator ended without an outcome; its errors stand above")
        return Outcome(**json.loads(line))


@contextmanager
def generating(url: str, key: str, **options: object) -> Iterator[Generator]:
    """Start a load and give it; `options` are those of the command line, with underscores."""
    with processes.started("tests.load.generator", {"key": key, **options}, url) as (process, _):
        yield Generator(process)


def generate(url: str, key: str, **options: object) -> Outcome:
    """Run a load to its end, as `generating`."""
    with generating(url, key, **options) as generator:
        return generator.outcome()


if __name__ == "__main__":
    sys.exit(main())
