"""A copy of the repository that a test may change, and its programs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.repository import ROOT

_NOT_COPIED = shutil.ignore_patterns(".git", ".nox", ".*_cache", ".hypothesis", ".questlog", "__pycache__")


def copied(folder: Path) -> Path:
    """Copy the repository into `folder`."""
    return shutil.copytree(ROOT, folder / "questlog", ignore=_NOT_COPIED)


def run(copy: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run Python in the copy, with the copy's packages."""
    packages = ("codegen", "sdk", "api", "warehouse")
    sources = os.pathsep.join(str(copy / package / "src") for package in packages)
    environment = {**os.environ, "PYTHONPATH": sources}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
