"""`nox -s serve`: the demo's set-up, kept running, with a curl line that works."""

import argparse
import json
import shlex
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any

from rich.console import Console

from tests.pipeline.service import Service
from tests.pipeline.setup import Pipeline, running_pipeline
from tests.repository import shipped_catalog

LOAD_SECONDS = 2.0
"""How long a row may take from S3 into its table here; Snowpipe takes about a minute."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C or SIGTERM; return 0."""
    parser = argparse.ArgumentParser(prog="nox -s serve --", description=__doc__)
    parser.parse_args(arguments)
    console = Console()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with running_pipeline(lambda part: console.print(f"  [dim]{part}[/dim]")) as pipeline:
        _explain(console, pipeline.service)
        watch(pipeline, console, stop)
    return 0


def curl_line(service: Service, event: dict[str, Any]) -> str:
    """Return a command for a POSIX shell that sends `event`."""
    url = f"{service.url}/v1/events/{event['event']}"
    headers = ["-H", f"Authorization: Bearer {service.write_key}", "-H", "Content-Type: application/json"]
    return shlex.join(["curl", "-i", url, *headers, "-d", json.dumps(event)])


def example_event() -> dict[str, Any]:
    """Return the first valid purchase among the examples."""
    contract = next(contract for contract in shipped_catalog().contracts if contract.event == "purchase")
    return dict(next(iter(contract.valid_examples.values())))


def _explain(console: Console, service: Service) -> None:
    console.print(f"\nThe API listens at [bold]{service.url}[/bold]; its documents are at {service.url}/docs")
    console.print("Write key:", service.write_key, "\n\nSend a purchase:\n")
    # Without markup and wrapping, so that the line can be copied as it is.
    console.file.write(curl_line(service, example_event()) + "\n\n")
    console.print(f"Rows appear here within {LOAD_SECONDS:.0f} seconds. Ctrl-C stops everything.\n")


def watch(pipeline: Pipeline, console: Console, stop: threading.Event) -> None:
    """Load again and again, and print what is new in the tables, until `stop` is set."""
    seen: dict[str, int] = {}
    while not stop.wait(LOAD_SECONDS):
        pipeline.load()
        counts = _counts(pipeline)
        for name, count in counts.items():
            if count != seen.get(name, 0):
                console.print(f"{name} has {count} row(s)")
        seen = counts


def _counts(pipeline: Pipeline) -> dict[str, int]:
    names = ["CORE.REJECTED", *(f"MART.{contract.event.upper()}" for contract in shipped_catalog().contracts)]
    return {
        name: int(pipeline.warehouse.query(f"SELECT COUNT(*) AS N FROM {name}")[0]["N"]) for name in names
    }


if __name__ == "__main__":
    sys.exit(main())
