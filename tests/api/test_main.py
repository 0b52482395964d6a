import signal
import subprocess
import sys
from importlib.metadata import version

import pytest

from questlog_api.__main__ import main


@pytest.mark.parametrize("command", ["serve", "key", "settings", "replay"])
def test_each_command_has_a_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert f"python -m questlog_api {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["serve", "--port", "http"],
        ["serve", "--port", "99999"],
        ["serve", "--port", "-1"],
    ],
)
def test_wrong_usage_is_status_2_and_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m questlog_api" in capsys.readouterr().err


def test_the_status_of_a_command_is_that_of_the_process() -> None:
    process = subprocess.run([sys.executable, "-m", "questlog_api", "key"], check=False, capture_output=True)
    assert process.returncode == 0


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == version("questlog-api") + "\n"


def test_who_reads_only_the_beginning_sees_no_traceback() -> None:
    command = f"{sys.executable} -m questlog_api settings | true"
    shell = ["sh", "-c", command]
    process = subprocess.run(shell, check=False, capture_output=True, text=True)
    assert process.stderr == ""


def test_an_interrupt_is_status_130_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> int:
        signal.raise_signal(signal.SIGINT)
        return 0

    monkeypatch.setattr("questlog_api.commands.key.run", interrupted)
    assert main(["key"]) == 130


def test_an_interrupt_while_modules_are_imported_is_status_130_without_a_traceback() -> None:
    # It comes when the first module asks for one of the large ones.
    program = """
import builtins, os, runpy, signal, sys
before = builtins.__import__
def interrupted(name, *others, **named):
    if name.startswith(("fastapi", "pydantic")):
        os.kill(os.getpid(), signal.SIGINT)
    return before(name, *others, **named)
builtins.__import__ = interrupted
sys.argv = ["questlog_api", "serve"]
runpy.run_module("questlog_api", run_name="__main__", alter_sys=True)
"""
    process = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=30
    )
    assert (process.returncode, process.stderr) == (130, "")
