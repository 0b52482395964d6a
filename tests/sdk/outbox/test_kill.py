"""What was appended survives a kill at any moment."""

import random
from pathlib import Path

import pytest

from questlog._outbox import OutboxFolder
from tests.sdk.outbox.programs import adopted, started

APPEND = """
import itertools
file = folder.open()
numbers = itertools.count()
while True:
    bodies = [b"%d %s" % (next(numbers), b"x" * 600) for _ in range(int(sys.argv[2]))]
    file.append(bodies)
    print(int(bodies[-1].split()[0]), flush=True)
"""
DELIVER = """
import itertools
file = folder.open()
for number in itertools.count():
    file.append([b"%d" % (2 * number), b"%d" % (2 * number + 1)])
    print("appended", 2 * number + 1, flush=True)
    if number % 3 == 2:
        rows = file.oldest(4, 100)
        file.remove([rows[0].number])
        print("removed", *map(int, rows[0].bodies), flush=True)
        file.replace(rows[1].number, rows[1].bodies[1:])
        print("removed", int(rows[1].bodies[0]), flush=True)
"""


def killed(program: str, path: Path, lines: int, *arguments: str) -> list[str]:
    """Run `program`, kill it soon after it has printed so many lines, and return all that it printed."""
    with started(program, path, *arguments) as child:
        assert child.stdout is not None
        printed = [child.stdout.readline() for _ in range(lines)]
        child.kill()
        printed += child.stdout.readlines()
    return [line for line in printed if line.endswith("\n")]


@pytest.mark.parametrize("events", [1, 3, 300, 1200])
def test_what_was_appended_is_adopted(folder: OutboxFolder, events: int) -> None:
    for seed in range(4):
        lines = random.Random(seed).randrange(1, 4 + 12_000 // (events + 100))
        told = int(killed(APPEND, folder.path, lines, str(events))[-1])
        found = [int(body.split()[0]) for body in adopted(folder)]
        assert found == list(range(len(found)))
        assert told < len(found) <= told + 1 + events  # a last one was written and not told


def test_what_was_removed_does_not_come_back_and_nothing_else_is_gone(folder: OutboxFolder) -> None:
    for seed in range(6):
        told = killed(DELIVER, folder.path, random.Random(seed).randrange(10, 500))
        last = max(int(line.split()[1]) for line in told if line.startswith("appended"))
        removed = {int(word) for line in told if line.startswith("removed") for word in line.split()[1:]}
        found = {int(body) for body in adopted(folder)}
        assert found & removed == set()
        missing = set(range(last + 1)) - found - removed
        assert len(missing) <= 2  # those of a removal that was written and not told


def test_a_kill_while_files_are_opened_and_adopted_loses_nothing(folder: OutboxFolder) -> None:
    program = """
for number in range(10**6):
    file = folder.open()
    file.append([b"%s-%d" % (sys.argv[2].encode(), number)])
    print(f"{sys.argv[2]}-{number}", flush=True)
    file.close()
    if file := folder.adopt():
        file.oldest(1, 1)
        file.close()
"""
    told = set()
    for seed in range(6):
        lines = random.Random(seed).randrange(1, 12)
        told |= {line.strip() for line in killed(program, folder.path, lines, str(seed))}
    assert told <= {body.decode() for body in adopted(folder)}
