"""Find out why events do not arrive."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from questlog._clock import Clock
from questlog._commands import read_key, seconds
from questlog._commands.examination import Examination
from questlog._commands.findings import Finding, all_well, as_json, not_checked
from questlog._commands.outbox import check_outbox
from questlog._place import default_folder

_DESCRIPTION = """\
Check the way of events: the URL, the connection, the API behind it, the write key, the clock, the versions of
events, and the outbox. Each line says ok or wrong, and what to do. The key is never printed.

The key is tried with an empty batch: no event is stored, but the API counts it and notes it as refused.

example:
  python -m questlog doctor https://events.example.com --key-file write-key.txt"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = _DESCRIPTION
    parser.add_argument("url", metavar="URL", help="where the API is, without /v1/events")
    keys = parser.add_mutually_exclusive_group()
    keys.add_argument("--key-file", metavar="FILE", type=Path, help="file with the write key")
    keys.add_argument("--key", help="the write key; others on this machine can see it")
    parser.add_argument(
        "--outbox", metavar="FOLDER", type=Path, help="the client's, unless it is the default"
    )
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        default=10.0,
        help="for each step of a request; default 10",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for scripts")


def run(options: argparse.Namespace, out: TextIO, clock: Clock | None = None) -> int:
    """Examine, and print what is found: 0, or 1 when something is wrong.

    Raises:
        UsageError: when the file of the key cannot be read.
    """
    key = options.key if options.key_file is None else read_key(options.key_file)
    findings = []
    for finding in _findings(options, key, clock or Clock()):
        findings.append(finding)
        if not options.json:
            print(finding, file=out, flush=True)
    if options.json:
        print(as_json(findings), file=out)
    return 0 if all_well(findings) else 1


def _findings(options: argparse.Namespace, key: str | None, clock: Clock) -> Iterator[Finding]:
    yield from Examination(options.url, key, options.timeout, clock).findings()
    try:
        folder = options.outbox or default_folder()
    except RuntimeError:
        yield not_checked("outbox", "this user has no home; give --outbox")
        return
    yield check_outbox(folder, options.url, key)
