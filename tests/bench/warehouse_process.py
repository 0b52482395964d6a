"""One size of the warehouse's benchmark, in a process of its own, so that memory is this size's alone.

`python -m tests.bench.warehouse_process ROWS BATCH` prints a JSON object a step.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no hints of its own

from questlog_codegen.emitters.snowflake_tables import tables_of
from questlog_warehouse import fx
from questlog_warehouse.local import LocalSnowflake
from questlog_warehouse.local.deployment import deploy
from questlog_warehouse.local.loader import land
from questlog_warehouse.scripts import scripts
from tests.bench.warehouse_lines import batches
from tests.repository import shipped_catalog

LAND, MERGE, OTHERS, REJECT = "land", "merge (purchases)", "pass by (the other events)", "reject"
RATES, CONVERT, REVENUE = "load all rates into USD", "convert to USD", "daily revenue in USD, by game"
FIRST, LAST = "  its first run", "  its last run"
STEPS = (LAND, MERGE, FIRST, LAST, OTHERS, REJECT, RATES, CONVERT, REVENUE)
"""In the order they are told. A size of one batch has no last run."""

PURCHASES = next(table for table in tables_of(shipped_catalog()) if table.contract.event == "purchase")

_CONVERT = """
SELECT COUNT(*) AS N, SUM(CAST(REPORTED_PRICE_MICROS AS NUMBER(38,0))) AS MICROS
FROM MART.PURCHASE_REPORTING WHERE REPORTING_CURRENCY = 'USD'
"""
_REVENUE = "SELECT * FROM MART.REVENUE_DAILY WHERE REPORTING_CURRENCY = 'USD'"
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass
class Step:
    """What a step took: rows that went through it, seconds, and the peak of the process's memory in MiB."""

    name: str
    rows: int = 0
    seconds: float = 0
    mib: float = 0

    def took(self, work: Callable[[], int]) -> None:
        """Run `work`, which says how many rows it was about, and add what it took."""
        _forget_peak()
        started = time.perf_counter()
        self.rows += work()
        self.seconds += time.perf_counter() - started
        self.mib = max(self.mib, _peak_mib())


@dataclass
class Run:
    """All steps for one size."""

    snowflake: LocalSnowflake
    steps: dict[str, Step] = field(default_factory=dict)

    def step(self, name: str) -> Step:
        return self.steps.setdefault(name, Step(name))

    def take(self, number: int, content: bytes) -> None:
        """Land an object and run each task once."""
        count = content.count(b"\n")
        self.step(LAND).took(lambda: land(self.snowflake, [(f"events/{number}", content)]).lines)
        merge = Step(FIRST if number == 0 else LAST)
        merge.took(partial(self._task, PURCHASES.name, count))
        self.steps[merge.name] = merge
        self._add(MERGE, merge)
        for table in tables_of(shipped_catalog()):
            if table != PURCHASES:
                self.step(OTHERS).took(partial(self._task, table.name, count))
        self.step(REJECT).took(partial(self._task, "REJECTED", count))

    def ask(self) -> None:
        """Load the rates and ask the marts."""
        self.step(RATES).took(lambda: fx.load_rates(self.snowflake))
        self.step(CONVERT).took(lambda: int(self.snowflake.query(_CONVERT)[0]["N"]))
        purchases = self.step(CONVERT).rows
        self.step(REVENUE).took(lambda: purchases if self.snowflake.query(_REVENUE) else 0)

    def _add(self, name: str, one: Step) -> None:
        total = self.step(name)
        total.rows += one.rows
        total.seconds += one.seconds
        total.mib = max(total.mib, one.mib)

    def _task(self, name: str, count: int) -> int:
        self.snowflake.run_task(f"CORE.LOAD_{name}")
        return count


def measure(rows: int, batch: int) -> Iterator[Step]:
    """Measure one size in this process and yield its steps.

    Raises:
        RuntimeError: when rows are missing in the end, so that the numbers would be of something else.
    """
    with closing(LocalSnowflake()) as snowflake:
        deploy(snowflake, scripts())
        run = Run(snowflake)
        for number, content in enumerate(batches(rows, batch)):
            run.take(number, content)
        run.ask()
        _check(snowflake, rows)
    yield from run.steps.values()


def _check(snowflake: LocalSnowflake, rows: int) -> None:
    typed, rejected = (
        snowflake.query(f"SELECT COUNT(DISTINCT EVENT_ID) AS N, COUNT(*) AS ALL_ROWS FROM {table}")[0]
        for table in ("MART.PURCHASE", "CORE.REJECTED")
    )
    if typed["N"] + rejected["N"] != rows or typed["ALL_ROWS"] != typed["N"]:
        raise RuntimeError(f"{rows} events became {typed} typed and {rejected} rejected rows")


def _forget_peak() -> None:
    """Let Linux count the peak anew; elsewhere, memory is what is there afterwards."""
    reset = Path("/proc/self/clear_refs")
    if reset.exists():
        reset.write_text("5")  # https://docs.kernel.org/filesystems/proc.html


def _peak_mib() -> float:
    status = Path("/proc/self/status")
    found = _PEAK.search(status.read_text()) if status.exists() else None
    kib: float = int(found[1]) if found else psutil.Process().memory_info().rss / 1024
    return kib / 1024


if __name__ == "__main__":
    for step in measure(*map(int, sys.argv[1:])):
        print(json.dumps(asdict(step)), flush=True)
