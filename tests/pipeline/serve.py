"""`nox -s serve`: the demo's set-up, kept running, with a curl line that works."""

import argparse
import json
import shlex
import signal
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console

from tests.pipeline.service import Service
from tests.pipeline.setup import Pipeline, running_pipeline
from tests.repository import shipped_catalog

LOAD_SECONDS = 2.0
"""Pause between two loads; Snowpipe takes about a minute."""
SHOWN_ROWS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C or SIGTERM and return 0; 1 when the API ended on its own."""
    parser = argparse.ArgumentParser(prog="nox -s serve --", description=__doc__)
    parser.parse_args(arguments)
    console = Console()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with running_pipeline(lambda part: console.print(f"  [dim]{part}[/dim]")) as pipeline:
        _explain(console, pipeline.service)
        if watch(pipeline, console, stop):
            return 0
    console.print("[red]The API ended on its own; its log stands above.[/red]")
    return 1


def curl_line(service: Service, event: dict[str, Any]) -> str:
    """Return a command for a POSIX shell that sends `event`."""
    url = f"{service.url}/v1/events/{event['event']}"
    headers = ["-H", f"Authorization: Bearer {service.write_key}", "-H", "Content-Type: application/json"]
    return shlex.join(["curl", "-i", url, *headers, "-d", json.dumps(event)])


def example_event() -> dict[str, Any]:
    """Return a valid purchase from the examples."""
    contract = next(contract for contract in shipped_catalog().contracts if contract.event == "purchase")
    return dict(contract.valid_examples["gem_pack_in_euro"])


def _explain(console: Console, service: Service) -> None:
    console.print(f"\nThe API listens at [bold]{service.url}[/bold]; its documents are at {service.url}/docs")
    console.print("Write key:", service.write_key, "\n\nSend a purchase:\n")
    # Without markup and wrapping, so that the line can be copied as it is.
    console.file.write(curl_line(service, example_event()) + "\n\n")
    console.print("Rows appear here within about 5 seconds. Ctrl-C stops everything.\n")


def watch(pipeline: Pipeline, console: Console, stop: threading.Event) -> bool:
    """Load again and again, and print what is new in the tables, until `stop` is set.

    Returns False when the API ended on its own.
    """
    seen: Counter[str] = Counter()
    alive = stopping = False
    while not stopping:
        stopping = stop.wait(LOAD_SECONDS)
        alive = pipeline.service.process.poll() is None
        stopping = stopping or not alive
        pipeline.load()
        for name in _tables():
            _tell_news(pipeline, console, name, seen)
    return alive


def _tables() -> list[str]:
    return [*(f"MART.{contract.event.upper()}" for contract in shipped_catalog().contracts), "CORE.REJECTED"]


def _tell_news(pipeline: Pipeline, console: Console, name: str, seen: Counter[str]) -> None:
    (row,) = pipeline.warehouse.query(f"SELECT COUNT(*) AS N FROM {name}")
    new = int(row["N"]) - seen[name]
    newest = f"SELECT * FROM {name} ORDER BY RECEIVED_AT DESC LIMIT {min(new, SHOWN_ROWS)}"
    for row in pipeline.warehouse.query(newest) if new else ():
        why = f"{row['REASON']} {row['POINTER'] or ''} {row['KEYWORD'] or ''}" if "REASON" in row else ""
        console.print(f"{name}: {row['EVENT_ID']} {why}", highlight=False)
    if new > SHOWN_ROWS:
        console.print(f"{name}: and {new - SHOWN_ROWS:,} more")
    seen[name] += new


if __name__ == "__main__":
    sys.exit(main())
