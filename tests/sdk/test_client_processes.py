"""What a client does when its process starts, forks and ends: each test is a program of its own."""

import subprocess
import sys
from pathlib import Path

from tests.sdk.loopback import serve
from tests.sdk.script import Script

ROOT = Path(__file__).parents[2]
START = """
import os, sys, threading
import questlog
imported = set(sys.modules)
from tests.sdk.samples import BOUGHT, CONTEXT
client = questlog.Client(sys.argv[1], "key", context=CONTEXT, flush_interval=3600)
"""


def _run(script: Script, program: str) -> list[str]:
    """Run `program`, which has a client of the scripted API; return its lines of output."""
    with serve(script) as url:
        command = [sys.executable, "-c", START + program, url]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _ids(script: Script) -> list[str]:
    return [event_id for received in script.received for event_id in received.ids]


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
    (event_id,) = _run(script, "print(client.purchase(**BOUGHT).event_id)")
    assert _ids(script) == [event_id]


def test_a_forked_child_sends_its_own_events_and_none_of_its_parents() -> None:
    script = Script()
    program = """
print(client.purchase(**BOUGHT).event_id, flush=True)
child = os.fork()
if child == 0:
    print(client.purchase(**BOUGHT).event_id, flush=True)
    os._exit(client.close(30))
assert os.waitpid(child, 0)[1] == 0
assert client.stats().pending == 1, client.stats()
assert client.close(30) == 0
assert client.stats().accepted == 1, client.stats()
"""
    parent, child = _run(script, program)
    assert _ids(script) == [child, parent]


def test_a_child_forked_while_another_thread_holds_the_locks_works() -> None:
    program = """
from questlog import _uuid7
def hold(lock, taken, release):
    with lock:
        taken.set()
        release.wait(30)
release = threading.Event()
client.purchase(**BOUGHT)
for lock in (_uuid7._source._lock, client._worker._changed):
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
    assert len(_ids(script)) == 2
