import subprocess
import sys

import pytest

from questlog_api.__main__ import main


@pytest.mark.parametrize("command", ["serve", "key", "settings", "replay"])
def test_each_command_has_a_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert f"python -m questlog_api {command}" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["fly"], ["serve", "--port", "http"]])
def test_wrong_usage_is_status_2_and_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m questlog_api" in capsys.readouterr().err


def test_the_status_of_a_command_is_that_of_the_process() -> None:
    process = subprocess.run([sys.executable, "-m", "questlog_api", "key"], check=False, capture_output=True)
    assert process.returncode == 0
