"""The document people read, the SQL in it, and what the SQL answers: `python -m tests.warehouse.document`.

A table below a block of SQL is its answer about the sample week; another tells how the stand-in executed each
kind of statement. Run as a program, this writes both into the document's frame; `nox -s codegen` then writes
the document.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from questlog_warehouse import fx
from questlog_warehouse.local import LocalWarehouse
from questlog_warehouse.local.ledger import kinds
from tests.repository import ROOT
from tests.warehouse import sample_week

DOCUMENT = (ROOT / "warehouse" / "README.md").read_text(encoding="utf-8")
FRAME = ROOT / "codegen/src/questlog_codegen/emitters/snowflake_document.md"
RATES_SINCE = date(2026, 9, 1)
RATES_KNOWN_AT = datetime(2026, 10, 31, tzinfo=UTC)

_BLOCK = re.compile(r"```sql\n(?P<sql>.+?)\n```\n(?P<answer>\n(\|[^\n]*\n)+)?", re.DOTALL)
_LEDGER = re.compile(r"\| statement \| how \|\n(\|.*\n)+")
_LAND = """
INSERT INTO LANDING.EVENTS
SELECT VALUE, OBJECT_CONSTRUCT('object', 'events/2026/10/26/sample', 'line', INDEX + 1)
FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))
"""


@dataclass(frozen=True)
class Block:
    """SQL of the document and the table that stands below it, if one does."""

    sql: str
    answer: str | None


def documented(text: str = DOCUMENT) -> list[Block]:
    """Return the SQL blocks, in order."""
    found = _BLOCK.finditer(text)
    return [Block(match["sql"].strip().removesuffix(";"), match["answer"]) for match in found]


_LATER = """
ALTER TABLE CORE.REJECTED ALTER COLUMN STAGE SET DATA TYPE VARCHAR(32);
ALTER TABLE REF.CURRENCY ALTER COLUMN DECIMALS DROP NOT NULL;
UPDATE CORE.REJECTED SET STAGE = 'api' WHERE STAGE = '';
DELETE FROM CORE.REJECTED WHERE STAGE = '';
"""
"""What contracts and operations of a later day may run, so that the ledger has all kinds of statements."""


@contextmanager
def loaded_week(lines: Sequence[Mapping[str, Any]] | None = None) -> Iterator[LocalWarehouse]:
    """A warehouse that took the sample week, or other lines, with rates into dollars."""
    with LocalWarehouse() as warehouse:
        warehouse.deploy()
        warehouse._snowflake.run_script(_LATER)
        fx.load_rates(warehouse, ("USD",), since=RATES_SINCE, known_at=RATES_KNOWN_AT)
        warehouse.execute(_LAND, (json.dumps(sample_week.lines() if lines is None else lines),))
        warehouse.run_tasks()
        yield warehouse


def answer(rows: Sequence[dict[str, Any]]) -> str:
    """Return rows as the document shows them: a table behind an empty line."""
    names = list(rows[0])
    table = [names, ["---"] * len(names), *([_shown(value) for value in row.values()] for row in rows)]
    return "\n" + "".join(f"| {' | '.join(cells)} |\n" for cells in table)


def _shown(value: Any) -> str:
    """Numbers without the zeros at their end, which differ by engine."""
    if isinstance(value, float | Decimal):
        return f"{Decimal(str(value)).normalize():f}"
    return "" if value is None else str(value)


def ledger_table(warehouse: LocalWarehouse) -> str:
    """Return how the stand-in executed each kind of statement, as the document shows it."""
    ways = defaultdict(list)
    for row in kinds(warehouse.ledger):
        ways[row.kind].append(f"`{row.how}`")
    rows = "".join(f"| `{kind}` | {', '.join(how)} |\n" for kind, how in ways.items())
    return f"| statement | how |\n|---|---|\n{rows}"


def answered(frame: str, warehouse: LocalWarehouse) -> str:
    """Return the frame with the answer below each block that has one, and with the ledger."""

    def again(match: re.Match[str]) -> str:
        if match["answer"] is None:
            return match[0]
        rows = warehouse.query(match["sql"].strip().removesuffix(";"))
        return f"```sql\n{match['sql']}\n```\n{answer(rows)}"

    return _LEDGER.sub(lambda _: ledger_table(warehouse), _BLOCK.sub(again, frame))


if __name__ == "__main__":
    with loaded_week() as week:
        FRAME.write_text(answered(FRAME.read_text(encoding="utf-8"), week), encoding="utf-8")
