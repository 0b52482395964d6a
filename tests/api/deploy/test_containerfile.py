import json
import re
from fnmatch import fnmatch

import pytest

from questlog_api import Settings
from tests.api.deploy.commands import refused_settings
from tests.api.deploy.templates import DEPLOY
from tests.repository import ROOT

TEXT = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
IGNORED = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()


def instructions() -> list[tuple[str, str]]:
    """Return (instruction, the rest of it), with continued lines joined and comments gone."""
    lines = [line for line in TEXT.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [
        (name, rest.strip())
        for name, _, rest in (line.partition(" ") for line in joined.splitlines())
        if name
    ]


def last(name: str) -> str:
    return [rest for each, rest in instructions() if each == name][-1]


def copied() -> list[str]:
    """Return the paths of the repository that are copied."""
    copies = [rest.split() for name, rest in instructions() if name == "COPY" and "--from" not in rest]
    return [source for words in copies for source in words[:-1]]


def test_everything_copied_is_there() -> None:
    assert copied()
    assert [path for path in copied() if not (ROOT / path).exists()] == []


def test_the_ignore_file_lets_what_is_copied_through_and_nothing_else() -> None:
    assert IGNORED[1] == "*"
    let_through = [line.removeprefix("!") for line in IGNORED if line.startswith("!")]
    assert sorted(let_through) == sorted(copied())
    assert any(fnmatch("api/src/questlog_api/__pycache__", line) for line in IGNORED)


def test_the_installation_is_pinned_also_that_of_the_build_backend() -> None:
    [environment] = [rest for name, rest in instructions() if name == "ENV" and "PIP_CONSTRAINT" in rest]
    assert "PIP_CONSTRAINT=/build/constraints.txt" in environment
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    [python] = re.findall(r"^ARG PYTHON=(\S+?)-slim$", TEXT, re.MULTILINE)
    assert f"on Python {python}." in pinned


def test_every_stage_has_a_base_image_with_a_tag() -> None:
    bases = [rest.split()[0] for name, rest in instructions() if name == "FROM"]
    assert len(bases) > 1
    assert all(re.fullmatch(r"[\w./-]+:\$\{PYTHON\}", base) for base in bases)


def test_it_runs_as_a_user_other_than_root_by_number() -> None:
    assert int(last("USER")) > 0
    users = [index for index, (name, _) in enumerate(instructions()) if name == "USER"]
    commands = [index for index, (name, _) in enumerate(instructions()) if name in {"ENTRYPOINT", "CMD"}]
    assert max(users) < min(commands)


def test_the_command_line_is_one_the_service_knows() -> None:
    program, *arguments = json.loads(last("ENTRYPOINT"))
    assert program == "python"
    assert refused_settings([*arguments, *json.loads(last("CMD"))])


def test_the_health_check_asks_the_port_it_serves() -> None:
    command = json.loads(last("CMD"))
    port = command[command.index("--port") + 1]
    assert last("EXPOSE") == port
    assert f"http://127.0.0.1:{port}/healthz" in last("HEALTHCHECK")
    compile(json.loads(last("HEALTHCHECK").partition("CMD ")[2])[-1], "HEALTHCHECK", "exec")


def test_it_is_stopped_with_the_signal_that_drains() -> None:
    assert last("STOPSIGNAL") == "SIGTERM"


def test_the_volume_belongs_to_its_user() -> None:
    assert f"--owner=questlog --group=questlog --mode=0750 {last('VOLUME')}" in TEXT


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_no_setting_is_in_the_image(name: str) -> None:
    assert not any(
        f"QUESTLOG_{name.upper()}=" in rest
        for instruction, rest in instructions()
        if instruction in {"ENV", "ARG"}
    )
