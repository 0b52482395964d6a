"""Where the time of a MERGE goes: what it does with one batch, each part alone, beside just reading it."""

import time
from collections.abc import Iterator
from contextlib import closing

from questlog_codegen.emitters.snowflake_rules import first_broken
from questlog_warehouse.local import LocalSnowflake
from questlog_warehouse.local.deployment import deploy
from questlog_warehouse.local.loader import land
from questlog_warehouse.scripts import scripts
from tests.bench.warehouse_lines import batches
from tests.bench.warehouse_process import PURCHASES

_REPEATS = 3


def table(batch: int) -> Iterator[str]:
    """Yield the lines of a table: seconds for a batch of so many lines, and for none."""
    with closing(LocalSnowflake()) as full, closing(LocalSnowflake()) as empty:
        for snowflake in (full, empty):
            deploy(snowflake, scripts())
        land(full, [("events/0", next(batches(batch, batch)))])
        yield f"{'seconds for a batch of':<44}{f'{batch:,} lines':>16}{'none':>10}"
        for name, sql in _queries().items():
            yield f"{name:<44}{_seconds(full, sql):>16.2f}{_seconds(empty, sql):>10.2f}"
        yield f"{'the MERGE itself, once':<44}{_merge(full):>16.2f}{'':>10}"


def _queries() -> dict[str, str]:
    columns = PURCHASES.columns
    source = f"FROM LANDING.EVENTS WHERE {PURCHASES.takes}"
    values = ", ".join(f"{column.value} AS {column.name}" for column in columns)
    counted = ", ".join(f"COUNT({column.name}) AS {column.name}" for column in columns)
    broken = first_broken(PURCHASES.newest, indent=0)
    return {
        "count the lines": "SELECT COUNT(*) AS N FROM LANDING.EVENTS",
        "find this event's": f"SELECT COUNT(*) AS N {source}",
        f"take out {len(columns)} columns": f"SELECT {counted} FROM (SELECT {values} {source})",
        "ask the rules": f"SELECT COUNT(*) AS N {source} AND {broken} IS NULL",
    }


def _seconds(snowflake: LocalSnowflake, sql: str) -> float:
    return min(_once(snowflake, sql) for _ in range(_REPEATS))


def _once(snowflake: LocalSnowflake, sql: str) -> float:
    started = time.perf_counter()
    snowflake.query(sql)
    return time.perf_counter() - started


def _merge(snowflake: LocalSnowflake) -> float:
    started = time.perf_counter()
    snowflake.run_task(f"CORE.LOAD_{PURCHASES.name}")
    return time.perf_counter() - started
