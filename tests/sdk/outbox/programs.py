"""Other processes with an outbox, which are what it is about."""

import subprocess
import sys
from pathlib import Path

from questlog._outbox import OutboxFile, OutboxFolder

DESTINATION = "0123456789abcdef"
START = f"""
import os, sys, threading
from pathlib import Path
from questlog._outbox import *
from tests.sdk.outbox.programs import drained
path = Path(sys.argv[1])
folder = OutboxFolder(path, {DESTINATION!r})
"""
ROOT = Path(__file__).parents[3]


def started(program: str, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `program`, which has `folder`; its output is a pipe."""
    # Unbuffered, as some end by `os._exit`.
    command = [sys.executable, "-u", "-c", START + program, str(folder), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def output(program: str, folder: Path, *arguments: str) -> list[str]:
    """Run `program` to its end and return its lines of output."""
    with started(program, folder, *arguments) as child:
        try:
            lines, _ = child.communicate(timeout=60)
        finally:
            child.kill()  # one that hangs; the others have ended
    assert child.returncode == 0, lines
    return lines.splitlines()


def drained(file: OutboxFile) -> list[bytes]:
    """All events, oldest first; they are removed."""
    bodies: list[bytes] = []
    while rows := file.oldest(500, 2**20):
        bodies += [body for row in rows for body in row.bodies]
        file.remove(row.number for row in rows)
    return bodies


def adopted(folder: OutboxFolder) -> list[bytes]:
    """The events of all abandoned files; those are gone then."""
    bodies: list[bytes] = []
    while file := folder.adopt():
        bodies += drained(file)
        file.close()
    return bodies


def names(path: Path) -> list[str]:
    """What is in a folder, but for the lock of those who adopt."""
    return sorted(each.name for each in path.iterdir() if each.suffix != ".lock")
