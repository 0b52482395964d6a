"""What a client does when its process starts, forks and ends: each test is a program of its own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.sdk.loopback import serve
from tests.sdk.script import Script, rejecting

ROOT = Path(__file__).parents[2]
START = """
import os, sys, threading
import questlog
imported = set(sys.modules)
from tests.sdk.samples import BOUGHT, CONTEXT
client = questlog.Client(sys.argv[1], "key", context=CONTEXT, flush_interval=3600)
"""


TELLING = """
class Telling(questlog.Client):
    def _end(self, timeout=5.0):
        print("close", threading.current_thread().name, flush=True)
        return super()._end(timeout)
"""


def _run(script: Script, program: str, *arguments: str) -> list[str]:
    """Run `program`, which has a client of the scripted API; return its lines of output."""
    with serve(script) as url, tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-c", START + program, url, *arguments]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "HOME": home},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_neither_import_nor_construction_starts_a_thread_or_loads_httpx() -> None:
    program = 'print("httpx" in sys.modules, threading.active_count(), sys.modules.keys() - imported)'
    assert _run(Script(), program)[0].startswith("False 1 ")


def test_httpx_is_loaded_with_the_first_batch() -> None:
    program = """
event = client.purchase(**BOUGHT)
print("httpx" in sys.modules)
client.flush(30)
print("httpx" in sys.modules)
"""
    assert _run(Script(), program) == ["False", "True"]


def test_a_program_that_ends_without_close_loses_nothing() -> None:
    script = Script()
    (event_id,) = _run(script, "print(client.purchase(**BOUGHT))")
    assert script.ids == [event_id]


def test_a_forked_child_sends_its_own_events_and_none_of_its_parents() -> None:
    script = Script()
    program = """
print(client.purchase(**BOUGHT), flush=True)
child = os.fork()
if child == 0:
    print(client.purchase(**BOUGHT), flush=True)
    os._exit(client.close(30))
assert os.waitpid(child, 0)[1] == 0
assert client.stats().pending == 1, client.stats()
assert client.close(30) == 0
assert client.stats().accepted == 1, client.stats()
"""
    parent, child = _run(script, program)
    assert script.ids == [child, parent]


def test_children_forked_while_a_thread_loads_sqlite_and_httpx_have_whole_ones() -> None:
    program = """
eager = questlog.Client(sys.argv[1], "key", context=CONTEXT, flush_interval=0)
print(eager.purchase(**BOUGHT), flush=True)
children = []
for _ in range(4):
    child = os.fork()
    if child == 0:
        # `print` may write it in pieces.
        os.write(1, eager.purchase(**BOUGHT).encode() + b"\\n")
        os._exit(eager.close(30))
    children.append(child)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
"""
    script = Script()
    assert sorted(_run(script, program)) == sorted(script.ids)


def test_a_child_of_a_closed_client_has_a_closed_client() -> None:
    program = """
client.close()
child = os.fork()
if child == 0:
    client.purchase(**BOUGHT)
    print(client.stats(), flush=True)
    os._exit(0)
print(os.waitpid(child, 0)[1])
"""
    assert _run(Script(), program) == ["Stats(accepted=0, rejected=0, dropped=1, pending=0)", "0"]


@pytest.mark.parametrize("made_in", ["parent", "child"])
def test_a_child_of_multiprocessing_that_ends_without_close_loses_nothing(made_in: str) -> None:
    program = """
import multiprocessing
def play(made_in):
    own = questlog.Client(sys.argv[1], "key", context=CONTEXT, flush_interval=3600)
    print({"parent": client, "child": own}[made_in].purchase(**BOUGHT), flush=True)
child = multiprocessing.get_context("fork").Process(target=play, args=[sys.argv[2]])
child.start()
child.join()
"""
    script = Script()
    (event_id,) = _run(script, program, made_in)
    assert script.ids == [event_id]


def test_a_grandchild_of_multiprocessing_loses_nothing_either() -> None:
    program = """
import multiprocessing
def play(generations):
    print(client.purchase(**BOUGHT), flush=True)
    if generations:
        child = multiprocessing.get_context("fork").Process(target=play, args=[generations - 1])
        child.start()
        child.join()
play(2)
"""
    script = Script()
    assert _run(script, program) == script.ids[::-1]


def test_a_closed_client_is_not_closed_again_when_the_program_ends() -> None:
    program = f"""{TELLING}
Telling(sys.argv[1], "key", context=CONTEXT).close()
"""
    assert _run(Script(), program) == ["close MainThread"]


def test_a_client_closed_by_its_callback_is_still_finished_when_the_program_ends() -> None:
    program = f"""{TELLING}
closed = threading.Event()
def close(rejection):
    telling.close()
    closed.set()
telling = Telling(sys.argv[1], "key", context=CONTEXT, flush_interval=0, on_rejected=close)
telling.purchase(**BOUGHT)
assert closed.wait(30)
"""
    script = Script(lambda events: rejecting(events[0]["event_id"])(events))
    assert _run(script, program) == ["close questlog", "close MainThread"]


def test_a_child_forked_while_another_thread_holds_the_locks_works() -> None:
    program = """
from questlog import _uuid7
def hold(lock, taken, release):
    with lock:
        taken.set()
        release.wait(30)
release = threading.Event()
client.purchase(**BOUGHT)
pipeline, worker, storer = client._pipeline, client._pipeline._worker, client._pipeline._storer
assert pipeline.stored(30)  # else it may wait for one of these with another
locks = worker._changed, worker._queue._lock, worker._background._lock, pipeline._drops._lock, storer._lock
for lock in (_uuid7._source._lock, *locks):
    taken = threading.Event()
    threading.Thread(target=hold, args=(lock, taken, release), daemon=True).start()
    assert taken.wait(30)
child = os.fork()
if child == 0:
    client.purchase(**BOUGHT)
    os._exit(client.close(30))
release.set()
print(os.waitpid(child, 0)[1])
"""
    script = Script()
    assert _run(script, program) == ["0"]
    assert len(script.ids) == 2
