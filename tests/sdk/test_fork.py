import subprocess
import sys


def test_only_objects_that_live_are_called_and_only_in_children() -> None:
    program = """
import os
from questlog._fork import call_in_children

class Thing:
    def __init__(self, name):
        self.name = name
    def speak(self):
        print(self.name, flush=True)

kept, gone = Thing("kept"), Thing("gone")
call_in_children(kept.speak)
call_in_children(gone.speak)
del gone
child = os.fork()
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["kept"]
