"""The promise to schema authors: one file and its examples, one command, and every layer knows the event."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.new_event.level_complete import write_level_complete
from tests.repository import ROOT

NOT_COPIED = shutil.ignore_patterns(".git", ".nox", ".*_cache", ".hypothesis", ".questlog", "__pycache__")
ELSEWHERE = ("tests/new_event", "tests/packaging", "tests/pipeline")
"""Tests that say nothing about a new event, or would run this one again."""


def run(copy: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    sources = os.pathsep.join(
        str(copy / package / "src") for package in ("codegen", "sdk", "api", "warehouse")
    )
    environment = {**os.environ, "PYTHONPATH": sources}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository to which the event was added, and one command run."""
    copy = shutil.copytree(ROOT, tmp_path_factory.mktemp("new_event") / "questlog", ignore=NOT_COPIED)
    write_level_complete(copy)
    generated = run(copy, "-m", "questlog_codegen")
    assert generated.returncode == 0, generated.stderr
    return copy


def test_every_layer_takes_the_event_from_the_typed_call_to_the_typed_row(copy: Path) -> None:
    played = run(copy, "-m", "tests.new_event.play")
    assert played.returncode == 0, played.stderr


def test_all_tests_are_green_and_the_new_operation_is_fuzzed(copy: Path) -> None:
    # tests/contract fuzzes every event in schemas/, and says so in a test of its own.
    result = run(copy, "-m", "pytest", "-n0", *(f"--ignore={folder}" for folder in ELSEWHERE))
    assert result.returncode == 0, result.stdout[-5000:]


def test_the_typed_call_is_known_to_a_type_checker(copy: Path) -> None:
    (copy / "caller.py").write_text(
        "import questlog\n"
        "def play(client: questlog.Client) -> questlog.LevelComplete:\n"
        "    return client.level_complete(level=1, stars=3)\n"
    )
    checked = run(copy, "-m", "mypy", "--strict", "caller.py")
    assert checked.returncode == 0, checked.stdout


def test_what_is_generated_is_up_to_date(copy: Path) -> None:
    assert run(copy, "-m", "questlog_codegen", "--check").returncode == 0
