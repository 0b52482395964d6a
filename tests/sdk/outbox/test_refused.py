import json
import os
import stat
from pathlib import Path

import pytest

from questlog._outbox import OutboxError, set_aside
from questlog._outbox.refused import MOST_BYTES
from tests.sdk.outbox.programs import DESTINATION, output, started

EVENT = b'{"event":"purchase","n":1}'


def lines(folder: Path, name: str = "refused.jsonl") -> list[dict[str, object]]:
    text = (folder / f"{DESTINATION}.{name}").read_text("utf-8")
    # One may be empty: of a process that waited too long for another that it saw in the middle of a line.
    return [json.loads(line) for line in text.splitlines() if line]


def test_an_event_is_kept_with_the_reason_and_the_time(tmp_path: Path) -> None:
    set_aside(tmp_path, DESTINATION, 'must be "EUR"', EVENT)
    [line] = lines(tmp_path)
    assert str(line.pop("set_aside_at")).endswith("+00:00")
    assert line == {"reason": 'must be "EUR"', "event": {"event": "purchase", "n": 1}}


def test_events_are_kept_in_the_order_of_refusal(tmp_path: Path) -> None:
    for number in range(3):
        set_aside(tmp_path, DESTINATION, str(number), EVENT)
    assert [line["reason"] for line in lines(tmp_path)] == ["0", "1", "2"]


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    set_aside(tmp_path / "a" / "b", DESTINATION, "reason", EVENT)
    assert len(lines(tmp_path / "a" / "b")) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    set_aside(tmp_path, DESTINATION, "reason", EVENT)
    assert stat.S_IMODE((tmp_path / f"{DESTINATION}.refused.jsonl").stat().st_mode) == 0o600


def test_two_files_of_one_mebibyte_are_the_most_that_is_kept(tmp_path: Path) -> None:
    body = b'{"x":"%s"}' % (b"x" * 100_000)
    for number in range(35):
        set_aside(tmp_path, DESTINATION, str(number), body)
    reasons = [
        line["reason"] for name in ("refused.1.jsonl", "refused.jsonl") for line in lines(tmp_path, name)
    ]
    assert reasons == [str(number) for number in range(20, 35)]
    assert all(each.stat().st_size <= MOST_BYTES for each in tmp_path.iterdir())


def test_an_event_that_is_larger_than_a_file_is_kept_all_the_same(tmp_path: Path) -> None:
    body = b'{"x":"%s"}' % (b"x" * 2 * MOST_BYTES)
    for reason in ("1", "2"):
        set_aside(tmp_path, DESTINATION, reason, body)
    assert [line["reason"] for line in lines(tmp_path)] == ["2"]
    assert [line["reason"] for line in lines(tmp_path, "refused.1.jsonl")] == ["1"]


def test_many_processes_write_whole_lines(tmp_path: Path) -> None:
    program = f"""
for number in range(300):
    set_aside(path, {DESTINATION!r}, f"{{sys.argv[2]}}-{{number}}", b'{{"x":"%s"}}' % (b"x" * 1500))
"""
    children = [started(program, tmp_path, str(number)) for number in range(3)]
    for child in children:
        child.communicate(timeout=60)
    assert [child.returncode for child in children] == [0, 0, 0]
    kept = lines(tmp_path, "refused.1.jsonl") + lines(tmp_path)
    assert len({line["reason"] for line in kept}) == len(kept) == 900


def test_it_is_not_stopped_by_one_who_renames_the_full_file(tmp_path: Path) -> None:
    path = tmp_path / f"{DESTINATION}.refused.jsonl"
    path.write_bytes(b'{"reason":1}\n' * (MOST_BYTES // 13))
    program = f"""
from questlog._outbox.connection import alone
with alone(path / "{DESTINATION}.refused.lock"):
    print(flush=True)
    input()
"""
    with started(program, tmp_path) as other:
        assert other.stdout is not None
        other.stdout.readline()
        set_aside(tmp_path, DESTINATION, "reason", EVENT)
        other.communicate("\n")
    assert lines(tmp_path)[-1]["reason"] == "reason"
    set_aside(tmp_path, DESTINATION, "next", EVENT)
    assert [line["reason"] for line in lines(tmp_path)] == ["next"]
    assert lines(tmp_path, "refused.1.jsonl")[-1]["reason"] == "reason"


@pytest.mark.skipif(os.name == "nt", reason="Windows limits no sizes of files")
def test_a_full_disk_is_told_and_leaves_no_line_that_spoils_the_next(tmp_path: Path) -> None:
    program = f"""
import resource
def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
body = b'{{"x":"%s"}}' % (b"x" * 100)
set_aside(path, {DESTINATION!r}, "first", body)
for size in (250, 250):
    limit(size)
    try:
        set_aside(path, {DESTINATION!r}, "cut off", body)
    except OutboxError as error:
        print(error.full, str(error).endswith("free some space on its disk"))
limit(10**6)
set_aside(path, {DESTINATION!r}, "last", body)
"""
    assert output(program, tmp_path) == ["True True", "True True"]
    text = (tmp_path / f"{DESTINATION}.refused.jsonl").read_text("utf-8")
    first, cut_off, last = text.splitlines()
    assert [json.loads(line)["reason"] for line in (first, last)] == ["first", "last"]
    assert cut_off.startswith('{"set_aside_at"')


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutboxError, match="choose another folder"):
        set_aside(tmp_path / "file", DESTINATION, "reason", EVENT)
