from pathlib import Path

import pytest

from questlog._commands.outbox import check_outbox
from questlog._outbox import destination_of

URL, KEY = "http://127.0.0.1", "key"


def test_a_folder_is_left_as_it_was(tmp_path: Path) -> None:
    assert check_outbox(tmp_path, URL, None).state == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    found = check_outbox(tmp_path / "a" / "b", URL, None)
    assert (found.state, found.detail) == ("ok", f"{tmp_path / 'a' / 'b'} is not there yet, and can be made")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["file", "file/in/a/file", "x" * 300])
def test_a_place_where_no_folder_can_be_is_wrong(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = check_outbox(tmp_path / name, URL, None)
    assert found.state == "wrong"
    assert found.detail.startswith(f"{tmp_path / name} cannot be written: ")
    assert "choose another" in found.detail


def test_a_key_that_is_no_text_has_no_files(tmp_path: Path) -> None:
    assert check_outbox(tmp_path, URL, "\udcff").detail.endswith("wait, 0 of them for this URL and key")


def test_files_bytes_and_destinations_are_counted(tmp_path: Path) -> None:
    own = destination_of(URL, KEY)
    for name, size in {f"{own}-1.outbox": 10, f"{own}-1.outbox-wal": 5, "0123-1.outbox": 2}.items():
        (tmp_path / name).write_bytes(b"x" * size)
    for name in (f"{own}.once", f"{own}.lock"):
        (tmp_path / name).write_bytes(b"y" * 100)
    assert check_outbox(tmp_path, URL, KEY).detail == (
        f"{tmp_path} can be written; 2 file(s) of 2 destination(s) with 17 bytes wait, "
        "1 of them for this URL and key"
    )


def test_what_was_set_aside_is_told(tmp_path: Path) -> None:
    (tmp_path / "0123.refused.jsonl").write_text("{}")
    (tmp_path / "0123-1.outbox.damaged").write_text("")
    found = check_outbox(tmp_path, URL, None)
    assert "2 file(s) set aside" in found.detail
    assert "0 file(s) of 0 destination(s)" in found.detail
