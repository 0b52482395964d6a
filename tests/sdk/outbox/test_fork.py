"""What a forked child may and may not do with the outbox of its parent."""

import os

import pytest

from questlog._outbox import OutboxFolder
from tests.sdk.outbox.programs import adopted, output

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")


@pytest.mark.parametrize("end", ["sys.exit(0)", "del file; import gc; gc.collect(); sys.exit(0)", "pass"])
def test_a_child_that_ends_leaves_its_parents_file_as_it_is(folder: OutboxFolder, end: str) -> None:
    program = f"""
file = folder.open()
file.append([b"1"])
before = sorted(each.name for each in path.iterdir())
child = os.fork()
if child == 0:
    file.abandon()
    {end}
else:
    assert os.waitpid(child, 0)[1] == 0
    assert before == sorted(each.name for each in path.iterdir())
    file.append([b"2"])
    assert file.events == 2
    os._exit(0)
"""
    output(program, folder.path)
    assert adopted(folder) == [b"1", b"2"]


def test_an_abandoned_file_is_closed_and_its_parents_is_not_adopted(folder: OutboxFolder) -> None:
    program = """
file = folder.open()
file.append([b"1"])
child = os.fork()
if child == 0:
    file.abandon()
    print(file.closed, folder.adopt(), flush=True)
    own = folder.open()
    own.append([b"2"])
    own.close()
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
print(drained(file), drained(folder.adopt()))
file.close()
"""
    assert output(program, folder.path) == ["True None", "[b'1'] [b'2']"]


def test_a_child_of_a_parent_that_died_leaves_the_file_to_others(folder: OutboxFolder) -> None:
    program = """
file = folder.open()
file.append([b"1"])
if os.fork() == 0:
    file.abandon()
    sys.stdin.readline()  # until its parent is gone
    print(folder.adopt())
    sys.exit(0)
os._exit(0)
"""
    assert output(program, folder.path) == ["None"]
    assert adopted(folder) == [b"1"]


def test_children_work_that_are_forked_while_threads_write(folder: OutboxFolder) -> None:
    program = """
import signal, threading
file, stop, count = folder.open(), threading.Event(), 0
def write():
    global count
    while not stop.is_set():
        file.append([b"x" * 100] * 20)
        count += 20
writers = [threading.Thread(target=write) for _ in range(2)]
for writer in writers:
    writer.start()
for _ in range(40):
    child = os.fork()
    if child == 0:
        signal.alarm(20)  # ends it when it hangs
        file.abandon()
        own = folder.open()
        own.append([b"1"])
        own.close()
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
for writer in writers:
    writer.join()
print(file.events == len(drained(file)) > 0)
file.close()
"""
    assert output(program, folder.path) == ["True"]
    assert adopted(folder) == [b"1"] * 40


def test_a_child_that_could_hang_in_sqlite_says_so_instead(folder: OutboxFolder) -> None:
    program = """
from questlog._outbox import gate
gate._MOST_SECONDS = 0.05
entered, leave = threading.Event(), threading.Event()
def stay():
    with gate.GATE:
        entered.set()
        leave.wait(60)
thread = threading.Thread(target=stay)
thread.start()
entered.wait(60)
child = os.fork()
if child == 0:
    try:
        folder.open()
    except OutboxError as error:
        print(error, flush=True)
    os._exit(0)
os.waitpid(child, 0)
leave.set()
thread.join()
folder.open().close()
"""
    [told] = output(program, folder.path)
    assert told.endswith(
        "cannot be used in this process, forked while another thread used one: start it anew"
    )


def test_a_fork_waits_for_those_inside_and_lets_them_in_again_afterwards(folder: OutboxFolder) -> None:
    program = """
from questlog._outbox.gate import GATE
entered, leave, forking = threading.Event(), threading.Event(), threading.Event()
os.register_at_fork(before=forking.set)  # what is registered last is called first
def stay():
    with GATE:
        entered.set()
        forking.wait(60)
        with GATE:  # who is inside may enter again
            pass
thread = threading.Thread(target=stay)
thread.start()
entered.wait(60)
child = os.fork()
if child == 0:
    folder.open().close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
folder.open().close()
"""
    assert output(program, folder.path) == []
