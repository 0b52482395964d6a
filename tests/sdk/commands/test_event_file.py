import io
from pathlib import Path
from types import SimpleNamespace

import pytest

from questlog._commands import UsageError
from questlog._commands.event_file import read_events, read_object


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.json"


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ('{"a": 1}', [{"a": 1}]),
        ('{\n "a": 1\n}\n', [{"a": 1}]),
        ('[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
        ('{"a": 1}\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        ('{"a": 1}\r\n\r\n{"a": 2}', [{"a": 1}, {"a": 2}]),
        ('\ufeff{"a": "ü"}', [{"a": "ü"}]),
    ],
)
def test_one_a_list_and_one_a_line_are_read(text: str, events: list[object], path: Path) -> None:
    path.write_text(text, "utf-8")
    assert read_events(str(path)) == events


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"alice", "nor is its line 1"),
        (b'{"a": 1}\n\nalice', "nor is its line 3"),
        (b'{"a": NaN}', "nor is its line 1"),
        (b"[" * 100_000, "nor is its line 1"),
        (b"", "holds no event"),
        (b"\n \n", "holds no event"),
        (b"[]", "holds no event"),
        (b"\xff", "not text in UTF-8"),
    ],
)
def test_what_cannot_be_read_is_told_without_what_is_in_it(data: bytes, words: str, path: Path) -> None:
    path.write_bytes(data)
    with pytest.raises(UsageError, match=words) as caught:
        read_events(str(path))
    assert "alice" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_events(str(path))


def test_a_minus_is_the_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b'{"a": 1}')))
    assert read_events("-") == [{"a": 1}]


def test_an_object_is_read(path: Path) -> None:
    path.write_text('{"a": 1}')
    assert read_object(path, "--context") == {"a": 1}


@pytest.mark.parametrize("data", [b"[]", b"alice", b"\xff", b""])
def test_what_is_no_object_is_told(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    with pytest.raises(UsageError, match=r"--context: .* is no JSON object"):
        read_object(path, "--context")


def test_an_object_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(UsageError, match=r"--context: .*No such file"):
        read_object(path, "--context")
