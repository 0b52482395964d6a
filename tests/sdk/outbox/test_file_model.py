"""A file behaves as a plain list of rows."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from questlog._outbox import OutboxFile
from questlog._outbox.rows import ROW_EVENTS

BODIES = st.lists(st.binary(min_size=1, max_size=9).map(lambda body: body.replace(b"\n", b"n")), max_size=5)
MANY = st.integers(ROW_EVENTS - 1, 2 * ROW_EVENTS + 1).map(lambda count: [b"x"] * count)
NUMBERS = st.integers(0, 12)


def size(bodies: Sequence[bytes]) -> int:
    return len(b"\n".join(bodies))


class FileMachine(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.file = OutboxFile(self.folder / "a.outbox")
        self.rows: list[tuple[int, tuple[bytes, ...]]] = []
        self.last = 0

    @rule(bodies=BODIES | MANY)
    def append(self, bodies: list[bytes]) -> None:
        for start in range(0, len(bodies), ROW_EVENTS):
            self.last += 1
            self.rows.append((self.last, tuple(bodies[start : start + ROW_EVENTS])))
        assert self.file.append(bodies) == self.last

    @rule(max_events=st.integers(0, 1200), max_bytes=st.integers(0, 3000))
    def oldest(self, max_events: int, max_bytes: int) -> None:
        expected: list[tuple[int, tuple[bytes, ...]]] = []
        for row in self.rows:
            taken = [*expected, row]
            events, total = sum(len(each) for _, each in taken), sum(size(each) for _, each in taken)
            if expected and (events > max_events or total > max_bytes):
                break
            expected = taken
        found = self.file.oldest(max_events, max_bytes)
        assert [(row.number, row.bodies) for row in found] == expected

    @rule(numbers=st.sets(NUMBERS))
    def remove(self, numbers: set[int]) -> None:
        self.file.remove(numbers)
        self.rows = [(number, bodies) for number, bodies in self.rows if number not in numbers]

    @rule(number=NUMBERS, bodies=BODIES)
    def replace(self, number: int, bodies: list[bytes]) -> None:
        self.file.replace(number, bodies)
        left = [(each, tuple(bodies) if each == number else rest) for each, rest in self.rows]
        self.rows = [row for row in left if row[1]]

    @rule()
    def reopen(self) -> None:
        self.file.close()
        assert self.file.path.exists() == bool(self.rows)
        self.file = OutboxFile(self.file.path)
        self.last = max((number for number, _ in self.rows), default=0)

    @invariant()
    def counts(self) -> None:
        assert self.file.events == sum(len(bodies) for _, bodies in self.rows)
        assert self.file.bytes == sum(size(bodies) for _, bodies in self.rows)
        assert self.file.damaged_events == 0

    def teardown(self) -> None:
        self.file.close()
        shutil.rmtree(self.folder)


TestFile = FileMachine.TestCase
TestFile.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
