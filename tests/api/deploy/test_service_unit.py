import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from questlog_api import Settings
from questlog_api.gate.keys import key_hash
from questlog_api.server.server import _longest_stop
from tests.api.deploy.commands import WRONG_SETTINGS, refused_settings
from tests.api.deploy.templates import DEPLOY

UNIT = DEPLOY / "questlog-api@.service"
ANALYZE = shutil.which("systemd-analyze")
MOST_EXPOSED = 20  # of 100, as `systemd-analyze security` counts

needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="there is no systemd-analyze on this machine")


def unit() -> dict[str, dict[str, list[str]]]:
    """Return the unit as section -> option -> values: options may stand several times."""
    sections: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    section = ""
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            section = heading[1]
        elif line and not line.startswith("#"):
            option, _, value = line.partition("=")
            sections[section][option].append(value)
    return sections


SERVICE = unit()["Service"]


def command(instance: str) -> list[str]:
    [line] = SERVICE["ExecStart"]
    return line.replace("%i", instance).split()


def seconds(option: str) -> float:
    [value] = SERVICE[option]
    return float(value)


def test_the_command_line_is_one_the_service_knows() -> None:
    program, *arguments = command("8003")
    assert Path(program).name == "python"
    assert arguments[-2:] == ["--port", "8003"]
    assert refused_settings(arguments)


def test_a_command_line_the_service_does_not_know_is_noticed() -> None:
    assert not refused_settings([*command("8003")[1:], "--ports", "8003"])


def test_stopping_waits_for_requests_and_the_calls_they_make() -> None:
    settings = Settings(write_keys={"orion": (key_hash(b"key"),)})
    assert seconds("TimeoutStopSec") > _longest_stop(settings)


def test_wrong_settings_are_no_crash_loop() -> None:
    assert SERVICE["Restart"] == ["on-failure"]
    assert SERVICE["RestartPreventExitStatus"] == [str(WRONG_SETTINGS)]
    assert int(unit()["Unit"]["StartLimitBurst"][0]) * seconds("RestartSec") < float(
        unit()["Unit"]["StartLimitIntervalSec"][0]
    )


def test_each_process_has_a_state_directory_of_its_own() -> None:
    assert all("%i" in value for value in SERVICE["StateDirectory"])


def test_it_runs_as_nobody_special_and_may_have_all_connections_there_may_be() -> None:
    settings = Settings(write_keys={"orion": (key_hash(b"key"),)})
    assert SERVICE["User"] == ["questlog"]
    assert SERVICE["CapabilityBoundingSet"] == [""]
    assert seconds("LimitNOFILE") > 2 * settings.max_connections


def test_no_setting_stands_in_the_unit() -> None:
    assert not any("QUESTLOG_" in value for value in SERVICE["Environment"])


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The unit with this Python in place of one that is not here."""
    path = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8").replace("/opt/questlog/bin/python", sys.executable)
    path.write_text(text, encoding="utf-8")
    return path


def analyze(*arguments: str) -> "subprocess.CompletedProcess[str]":
    assert ANALYZE is not None
    return subprocess.run([ANALYZE, *arguments], capture_output=True, text=True, check=False)


@needs_systemd
def test_systemd_knows_every_option(installed: Path) -> None:
    done = analyze("verify", "--man=no", str(installed))
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_systemd_tells_of_an_option_it_does_not_know(installed: Path) -> None:
    installed.write_text(installed.read_text().replace("RestartSec=", "RestartSeconds="), encoding="utf-8")
    assert "RestartSeconds" in analyze("verify", "--man=no", str(installed)).stderr


@needs_systemd
def test_systemd_finds_little_exposed(installed: Path) -> None:
    done = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(installed))
    assert done.returncode == 0, done.stdout
