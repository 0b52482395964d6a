import os
import signal
import subprocess
import sys
from importlib.metadata import version

import pytest

from questlog.__main__ import main


@pytest.mark.parametrize("command", ["doctor", "send"])
def test_each_command_has_a_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert f"example:\n  python -m questlog {command} " in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["fly"], ["doctor"], ["send", "purchase"]])
def test_wrong_usage_is_status_2_and_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m questlog" in capsys.readouterr().err


def test_the_status_of_a_command_is_that_of_the_process() -> None:
    command = [sys.executable, "-m", "questlog", "doctor", "nothing"]
    process = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (process.returncode, process.stderr) == (1, "")
    assert process.stdout.startswith("wrong")


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == version("questlog") + "\n"


def test_who_reads_only_the_beginning_sees_no_traceback() -> None:
    shell = ["sh", "-c", f"{sys.executable} -m questlog doctor nothing | true"]
    process = subprocess.run(shell, check=False, capture_output=True, text=True)
    assert process.stderr == ""


def test_a_terminal_that_knows_only_ascii_is_no_trouble() -> None:
    command = [sys.executable, "-m", "questlog", "doctor", "http://m\u00fcller.invalid"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    process = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert (process.returncode, process.stderr) == (1, "")
    assert "url: http://m\\xfcller.invalid" in process.stdout


def test_an_interrupt_is_status_130_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        signal.raise_signal(signal.SIGINT)
        return 0

    monkeypatch.setattr("questlog._commands.doctor.run", interrupted)
    assert main(["doctor", "http://127.0.0.1"]) == 130
