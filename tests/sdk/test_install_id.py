from pathlib import Path

import pytest

from questlog import install_id


def test_the_first_launch_makes_an_id_and_later_ones_have_the_same(tmp_path: Path) -> None:
    file = tmp_path / "saves" / "install-id"
    made = install_id(file)
    assert made.version == 7
    assert install_id(str(file)) == made
    assert [path.name for path in file.parent.iterdir()] == ["install-id"]


def test_two_installations_have_two_ids(tmp_path: Path) -> None:
    assert install_id(tmp_path / "1") != install_id(tmp_path / "2")


def test_a_damaged_file_gives_a_new_id_that_stays(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "install-id"
    file.write_bytes(b"\xff half an id")
    made = install_id(file)
    assert "cannot be read" in caplog.text
    assert "half an id" not in caplog.text
    assert install_id(file) == made


def test_where_nothing_can_be_kept_the_game_starts_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    assert install_id(tmp_path / "file" / "install-id").version == 7
    assert "cannot be kept" in caplog.text
