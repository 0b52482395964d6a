"""The ledger: how each statement that was deployed was executed on the stand-in."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

How: TypeAlias = Literal["native", "rewritten", "body", "registered"]
"""One of four ways:

- `native`: fakesnow runs the statement as it is;
- `rewritten`: fakesnow runs it after one of `rewrites.REWRITES`;
- `body`: what it holds is executed, when its time comes: the statement of a task, the offset of a stream, the
  expression of a masking policy;
- `registered`: only checked, against what exists, because there is nothing here it could do: roles, grants,
  tags, clusters, pipes.
"""

_ORDER: tuple[How, ...] = ("native", "rewritten", "body", "registered")


@dataclass(frozen=True, slots=True)
class Execution:
    """An entry of the ledger; `kind` is the statement without its names, such as `CREATE VIEW`."""

    how: How
    statement: str
    kind: str


class Row(NamedTuple):
    """How many statements of a kind were executed in one way."""

    kind: str
    how: How
    statements: int


def kinds(ledger: Iterable[Execution]) -> list[Row]:
    """Return the ledger in short: from what ran as it is to what was only checked, then by kind."""
    counts = Counter((entry.kind, entry.how) for entry in ledger)
    rows = (Row(kind, how, count) for (kind, how), count in counts.items())
    return sorted(rows, key=lambda row: (_ORDER.index(row.how), row.kind))
