"""The command against a Firehose that speaks HTTP; `tests/pipeline` follows its events to their table."""

import gzip
import io
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from questlog_api import Settings
from questlog_api.__main__ import main
from questlog_api.sinks import Stream
from questlog_api.sinks.spool_file import SpoolFile
from tests.api.serving import HASH, HEADERS, running
from tests.api.sinks.conftest import REGION, Aws
from tests.api.sinks.conftest import aws as aws  # noqa: PLC0414 - a fixture
from tests.api.sinks.conftest import cloud as cloud  # noqa: PLC0414 - a fixture

Run = Callable[..., tuple[int, dict[str, Any]]]

ARRIVAL = {
    "received_at": "2026-10-01T18:00:00.123Z",
    "sent_at": None,
    "game_id": "orion",
    "request_id": "b4c0ffee-0000-4000-8000-000000000001",
}


@pytest.fixture(autouse=True)
def environment(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"QUESTLOG_{name.upper()}", raising=False)
    values = {
        "WRITE_KEYS": f'{{"orion": ["{HASH}"]}}',
        "ALLOW_DRAFTS": "true",
        "AWS_REGION": REGION,
        "FIREHOSE_ENDPOINT_URL": aws.url,
        "EVENTS_STREAM": aws.stream("events"),
        "REJECTS_STREAM": aws.stream("rejects"),
    }
    for name, value in values.items():
        monkeypatch.setenv(f"QUESTLOG_{name}", value)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command; give its exit status and its summary."""

    def run(*arguments: str | Path) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        status = main(["replay", "--json", *map(str, arguments)])
        return status, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def rejects(purchase: dict[str, Any], tmp_path: Path) -> Path:
    """A folder as Firehose writes it: two purchases that were unknown then, and one that is not valid."""
    folder = tmp_path / "rejects" / "2026" / "10" / "01"
    folder.mkdir(parents=True)
    (folder / "questlog-1").write_bytes(reject(purchase))
    broken = {**purchase, "quantity": 0}
    (folder / "questlog-2.gz").write_bytes(gzip.compress(reject(broken)) + gzip.compress(reject(purchase)))
    return tmp_path / "rejects"


def reject(event: Any, **members: Any) -> bytes:
    payload = event if isinstance(event, str) else json.dumps(event)
    refused = {"reason": "unknown_version", "errors": [], "payload": payload, "payload_bytes": len(payload)}
    return json.dumps({**ARRIVAL, **refused, **members}).encode() + b"\n"


def test_a_folder_is_replayed_and_what_is_still_refused_goes_to_a_file(
    run: Run, aws: Aws, rejects: Path, purchase: dict[str, Any], tmp_path: Path
) -> None:
    left = tmp_path / "left.ndjson"
    status, summary = run("--still-refused", left, rejects)
    assert status == 1
    assert summary["replayed"] == {"purchase": 2}
    assert summary["still_refused"] == [{"reason": "invalid_event", "event": "purchase", "lines": 1}]
    assert [json.loads(line) for line in aws.lines("events")] == [{**ARRIVAL, "event": purchase}] * 2
    assert aws.lines("rejects") == []
    [line] = map(json.loads, left.read_bytes().splitlines())
    assert [error["pointer"] for error in line["errors"]] == ["/quantity"]
    assert stat.S_IMODE(left.stat().st_mode) == 0o600


def test_the_status_is_0_when_everything_asked_for_was_replayed(run: Run, rejects: Path) -> None:
    status, summary = run("--game", "orion", rejects / "2026" / "10" / "01" / "questlog-1")
    assert (status, summary["complete"], summary["lines"]) == (0, True, 1)


def test_a_dry_run_delivers_nothing_and_tells_the_same(run: Run, aws: Aws, rejects: Path) -> None:
    status, summary = run("--dry-run", rejects)
    assert (status, summary["dry_run"], summary["replayed"]) == (1, True, {"purchase": 2})
    assert aws.lines("events") == []


def test_lines_are_read_from_a_pipe(
    run: Run, aws: Aws, purchase: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = io.BufferedReader(io.BytesIO(reject("", payload=purchase)))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=given))
    assert run("-")[0] == 0
    assert [json.loads(line)["event"] for line in aws.lines("events")] == [purchase]


@pytest.mark.parametrize("option", [["--event", "install"], ["--reason", "too_large"], ["--game", "vega"]])
def test_what_is_not_asked_for_is_left_alone(run: Run, aws: Aws, rejects: Path, option: list[str]) -> None:
    status, summary = run(*option, rejects)
    assert (status, summary["skipped"], summary["lines"]) == (0, 3, 3)
    assert aws.lines("events") == []


def test_people_are_told_in_words(capsys: pytest.CaptureFixture[str], rejects: Path, tmp_path: Path) -> None:
    (tmp_path / "cut").write_bytes(reject("{", payload_bytes=99_999) + b"nothing\n")
    assert main(["replay", str(rejects), str(tmp_path / "cut")]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed == [
        "read 5 lines, 0 of them not asked for",
        "replayed: 2",
        "  2 purchase",
        "still refused: 1",
        "  1 purchase: invalid_event: /quantity minimum",
        "cut when they were refused, so that nobody can replay them: 1",
        "no line of the rejects stream, or its payload is not JSON: 1",
    ]


def test_a_filter_that_nothing_matches_is_told(capsys: pytest.CaptureFixture[str], rejects: Path) -> None:
    assert main(["replay", "--game", "nope", str(rejects)]) == 0
    assert "none of the lines is of game nope" in capsys.readouterr().out.splitlines()


def test_no_write_key_is_needed(monkeypatch: pytest.MonkeyPatch, run: Run, rejects: Path) -> None:
    monkeypatch.delenv("QUESTLOG_WRITE_KEYS")
    assert run(rejects)[1]["replayed"] == {"purchase": 2}


def test_a_dry_run_makes_no_file(run: Run, rejects: Path, tmp_path: Path) -> None:
    run("--dry-run", "--still-refused", tmp_path / "left", rejects)
    assert not (tmp_path / "left").exists()


def test_a_spool_that_is_in_use_is_told_with_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = SpoolFile(tmp_path / "spool.sqlite", 1_000_000)
    try:
        assert main(["replay", "--dry-run", str(tmp_path / "spool.sqlite")]) == 1
        dry = capsys.readouterr().out
        assert main(["replay", str(tmp_path / "spool.sqlite")]) == 1
    finally:
        file.close()
    assert "another process uses it: stop the process first" in dry
    assert "stop the process first" in capsys.readouterr().out


def test_no_value_that_was_submitted_is_told(
    capsys: pytest.CaptureFixture[str], purchase: dict[str, Any], tmp_path: Path
) -> None:
    secret = "jane@example.com"
    lines = [reject({**purchase, "player_id": secret, secret: 1}), reject({"event": secret}), secret.encode()]
    (tmp_path / "rejects").write_bytes(b"\n".join(lines))
    assert main(["replay", str(tmp_path / "rejects")]) == 1
    assert main(["replay", "--json", str(tmp_path / "rejects")]) == 1
    printed = capsys.readouterr()
    assert secret not in printed.out + printed.err


def test_a_broken_file_does_not_keep_the_others_from_being_replayed(
    run: Run, rejects: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken").write_bytes(gzip.compress(reject({}))[:-9])
    status, summary = run(tmp_path / "broken", rejects / "2026" / "10" / "01" / "questlog-1")
    assert (status, summary["replayed"]) == (1, {"purchase": 1})
    assert summary["unreadable"] == [f"{tmp_path / 'broken'}: the gzip is broken or ends early"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: there is no such file or folder"),
        (["--event", "purchas", "."], "--event: no contract here has this name; there are: "),
        (["--still-refused", "left", "."], "left exists already: --still-refused wants a new file"),
    ],
    ids=["no file", "no event", "a file that is there"],
)
def test_wrong_usage_is_told_before_anything_is_read(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "left").write_bytes(b"the only copy")
    assert main(["replay", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert (tmp_path / "left").read_bytes() == b"the only copy"


@pytest.mark.parametrize("arguments", [[], ["--reason", "bad", "."], ["--bytes-per-second", "0", "."]])
def test_wrong_options_are_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["replay", *arguments])
    assert exit_.value.code == 2


def test_wrong_settings_are_wrong_usage(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUESTLOG_PACKING", "boxes")
    assert main(["replay", "."]) == 2
    assert "QUESTLOG_PACKING" in capsys.readouterr().err


def test_a_sink_in_memory_is_none_to_replay_into(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, run: Run, rejects: Path
) -> None:
    monkeypatch.setenv("QUESTLOG_SINK", "memory")
    assert main(["replay", str(rejects)]) == 2
    assert "QUESTLOG_SINK is memory" in capsys.readouterr().err
    assert run("--dry-run", rejects)[1]["replayed"] == {"purchase": 2}


def test_a_firehose_that_is_down_ends_it_and_says_how_far_it_came(
    monkeypatch: pytest.MonkeyPatch, run: Run, rejects: Path
) -> None:
    monkeypatch.setenv("QUESTLOG_FIREHOSE_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("QUESTLOG_DELIVERY_SECONDS", "0.1")
    status, summary = run(rejects)
    assert (status, summary["undelivered"], summary["replayed"]) == (1, 2, {})
    assert summary["stopped"]
    assert summary["place"].endswith("questlog-2.gz:2")


def test_the_lines_of_a_spool_go_to_their_streams(run: Run, aws: Aws, tmp_path: Path) -> None:
    file = SpoolFile(tmp_path / "spool.sqlite", 1_000_000)
    file.append(Stream.EVENTS, [b'{"event": 1}\n'])
    file.append(Stream.REJECTS, [b'{"payload": 1}\n'])
    file.close()
    status, summary = run(tmp_path / "spool.sqlite")
    assert (status, summary["sent_from_spools"]) == (0, {"events": 1, "rejects": 1})
    assert (aws.lines("events"), aws.lines("rejects")) == ([b'{"event": 1}\n'], [b'{"payload": 1}\n'])


def test_what_a_killed_service_left_in_its_spool_is_sent(
    run: Run, aws: Aws, purchase: dict[str, Any], tmp_path: Path
) -> None:
    down = {
        "SINK": "firehose",
        "AWS_REGION": REGION,
        "FIREHOSE_ENDPOINT_URL": "http://127.0.0.1:9",
        "SPOOL_PATH": str(tmp_path / "spool.sqlite"),
        "SPOOL_AFTER_SECONDS": "0.1",
    }
    with running(down) as (process, url):
        answer = httpx.post(f"{url}/v1/events/purchase", json=purchase, headers=HEADERS)
        process.kill()
    assert answer.status_code == 202
    status, summary = run(tmp_path / "spool.sqlite")
    assert (status, summary["sent_from_spools"]) == (0, {"events": 1})
    assert [json.loads(line)["event"] for line in aws.lines("events")] == [purchase]
    assert run(tmp_path / "spool.sqlite")[1]["sent_from_spools"] == {}


def test_the_spool_of_the_service_is_not_touched_by_a_replay_of_rejects(
    monkeypatch: pytest.MonkeyPatch, run: Run, rejects: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("QUESTLOG_SPOOL_PATH", str(tmp_path / "spool.sqlite"))
    assert run(rejects)[1]["replayed"] == {"purchase": 2}
    assert not (tmp_path / "spool.sqlite").exists()


def test_a_spool_in_a_folder_is_told_and_not_taken_for_rejects(run: Run, tmp_path: Path) -> None:
    SpoolFile(tmp_path / "spool.sqlite", 1_000_000).close()
    status, summary = run(tmp_path)
    assert status == 1
    assert summary["unreadable"] == [f"{tmp_path / 'spool.sqlite'}: a spool: name the file, not its folder"]


def test_a_spool_cannot_be_replayed_in_part(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    SpoolFile(tmp_path / "spool.sqlite", 1_000_000).close()
    assert main(["replay", "--event", "purchase", str(tmp_path / "spool.sqlite")]) == 2
    assert "a spool is sent as it is" in capsys.readouterr().err


@pytest.fixture
def many(purchase: dict[str, Any], tmp_path: Path) -> Path:
    (tmp_path / "many").write_bytes(reject(purchase) * 2000)
    return tmp_path / "many"


@pytest.fixture
def slow(many: Path) -> Iterator["subprocess.Popen[str]"]:
    """A replay of 2000 events, at a pace that takes it half an hour."""
    options = ["--json", "--bytes-per-second", "1000", str(many)]
    with subprocess.Popen(
        [sys.executable, "-m", "questlog_api", "replay", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_signal_ends_it_in_good_order_and_says_how_far_it_came(
    aws: Aws, slow: "subprocess.Popen[str]"
) -> None:
    while not aws.lines("events"):
        assert slow.poll() is None
    slow.send_signal(signal.SIGTERM)
    printed, _ = slow.communicate(timeout=30)
    summary = json.loads(printed)
    assert slow.returncode == 1
    assert summary["stopped"] == "SIGTERM came"
    assert len(aws.lines("events")) == summary["replayed"]["purchase"] == summary["lines"]
    assert summary["place"].endswith(f"many:{summary['lines']}")


def test_long_work_is_told_about_on_stderr(slow: "subprocess.Popen[str]") -> None:
    assert slow.stderr is not None
    line = slow.stderr.readline()
    assert " lines read, " in line
    assert "many:" in line


@pytest.mark.skipif(shutil.which("jq") is None, reason="this machine has no jq")
def test_the_way_to_repair_that_the_help_shows_works(
    capsys: pytest.CaptureFixture[str], aws: Aws, purchase: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit):
        main(["replay", "--help"])
    shown = capsys.readouterr().out
    command = shown[shown.index("  find rejects") : shown.index("\n\nA spool")]
    broken = {**purchase, "price": {"amount_micros": 1, "currency": "eur"}}
    (tmp_path / "rejects").mkdir()
    payload = json.dumps(broken, separators=(",", ":"))
    (tmp_path / "rejects" / "a.gz").write_bytes(gzip.compress(reject(payload)))
    (tmp_path / "rejects" / "b").write_bytes(reject({"event": "other"}))
    shell = ["sh", "-c", command.replace("python -m", f"{sys.executable} -m")]
    subprocess.run(shell, cwd=tmp_path, env=os.environ, check=True, capture_output=True)
    price = {"amount_micros": 1, "currency": "EUR"}
    assert [json.loads(line)["event"] for line in aws.lines("events")] == [{**purchase, "price": price}]
