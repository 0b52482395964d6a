"""No room on the disk: nothing that is stored is lost, and it works again when there is room."""

import os

import pytest

from questlog._outbox import OutboxFolder
from tests.sdk.outbox.programs import adopted, output

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows limits no sizes of files")

START = """
import resource
most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
def fill(file):
    for number in range(10**6):
        try:
            file.append([b"%d %s" % (number, b"x" * 5000)])
        except OutboxError as error:
            assert error.full, error
            return number
def numbers(bodies):
    return [int(body.split()[0]) for body in bodies]
file = folder.open()
limit(2**20)
count = fill(file)
assert count > 50, count
"""


def run(program: str, folder: OutboxFolder) -> list[str]:
    return output(START + program, folder.path)


def test_it_is_told_as_full_and_what_is_stored_is_still_given(folder: OutboxFolder) -> None:
    program = """
try:
    file.append([b"x" * 5000])
except OutboxError as error:
    print(error)
rows = file.oldest(10**6, 10**9)
print(numbers(body for row in rows for body in row.bodies) == list(range(count)) and file.events == count)
"""
    told, whole = run(program, folder)
    assert told.startswith(f"the outbox {folder.path}")
    assert told.endswith("free some space on its disk")
    assert whole == "True"


def test_it_works_again_when_there_is_room(folder: OutboxFolder) -> None:
    program = """
limit(most)
file.append([b"%d" % count])
print(numbers(drained(file)) == list(range(count + 1)))
"""
    assert run(program, folder) == ["True"]


def test_rows_that_could_not_be_removed_are_not_given_again(folder: OutboxFolder) -> None:
    program = """
size = sum(each.stat().st_size for each in path.iterdir())
limit(4096)  # nothing can be written at all
rows = file.oldest(10, 10**6)
for use in (lambda: file.remove([row.number for row in rows[:9]]), lambda: file.replace(10, [b"9 new"])):
    try:
        use()
    except OutboxError as error:
        print(error.full)
print(file.events == count - 9, numbers(body for row in file.oldest(3, 10**6) for body in row.bodies))
print(file.oldest(1, 1)[0].bodies)
limit(most)
file.remove([11])
os._exit(0)
"""
    assert run(program, folder) == ["True", "True", "True [9, 10, 11]", "(b'9 new',)"]
    assert [body.split()[0] for body in adopted(folder)][:3] == [b"9", b"11", b"12"]


def test_a_file_that_is_empty_but_for_what_could_not_be_removed_is_deleted(folder: OutboxFolder) -> None:
    program = """
limit(4096)
try:
    drained(file)
except OutboxError as error:
    print(error.full)
try:
    file.remove(range(10**4))
except OutboxError as error:
    print(error.full)
print(file.events, file.bytes)
file.close()
print(list(path.iterdir()))
"""
    assert run(program, folder) == ["True", "True", "0 0", "[]"]


def test_a_file_can_be_adopted_and_read(folder: OutboxFolder) -> None:
    output(START + "print(count); os._exit(0)", folder.path)
    program = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
file = folder.adopt()
print(file.events == len([body for row in file.oldest(10**6, 10**9) for body in row.bodies]) > 50)
os._exit(0)
"""
    assert output(program, folder.path) == ["True"]
    assert len(adopted(folder)) > 50


def test_a_new_file_cannot_be_made_and_the_attempt_leaves_none(folder: OutboxFolder) -> None:
    program = """
before = set(path.iterdir())
for size in (0, 100, 5000, 10000):
    limit(size)
    try:
        folder.open()
    except OutboxError as error:
        print(error.full, set(path.iterdir()) == before)
"""
    told = run(program, folder)
    assert len(told) >= 3
    assert set(told) == {"True True"}


def test_a_damaged_file_stays_as_it_is_until_it_can_be_saved(folder: OutboxFolder) -> None:
    program = """
file.close()
content = bytearray(file.path.read_bytes())
content[:4096] = bytes(4096)
file.path.write_bytes(content)
limit(50_000)
print(folder.adopt(), [error.full for error in folder.skipped.values()])
print(file.path.read_bytes() == content)
"""
    assert run(program, folder) == ["None [True]", "True"]
    file = folder.adopt()
    assert file is not None
    assert file.set_aside is not None
    assert file.events > 50
    file.close()
