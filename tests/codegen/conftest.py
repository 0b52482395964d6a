from pathlib import Path

import pytest

from tests.codegen.project import Project
from tests.codegen.releases.released import run


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def released(project: Project) -> Project:
    """The project with `quest` 1.0 released."""
    assert run(project, "release", "--yes") == 0
    return project
