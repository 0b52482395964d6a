from collections.abc import Iterator
from pathlib import Path

import pytest

from questlog._outbox import OutboxFile, OutboxFolder
from tests.sdk.outbox.programs import DESTINATION


@pytest.fixture
def folder(tmp_path: Path) -> OutboxFolder:
    return OutboxFolder(tmp_path / "outbox", DESTINATION)


@pytest.fixture
def file(folder: OutboxFolder) -> Iterator[OutboxFile]:
    file = folder.open()
    yield file
    file.close()
