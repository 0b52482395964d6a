"""What an event costs the service, beside a hand-written one and beside what the server alone costs.

The server has one processor, generator and Firehose stand-in another. All rows of a table are of one run.
"""

import argparse
from collections.abc import Iterable, Sequence

import psutil  # type: ignore[import-untyped]  # it has no hints of its own

from tests.bench import ingest_growth, ingest_latency, ingest_parts, ingest_rates

_IDLE_PERCENT = 15

SECTIONS = ("rates", "growth", "latency", "parts")


def run(arguments: Sequence[str] = ()) -> None:
    """Print the tables that are asked for."""
    options = _parser().parse_args(arguments)
    _tell_of_other_work()
    if options.memory is not None:
        _print(ingest_latency.memory(options.memory))
        return
    if {"rates", "parts"} & set(options.only):
        rates = ingest_rates.measure(options.rounds, options.seconds)
        _print(ingest_rates.table(rates))
    if "growth" in options.only:
        _print(ingest_growth.table(ingest_growth.measure(options.seconds / 2)))
    if "latency" in options.only:
        _print(ingest_latency.table(2 * options.seconds))
    if "parts" in options.only:
        _print(ingest_parts.table(rates))


def _tell_of_other_work() -> None:
    """Say when others use the processors: shares of a CPU second bear that, the clock does not."""
    busy = psutil.cpu_percent(interval=0.5)
    if busy > _IDLE_PERCENT:
        print(f"the machine is busy ({busy:.0f} %): wall rates and latencies will look worse than they are\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nox -s bench -- ingest", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each rate (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement (default: %(default)s)")
    parser.add_argument(
        "--only", nargs="+", choices=SECTIONS, default=SECTIONS, metavar="TABLE", help=", ".join(SECTIONS)
    )
    parser.add_argument(
        "--memory",
        type=float,
        nargs="?",
        const=10,
        metavar="MINUTES",
        help="watch memory under load instead (10)",
    )
    return parser


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)
    print(flush=True)
