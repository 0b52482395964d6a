"""A game, for tests of what becomes of its events: `python -m tests.pipeline.game URL KEY OUTBOX NAME …`.

It makes `--events` purchases whose transactions are NAME and a number, prints each when its call has
returned, with the moment (of the monotonic clock that all processes share), and ends as `--end` says.
"""

import argparse
import os
import sys
import threading
from time import monotonic

import questlog
from tests.sdk.samples import BOUGHT, CONTEXT


def main() -> None:
    """Play."""
    options = _parser().parse_args()
    client = questlog.Client(
        options.url,
        options.key,
        context=CONTEXT,
        outbox=options.outbox,
        durability=options.durability,
        outbox_bytes=options.outbox_bytes,
        flush_interval=0.05,
        timeout=options.timeout,
        on_dropped=lambda drop: say("dropped", drop.events, drop.reason),
        on_rejected=lambda rejection: say("rejected", rejection.event_id),
    )
    buy(client, options.name, options.events)
    if options.fork and os.fork() == 0:
        buy(client, f"{options.name}-child-", options.events)
        sys.exit()
    if options.end == "wait":
        threading.Event().wait()
    if options.end == "flush":
        say("flushed", client.flush(60))
    if options.end != "exit":
        say("left", client.close())
    if options.fork:
        os.wait()


def say(*words: object) -> None:
    """Print a line that no other thread's or process's breaks into."""
    # `print` writes it in pieces where Python runs without buffers.
    os.write(1, f"{' '.join(map(str, words))}\n".encode())


def buy(client: questlog.Client, name: str, count: int) -> None:
    """Make purchases."""
    for number in range(count):
        client.purchase(**{**BOUGHT, "store_transaction_id": f"{name}{number}"})
        say("bought", f"{name}{number}", monotonic())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.pipeline.game", description=__doc__)
    for name in ("url", "key", "outbox", "name"):
        parser.add_argument(name)
    parser.add_argument("--events", type=int, default=0)
    parser.add_argument("--end", choices=["exit", "close", "flush", "wait"], default="close")
    parser.add_argument("--durability", default="background")
    parser.add_argument("--outbox-bytes", type=int, default=64 * 1024 * 1024)
    parser.add_argument("--timeout", type=float, default=30)
    parser.add_argument("--fork", action="store_true")
    return parser


if __name__ == "__main__":
    main()
