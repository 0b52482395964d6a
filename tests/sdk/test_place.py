import sys
from pathlib import Path

import pytest

from questlog._place import default_folder, outbox_folder


@pytest.mark.parametrize(
    ("platform", "folder"),
    [
        ("linux", ".local/state/questlog"),
        ("darwin", "Library/Application Support/questlog"),
        ("win32", "AppData/Local/questlog"),
    ],
)
def test_the_outbox_is_where_each_system_keeps_such_things(
    platform: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert default_folder() == Path.home() / folder
    assert outbox_folder("default") == default_folder()


def test_a_folder_of_the_games_is_taken_as_text_or_path(tmp_path: Path) -> None:
    assert outbox_folder(str(tmp_path)) == outbox_folder(tmp_path) == tmp_path


def test_an_outbox_that_is_no_folder_is_told_what_to_write() -> None:
    with pytest.raises(ValueError, match="None for in memory: it is empty"):
        outbox_folder("")
    with pytest.raises(TypeError, match='must be a folder, "default" or None, not int'):
        outbox_folder(5)  # type: ignore[arg-type]  # it is the mistake
