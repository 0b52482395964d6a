"""A warehouse that is kept in a folder, as a demo leaves one, and a command line that runs on it."""

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from questlog_warehouse.__main__ import main
from questlog_warehouse.local import LocalWarehouse

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a warehouse, which nobody opens: to be copied, as a deployment takes seconds."""
    folder = tmp_path_factory.mktemp("deployed")
    with LocalWarehouse(folder) as warehouse:
        warehouse.deploy()
    return folder


@pytest.fixture
def kept(tmp_path: Path, deployed: Path) -> Path:
    """The folder of a warehouse that is deployed and empty."""
    return copytree(deployed, tmp_path / "warehouse")


@pytest.fixture
def command(kept: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command on the kept warehouse; return its exit status, output and errors."""

    def run(*words: str) -> tuple[int, str, str]:
        status = main([*words, "--warehouse", str(kept)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run
