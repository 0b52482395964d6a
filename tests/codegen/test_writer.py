from pathlib import Path

import pytest

from questlog_codegen.errors import CodegenError
from questlog_codegen.writer import differences, header, write


def test_what_is_missing_is_written_and_named(tmp_path: Path) -> None:
    assert write(tmp_path, {"a/b.txt": "1\n"}, ()) == ["a/b.txt"]
    assert (tmp_path / "a/b.txt").read_bytes() == b"1\n"


def test_what_is_right_is_not_touched(tmp_path: Path) -> None:
    write(tmp_path, {"b.txt": "1\n"}, ())
    before = (tmp_path / "b.txt").stat().st_mtime_ns
    assert write(tmp_path, {"b.txt": "1\n"}, ()) == []
    assert (tmp_path / "b.txt").stat().st_mtime_ns == before


def test_what_is_owned_but_not_generated_is_removed(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text("x")
    (tmp_path / "mine.txt").write_text("x")
    assert write(tmp_path, {}, ["*.py"]) == ["old.py"]
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_difference_is_shown_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old\n")
    diff = differences(tmp_path, {"a.txt": "new\n"}, ())
    assert "-old\n+new\n" in diff
    assert (tmp_path / "a.txt").read_text() == "old\n"


def test_other_line_ends_are_a_difference(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"1\r\n")
    assert differences(tmp_path, {"a.txt": "1\n"}, ())


def test_a_missing_and_a_stale_file_are_differences(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text("x\n")
    diff = differences(tmp_path, {"new.py": "y\n"}, ["*.py"])
    assert "-x" in diff
    assert "+y" in diff


@pytest.mark.parametrize("blocked", ["a.txt", "a.txt/b"])
def test_what_cannot_be_written_is_named_and_leaves_nothing_half_done(tmp_path: Path, blocked: str) -> None:
    (tmp_path / "a.txt").mkdir() if blocked == "a.txt" else (tmp_path / "a.txt").touch()
    with pytest.raises(CodegenError, match="cannot write"):
        write(tmp_path, {blocked: "2"}, ())
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CodegenError, match=r"cannot read .*: File name too long"):
        write(tmp_path, {"a" * 300: "2"}, ())


# A file that even root may not remove; where there is none, nothing would stop the tests' user.
@pytest.mark.skipif(not Path("/proc/version").is_file(), reason="the system has no /proc")
def test_what_is_stale_and_cannot_be_removed_is_named() -> None:
    with pytest.raises(CodegenError, match="cannot remove /proc/version: "):
        write(Path("/proc"), {}, ["version"])


def test_the_header_says_where_it_comes_from_and_what_to_run() -> None:
    assert (
        header("--", "schemas/a.json")
        == "-- Generated from schemas/a.json. Do not edit; run `nox -s codegen`.\n"
    )
