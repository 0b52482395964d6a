"""Events that a queue on the disk has lent: they are being sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from questlog._outbox import OutboxFile, Row


@dataclass(slots=True)
class Loan:
    """What a queue lent last, as far as it is not answered.

    Attributes:
        file: Where it is; None is the memory.
        rows: The rows that it is of.
        events: How many.
    """

    file: OutboxFile | None
    rows: list[Row]
    events: int

    def answered(self, count: int) -> tuple[list[int], Row | None]:
        """Take out the first `count` events; return which rows are done, and what is left of one in part."""
        done: list[int] = []
        while count and self.rows:
            row = self.rows.pop(0)
            if len(row.bodies) > count:
                rest = row._replace(bodies=row.bodies[count:])
                self.rows.insert(0, rest)
                return done, rest
            done.append(row.number)
            count -= len(row.bodies)
        return done, None
