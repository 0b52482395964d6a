"""A draft may change tomorrow: what is built with one and handed out stays behind."""

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from questlog_codegen.contracts import Version
from questlog_codegen.emitters import packages
from tests.repository import ROOT
from tests.warehouse.contracts import catalog, quest

FOLDERS = ("sdk", "api", "warehouse")
DRAFT = quest(1, 1)
RELEASED = replace(quest(1, 0), status="released")
_BUILD = (
    "import sys; from build import ProjectBuilder; print(ProjectBuilder(sys.argv[1]).build(*sys.argv[2:]))"
)


def copied(folder: str, to: Path, versions: Sequence[Version]) -> Path:
    """A package as code generation leaves it when these are the contracts."""
    project = shutil.copytree(ROOT / folder, to / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (project / packages.HOOK).write_text(packages.emit(catalog(*versions))[f"{folder}/{packages.HOOK}"])
    return project


def build(kind: str, project: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Build a `wheel`, `sdist` or `editable` into `dist` beside the project, as pip does."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("QUESTLOG_")}
    command = [sys.executable, "-c", _BUILD, str(project), kind, str(project.parent / "dist")]
    return subprocess.run(command, env=inherited | environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_package_with_a_draft_is_not_built_and_says_what_to_do(
    folder: str, kind: str, tmp_path: Path
) -> None:
    result = build(kind, copied(folder, tmp_path, [RELEASED, DRAFT]))
    assert result.returncode != 0
    printed = result.stdout + result.stderr
    assert ": quest/1.1. Release them with `nox -s release`, or set QUESTLOG_ALLOW_DRAFTS=1" in printed
    assert not [*tmp_path.glob("dist/*.whl"), *tmp_path.glob("dist/*.gz")]


@pytest.mark.parametrize("answer", ["0", "false", ""])
def test_no_is_no(answer: str, tmp_path: Path) -> None:
    assert build("wheel", copied("sdk", tmp_path, [DRAFT]), QUESTLOG_ALLOW_DRAFTS=answer).returncode != 0


@pytest.mark.parametrize("answer", ["1", "true", "True"])
def test_a_package_with_a_draft_is_built_for_who_wants_it(answer: str, tmp_path: Path) -> None:
    result = build("wheel", copied("sdk", tmp_path, [DRAFT]), QUESTLOG_ALLOW_DRAFTS=answer)
    assert result.returncode == 0, result.stderr
    assert Path(result.stdout.strip()).is_file()


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_author_installs_drafts_as_they_lie(folder: str, tmp_path: Path) -> None:
    result = build("editable", copied(folder, tmp_path, [DRAFT]))
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_released_is_built_and_a_wheel_comes_of_its_sdist(folder: str, tmp_path: Path) -> None:
    project = copied(folder, tmp_path, [RELEASED])
    wheel, sdist = build("wheel", project), build("sdist", project)
    assert (wheel.returncode, sdist.returncode) == (0, 0), wheel.stderr + sdist.stderr
    again = build("wheel", unpacked(sdist.stdout, tmp_path))
    assert again.returncode == 0, again.stderr
    assert names(again.stdout) == names(wheel.stdout)


def test_a_draft_stays_one_inside_an_sdist(tmp_path: Path) -> None:
    sdist = build("sdist", copied("sdk", tmp_path, [DRAFT]), QUESTLOG_ALLOW_DRAFTS="1")
    assert "quest/1.1" in build("wheel", unpacked(sdist.stdout, tmp_path)).stderr


def unpacked(printed: str, folder: Path) -> Path:
    with tarfile.open(printed.strip()) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (sources,) = (folder / "unpacked").iterdir()
    return sources


def names(printed: str) -> list[str]:
    with ZipFile(printed.strip()) as wheel:
        return sorted(wheel.namelist())
