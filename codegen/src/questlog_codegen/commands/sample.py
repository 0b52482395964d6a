"""Print valid events of a contract, one JSON object a line."""

import argparse
import json
import random
import sys

from questlog_codegen.contracts import DISCRIMINATORS, Catalog, Version
from questlog_codegen.errors import CodegenError
from questlog_codegen.loader import load_catalog
from questlog_codegen.sampling.sampler import sample


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("event", help="e.g. purchase")
    parser.add_argument("--version", metavar="MAJOR.MINOR", help="default: the newest")
    parser.add_argument("--count", type=_count, default=1, metavar="N", help="how many (default: 1)")
    parser.add_argument(
        "--example", action="store_true", help="as an example file wants it: without event and schema_version"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="other events (default: 0)")


def run(options: argparse.Namespace) -> int:
    """Print the events; the same arguments print the same ones."""
    version = _version(load_catalog(options.root), options.event, options.version)
    left_out = DISCRIMINATORS if options.example else ()
    source = random.Random(options.seed)
    for _ in range(options.count):
        event = sample(version.schema, source)
        shown = {name: event[name] for name in event if name not in left_out}
        sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")
    return 0


def _count(text: str) -> int:
    count = int(text) if text.isascii() and text.isdecimal() else 0
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of events: write 1 or more")
    return count


def _version(catalog: Catalog, event: str, number: str | None) -> Version:
    versions = {version.number: version for version in catalog.versions if version.event == event}
    if not versions:
        known = ", ".join(contract.event for contract in catalog.contracts)
        raise CodegenError(f"there is no event {event}; there are: {known}")
    if number is not None and number not in versions:
        raise CodegenError(f"{event} has no version {number}; it has: {', '.join(versions)}")
    return versions[number or list(versions)[-1]]
