import gzip
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from questlog_api.lines import Arrival
from questlog_api.replay.reject_files import Reject, RejectFile, UnreadableError, reject_files

ARRIVAL = {
    "received_at": "2026-11-24T18:00:00.123Z",
    "sent_at": None,
    "game_id": "orion",
    "request_id": "b4c0ffee-0000-4000-8000-000000000001",
}
REFUSED = {"reason": "invalid_event", "errors": [], "payload": '{"a":1}', "payload_bytes": 7}


def line(**members: Any) -> bytes:
    return json.dumps({**ARRIVAL, **REFUSED, **members}).encode() + b"\n"


def test_a_line_tells_how_it_came_in_and_what_was_refused() -> None:
    reject = Reject.parsed(line(sent_at="2026-11-24T17:59:59Z"))
    assert reject is not None
    assert reject.arrival == Arrival(
        "2026-11-24T18:00:00.123Z", "2026-11-24T17:59:59Z", "orion", "b4c0ffee-0000-4000-8000-000000000001"
    )
    assert reject.value() == (True, {"a": 1})
    assert not reject.is_cut


@pytest.mark.parametrize(
    "changed",
    [
        {"received_at": "yesterday"},
        {"received_at": None},
        {"sent_at": "now"},
        {"sent_at": 7},
        {"game_id": ""},
        {"game_id": 1},
        {"request_id": None},
        {"reason": None},
        {"payload_bytes": "7"},
    ],
    ids=str,
)
def test_a_line_that_does_not_tell_it_is_no_reject(changed: dict[str, Any]) -> None:
    assert Reject.parsed(line(**changed)) is None


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"7", b'"a"', b"null", b"{}", b"\xff", None])
def test_what_is_no_reject_line_is_none(raw: bytes | None) -> None:
    assert Reject.parsed(raw) is None


@pytest.mark.parametrize("name", [*ARRIVAL, "reason", "payload"])
def test_a_line_without_one_of_its_members_is_no_reject(name: str) -> None:
    members = json.loads(line())
    del members[name]
    assert Reject.parsed(json.dumps(members).encode()) is None


@pytest.mark.parametrize(("size", "is_cut"), [(7, False), (8, True), (None, True)])
def test_a_payload_is_cut_when_the_whole_had_more_bytes(size: int | None, *, is_cut: bool) -> None:
    reject = Reject.parsed(line(payload_bytes=size))
    assert reject is not None
    assert reject.is_cut is is_cut


def test_a_repaired_payload_may_be_the_event_itself() -> None:
    reject = Reject.parsed(line(payload={"b": 2}, payload_bytes=9000))
    assert reject is not None
    assert reject.value() == (True, {"b": 2})
    assert not reject.is_cut


def test_a_payload_that_is_no_json_has_no_value() -> None:
    reject = Reject.parsed(line(payload='{"a":'))
    assert reject is not None
    assert reject.value() == (False, None)


@pytest.mark.parametrize(
    "written",
    [b"one\ntwo\n", gzip.compress(b"one\ntwo\n"), gzip.compress(b"one\n") + gzip.compress(b"two\n")],
    ids=["plain", "gzip", "two members"],
)
def test_a_file_is_read_whatever_it_is_packed_in(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "rejects").write_bytes(written)
    assert list(RejectFile(str(tmp_path / "rejects")).lines()) == [b"one\n", b"two\n"]


def test_the_last_line_may_lack_its_end(tmp_path: Path) -> None:
    (tmp_path / "rejects").write_bytes(b"one\ntwo")
    assert list(RejectFile(str(tmp_path / "rejects")).lines()) == [b"one\n", b"two"]


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    (tmp_path / "rejects").touch()
    assert list(RejectFile(str(tmp_path / "rejects")).lines()) == []


def test_standard_input_is_read_as_a_file_is(monkeypatch: pytest.MonkeyPatch) -> None:
    given = io.BufferedReader(io.BytesIO(gzip.compress(b"one\n")))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=given))
    assert list(RejectFile("-").lines()) == [b"one\n"]


def test_a_line_longer_than_any_record_is_none_and_the_next_one_is_read(tmp_path: Path) -> None:
    (tmp_path / "rejects").write_bytes(b"a" * 3_000_000 + b"\ntwo\n" + b"b" * 1_024_000)
    assert list(RejectFile(str(tmp_path / "rejects")).lines()) == [None, b"two\n", None]


@pytest.mark.parametrize(
    "damage", [lambda packed: packed[:-9], lambda packed: packed + b"plain\n"], ids=["cut", "not all gzip"]
)
def test_the_lines_before_a_damage_are_read_and_then_it_is_told(tmp_path: Path, damage: Any) -> None:
    (tmp_path / "rejects.gz").write_bytes(damage(gzip.compress(b"one\n")))
    lines = RejectFile(str(tmp_path / "rejects.gz")).lines()
    assert next(lines) == b"one\n"
    with pytest.raises(UnreadableError, match="the gzip is broken or ends early"):
        next(lines)


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="No such file"):
        next(RejectFile(str(tmp_path / "gone")).lines())


def test_a_folder_is_all_files_below_it_in_order_but_hidden_ones(tmp_path: Path) -> None:
    names = ["2026/11/24/b.gz", "2026/11/24/a", "2026/11/23/z"]
    for name in [*names, "2026/.DS_Store"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = [file.name for file in reject_files([str(tmp_path), "-", "other"])]
    assert found == [*(str(tmp_path / name) for name in sorted(names)), "-", "other"]
