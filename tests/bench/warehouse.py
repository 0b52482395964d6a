"""What the warehouse's own work costs on the stand-in, and how that grows with what is in the table already.

Purchases land as objects of JSON lines, 1 % of them broken and 2 % copies; after each every task runs once.
The stand-in is DuckDB in one process: rates are its own, shapes (what is flat, what grows) are the SQL's.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence

from tests.bench import warehouse_parts
from tests.bench.ingest import _tell_of_other_work
from tests.bench.warehouse_process import REVENUE, STEPS, Step
from tests.repository import ROOT

_ROWS = (10_000, 100_000, 1_000_000)
_BATCH = 50_000
_REVENUE_SECONDS = 2
_MILLION = 1_000_000


def run(arguments: Sequence[str] = ()) -> None:
    """Print the tables that are asked for."""
    options = _parser().parse_args(arguments)
    _tell_of_other_work()
    if options.parts:
        for line in warehouse_parts.table(options.batch):
            print(line, flush=True)
        return
    measured = {rows: _measured(rows, options.batch) for rows in options.rows}
    for line in table(measured):
        print(line, flush=True)


def table(measured: dict[int, dict[str, Step]]) -> Iterator[str]:
    """Yield the lines of a table with three columns for each size."""
    heads = "".join(f"{f'{rows:,} events':>34}" for rows in measured)
    yield f"{'':<32}{heads}"
    units = f"{'rows/s':>14}{'seconds':>10}{'MiB':>10}"
    yield f"{'step':<32}{units * len(measured)}"
    for name in STEPS:
        yield f"{name:<32}{''.join(_cells(steps.get(name)) for steps in measured.values())}".rstrip()
    if _MILLION in measured:
        yield _target(measured[_MILLION][REVENUE])


def _cells(step: Step | None) -> str:
    if step is None:
        return " " * 34
    return f"{step.rows / step.seconds:>14,.0f}{step.seconds:>10.2f}{step.mib:>10,.0f}"


def _target(revenue: Step) -> str:
    word = "reached" if revenue.seconds < _REVENUE_SECONDS else "MISSED"
    told = f"daily revenue over a million purchases in less than {_REVENUE_SECONDS} s"
    return f"{told}: {revenue.seconds:.2f} s, {word}"


def _measured(rows: int, batch: int) -> dict[str, Step]:
    command = [sys.executable, "-m", "tests.bench.warehouse_process", str(rows), str(batch)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    steps = (Step(**json.loads(line)) for line in done.stdout.splitlines())
    return {step.name: step for step in steps}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nox -s bench -- warehouse", description=__doc__)
    parser.add_argument(
        "--rows",
        type=int,
        nargs="+",
        default=_ROWS,
        help="events of each column (default: 10000 100000 1000000)",
    )
    parser.add_argument(
        "--batch",
        type=int,
        default=_BATCH,
        help="lines that each run of the tasks finds (default: %(default)s)",
    )
    parser.add_argument(
        "--parts", action="store_true", help="where the time of one merge goes, instead of the steps"
    )
    return parser
