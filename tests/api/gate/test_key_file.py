import json
import logging
from pathlib import Path

import pytest

from questlog_api import Settings
from questlog_api.gate.key_file import KeyFile
from questlog_api.gate.keys import key_hash

OLD, NEW = key_hash(b"ql_old"), key_hash(b"ql_new")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"orion": [OLD]}), encoding="utf-8")
    return path


def opened(path: Path, **write_keys: tuple[str, ...]) -> KeyFile:
    file = KeyFile(path, Settings(write_keys=write_keys, write_keys_file=path))
    file.read()
    return file


def test_the_same_file_is_no_change(path: Path) -> None:
    assert opened(path).changed() is None


def test_a_file_that_is_written_anew_is_a_change_once(path: Path) -> None:
    file = opened(path)
    path.write_text(json.dumps({"orion": [OLD, NEW]}), encoding="utf-8")
    assert file.changed() == {"orion": (OLD, NEW)}
    assert file.changed() is None


def test_a_file_that_is_replaced_by_one_of_the_same_size_is_a_change(path: Path, tmp_path: Path) -> None:
    file = opened(path)
    (tmp_path / "other").write_text(json.dumps({"orion": [NEW]}), encoding="utf-8")
    (tmp_path / "other").replace(path)
    assert file.changed() == {"orion": (NEW,)}


def test_a_link_that_points_elsewhere_is_a_change(tmp_path: Path) -> None:
    # As Kubernetes does it: keys.json -> ..data/keys.json, and ..data is replaced.
    for folder, hashed in (("one", OLD), ("two", NEW)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "keys.json").write_text(json.dumps({"orion": [hashed]}), encoding="utf-8")
    (tmp_path / "..data").symlink_to("one")
    (tmp_path / "keys.json").symlink_to("..data/keys.json")
    file = opened(tmp_path / "keys.json")
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").rename(tmp_path / "..data")
    assert file.changed() == {"orion": (NEW,)}


def test_the_same_key_may_stand_in_the_settings_too(path: Path) -> None:
    assert opened(path, orion=(OLD, NEW)).read() == {"orion": (NEW, OLD)}


@pytest.mark.parametrize(
    ("text", "defect"),
    [
        ('{"orion": [\n"ql_secret"', "this is not JSON, at line 2, column 12"),
        ("", "this is not JSON, at line 1, column 1"),
        ('["ql_secret"]', 'not an object; write {"<game_id>": ["<hash>"]}'),
        ('{"orion": ["ql_secret"]}', "keys.json: orion, key 1: not a SHA-256 in hex; it wants the hash"),
        ('{"orion": "ql_secret"}', 'orion: not a list of hashes; write ["<hash>"]'),
        (f'{{"ql_secret Key": ["{OLD}"]}}', "(a name that is no game's): a game_id is"),
        (f'{{"orion": ["{OLD}"], "vega": ["{OLD}"]}}', "a write key stands twice"),
        ("{}", "keys.json: it holds no key"),
        ('{"orion": []}', "keys.json: it holds no key"),
        (f'{{"orion": ["{key_hash(b"")}"]}}', "the hash of an empty key stands there"),
    ],
)
def test_a_broken_file_is_told_with_place_and_without_what_stands_there(
    tmp_path: Path, text: str, defect: str
) -> None:
    (tmp_path / "keys.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"keys\.json: ") as caught:
        opened(tmp_path / "keys.json")
    assert defect in str(caught.value)
    assert "ql_secret" not in str(caught.value)
    assert OLD not in str(caught.value)


def test_a_key_of_one_game_in_the_settings_and_of_another_in_the_file_is_a_defect(path: Path) -> None:
    with pytest.raises(ValueError, match="a write key stands twice"):
        opened(path, vega=(OLD,))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"keys\.json: No such file or directory"):
        opened(tmp_path / "keys.json")


def test_a_file_that_is_no_list_of_keys_by_its_size_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "keys.json").open("wb") as file:
        file.truncate(1024 * 1024 + 1)
    with pytest.raises(ValueError, match="more than 1048576 bytes"):
        opened(tmp_path / "keys.json")


def test_a_file_without_a_key_will_do_where_the_settings_have_one(path: Path) -> None:
    path.write_text("{}", encoding="utf-8")
    assert opened(path, orion=(OLD,)).read() == {"orion": (OLD,)}


@pytest.mark.parametrize("broken", ["{", "{}", None], ids=["not JSON", "no key", "not there"])
def test_a_file_that_breaks_later_changes_nothing_and_is_logged_once(
    path: Path, caplog: pytest.LogCaptureFixture, broken: str | None
) -> None:
    file = opened(path)
    if broken is None:
        path.unlink()
    else:
        path.write_text(broken, encoding="utf-8")
    assert [file.changed() for _ in range(3)] == [None, None, None]
    assert file.is_broken
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.message.startswith(f"the write keys of before stay in use: {path}: ")


def test_a_file_that_is_whole_again_is_used_again(path: Path) -> None:
    file = opened(path)
    path.write_text("{", encoding="utf-8")
    file.changed()
    path.write_text(json.dumps({"orion": [NEW]}), encoding="utf-8")
    assert file.changed() == {"orion": (NEW,)}
    assert not file.is_broken


def test_how_many_keys_are_in_use_now_is_logged(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    file = opened(path)
    path.write_text(json.dumps({"orion": [OLD, NEW], "vega": []}), encoding="utf-8")
    file.changed()
    assert caplog.messages == [f"{path}: 2 write keys of 1 game are in use"]
