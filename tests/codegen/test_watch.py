"""The watch as an author starts it: a process of its own, and files saved by another one."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.codegen.project import Project


@pytest.fixture
def watching(project: Project) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-u", "-m", "questlog_codegen", "--watch", "--root", str(project.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        yield process
        process.kill()


def until_it_waits(process: "subprocess.Popen[str]") -> str:
    """Read what it prints up to the line that says it waits."""
    lines: list[str] = []
    for line in process.stdout or ():
        if line.startswith("watching"):
            return "".join(lines)
        lines.append(line)
    raise AssertionError("".join(lines))


def test_a_save_generates_and_an_error_is_told_and_survived(
    project: Project, watching: "subprocess.Popen[str]"
) -> None:
    assert "files," in until_it_waits(watching)
    project.write("quest/schema.json", {**project.schema(), "type": "array"})
    assert "DIALECT" in until_it_waits(watching)
    project.write("quest/schema.json", {**project.schema(), "description": "A quest, told better."})
    assert " changed" in until_it_waits(watching)


def test_ctrl_c_ends_it_without_a_traceback(watching: "subprocess.Popen[str]") -> None:
    until_it_waits(watching)
    watching.send_signal(signal.SIGINT)
    assert watching.wait(timeout=20) == 130
    assert watching.stdout is not None
    assert "Traceback" not in watching.stdout.read()
