"""A warehouse that is kept in a folder, as a demo leaves one, and a command line that runs on it."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from questlog_warehouse.__main__ import main
from tests.warehouse.conftest import Template

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def kept(tmp_path: Path, template: Template) -> Path:
    """The folder of a warehouse that is deployed and empty."""
    return copytree(template.folder, tmp_path / "kept")


@pytest.fixture
def command(kept: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command on the kept warehouse; return its exit status, output and errors."""

    def run(*words: str) -> tuple[int, str, str]:
        status = main([*words, "--warehouse", str(kept)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run
