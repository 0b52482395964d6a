"""Load exchange rates: those of the European Central Bank that come along, or a file of rates.

A file is CSV, or a zip of one: the bank's own, https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip,
or one with the columns date,from,to,rate and a --source.
What is known already is not added again; a rate that was corrected is added beside the one before.
"""

import argparse
import json
import re
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from questlog_warehouse.commands import CommandError
from questlog_warehouse.commands.target import add_target, opened
from questlog_warehouse.fx import Loaded, RateFile, RateFileError, load, rate_file

_CURRENCY = re.compile(r"[A-Z]{3}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("file", nargs="?", type=Path, help="CSV or zip (default: the rates that come along)")
    parser.add_argument("--source", metavar="NAME", help="whose rates a file has, such as CBK")
    parser.add_argument(
        "--into",
        action="append",
        type=_currency,
        metavar="CODE",
        help="a currency to report in; may be given several times (default: USD)",
    )
    parser.add_argument(
        "--since", type=_day, default=date.min, metavar="DAY", help="first day, as in 2026-01-31"
    )
    parser.add_argument(
        "--known-at",
        type=_moment,
        metavar="TIME",
        help="since when the rates were known, as in 2026-01-31T16:00:00Z (default: now)",
    )
    parser.add_argument("--json", action="store_true", help="print what was loaded as JSON")
    add_target(parser)


def run(options: argparse.Namespace) -> int:
    """Load rates and say how many; return 0."""
    with opened(options) as warehouse:
        try:
            loaded = load(
                warehouse, options.into or ["USD"], _file(options), known_at=options.known_at, tell=_progress
            )
        except (RateFileError, ValueError) as error:
            raise CommandError(f"nothing was loaded: {error}") from error
    print(json.dumps(asdict(loaded)) if options.json else _said(loaded))
    return 0


def _file(options: argparse.Namespace) -> RateFile:
    if options.file:
        return rate_file(options.file, options.source, since=options.since)
    return rate_file(since=options.since)


def _said(loaded: Loaded) -> str:
    new = loaded.appended - loaded.corrected
    return (
        f"{loaded.source}: {loaded.compared:,} rates compared, {new:,} were new, "
        f"{loaded.corrected:,} corrected, the rest was known"
    )


def _progress(day: date, compared: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{day}: {compared:,} rates compared ", end="", file=sys.stderr, flush=True)


def _currency(text: str) -> str:
    if not _CURRENCY.fullmatch(text):
        raise argparse.ArgumentTypeError("write an ISO 4217 code in capitals, as in USD")
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write a day as in 2026-01-31") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write a time as in 2026-01-31T16:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
