"""Disks with little room: a small file system of its own, or a limit of the process on the size of files."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import RawIOBase
from pathlib import Path
from typing import Protocol

import pytest

from tests.chaos.victim import Victim

_MIB = 1024 * 1024


class Disk(Protocol):
    """Where a spool lies; it has some MiB of room."""

    folder: Path

    def fill(self, victim: Victim) -> None:
        """Leave `victim` no room for more."""

    def clear(self, victim: Victim) -> None:
        """Give the room back."""


class SmallDisk:
    """A file system of 4 MiB."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, victim: Victim) -> None:  # noqa: ARG002 - the disk is full for everyone
        """Fill it with another file."""
        with self._ballast.open("wb", buffering=0) as file:
            for size in (64 * 1024, 4096, 1):
                _write_until_full(file, bytes(size))

    def clear(self, victim: Victim) -> None:  # noqa: ARG002 - likewise
        """Remove the other file."""
        self._ballast.unlink()


class SmallFiles:
    """A disk of any size, on which the service may not let files grow."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, victim: Victim) -> None:
        """Let no file grow beyond the largest there is."""
        largest = max(path.stat().st_size for path in self.folder.iterdir())
        self._limit(victim, largest)

    def clear(self, victim: Victim) -> None:
        """Let them grow again."""
        self._limit(victim, resource.RLIM_INFINITY)

    @staticmethod
    def _limit(victim: Victim, size: int) -> None:
        if sys.platform != "linux":
            pytest.skip("limits of another process are Linux's")
        _, hard = resource.prlimit(victim.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(victim.process.pid, resource.RLIMIT_FSIZE, (size, hard))


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """Mount a file system of 4 MiB at `folder`; skips the test where that is not allowed."""
    folder.mkdir()
    wanted = ",".join((f"size={4 * _MIB}", *options))
    try:
        command = ["mount", "-t", "tmpfs", "-o", wanted, "tmpfs", str(folder)]
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a file system needs root and Linux")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607 - of the system


def _write_until_full(file: RawIOBase, content: bytes) -> None:
    with suppress(OSError):
        while file.write(content) == len(content):
            pass
