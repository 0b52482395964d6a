import json
import resource
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from questlog_api.__main__ import main
from questlog_api.commands import serve
from questlog_api.gate.keys import key_hash, new_key
from tests.api.serving import HASH, HEADERS, running, sources_with, starting
from tests.api.versions import QUESTS, released
from tests.warehouse.contracts import catalog


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running() as (_, url):
        yield url


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "set QUESTLOG_WRITE_KEYS or QUESTLOG_WRITE_KEYS_FILE"),
        ({"QUESTLOG_WRITE_KEYS": "orion"}, "QUESTLOG_WRITE_KEYS: not JSON; write "),
        ({"QUESTLOG_WRITE_KEYS": '{"orion": ["ql_key"]}'}, "QUESTLOG_WRITE_KEYS: orion, key 1: "),
        ({"QUESTLOG_WRITE_KEYS": f'{{"orion": ["{HASH}"]}}', "QUESTLOG_SINK": "tape"}, "QUESTLOG_SINK"),
        ({"QUESTLOG_WRITE_KEYS": f'{{"a": ["{HASH}"], "b": ["{HASH}"]}}'}, "QUESTLOG_WRITE_KEYS: "),
        (
            {"QUESTLOG_WRITE_KEYS_FILE": "/nowhere/keys.json", "QUESTLOG_SINK": "memory"},
            "/nowhere/keys.json: No such file",
        ),
    ],
)
def test_wrong_settings_are_named_without_their_values(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environment: dict[str, str],
    message: str,
) -> None:
    monkeypatch.delenv("QUESTLOG_WRITE_KEYS", raising=False)
    monkeypatch.setenv("QUESTLOG_ALLOW_DRAFTS", "true")
    monkeypatch.setattr("questlog_api.commands.serve.log_to_stderr", lambda *_: None)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(["serve"]) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert "ql_key" not in printed


def test_a_service_with_drafts_does_not_start_and_says_what_to_do(tmp_path: Path) -> None:
    first, *_, last = QUESTS
    sources = sources_with(catalog(*released(first), last), tmp_path)
    with starting({}, sources=sources) as process:
        _, printed = process.communicate(timeout=20)
    assert process.returncode == 2
    assert f": {last.key}. Release them with `nox -s release`, or set QUESTLOG_ALLOW_DRAFTS=true" in printed
    assert first.key not in printed


def test_a_service_with_drafts_starts_when_it_is_told_to(tmp_path: Path) -> None:
    with running({"ALLOW_DRAFTS": "true"}, sources=sources_with(catalog(*QUESTS), tmp_path)) as (_, url):
        listed = httpx.get(f"{url}/v1/schemas").json()["contracts"]
    assert {entry["status"] for entry in listed} == {"draft"}


def test_the_service_takes_events(url: str, purchase: dict[str, Any]) -> None:
    assert httpx.get(f"{url}/readyz").status_code == 200
    assert httpx.post(f"{url}/v1/events/purchase", json=purchase, headers=HEADERS).status_code == 202


def test_the_service_answers_before_it_has_read_a_body_that_is_too_large(url: str) -> None:
    headers = HEADERS | {"Content-Type": "application/json"}
    response = httpx.post(f"{url}/v1/events", content=b" " * 20_000_000, headers=headers)
    assert response.status_code == 413


def test_a_body_that_never_ends_is_answered_and_its_connection_closed() -> None:
    head = f"POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: {HEADERS['Authorization']}\r\n"
    head += "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n"
    with running({"BODY_SECONDS": "0.2"}) as (_, url):
        address = urlsplit(url)
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            connection.sendall(head.encode() + b"{")
            answer = b"".join(iter(partial(connection.recv, 4096), b""))
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"\r\nconnection: close\r\n" in answer.lower()
    assert b"urn:questlog:problem:timeout" in answer


def test_the_log_never_shows_a_payload_at_any_level(
    purchase: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    endpoint = {
        "SINK": "firehose",
        "AWS_REGION": "eu-central-1",
        "FIREHOSE_ENDPOINT_URL": "http://127.0.0.1:9",
    }
    with running({**endpoint, "DELIVERY_SECONDS": "0.2", "LOG_LEVEL": "DEBUG"}) as (process, url):
        response = httpx.post(f"{url}/v1/events/purchase", json=purchase, headers=HEADERS)
        assert response.status_code == 503
        process.terminate()
        assert process.stderr is not None
        log = process.stderr.read()
    [entry] = [entry for entry in map(json.loads, log.splitlines()) if "not delivered" in entry["message"]]
    assert entry["request_id"] == response.headers["Questlog-Request-Id"]
    assert [value for value in purchase.values() if isinstance(value, str) and f'"{value}"' in log] == []
    assert "put_record_batch" not in log


def test_a_key_in_the_file_is_valid_without_a_restart(purchase: dict[str, Any], tmp_path: Path) -> None:
    key, file = new_key(), tmp_path / "keys.json"
    file.write_text("{}", encoding="utf-8")
    headers = {"Authorization": f"Bearer {key}"}
    with running({"WRITE_KEYS_FILE": str(file)}) as (_, url):
        assert httpx.post(f"{url}/v1/events/purchase", json=purchase, headers=headers).status_code == 401
        file.write_text(json.dumps({"vega": [key_hash(key.encode())]}), encoding="utf-8")
        deadline = monotonic() + 10
        while httpx.post(f"{url}/v1/events/purchase", json=purchase, headers=headers).status_code != 202:
            assert monotonic() < deadline


def test_the_service_speaks_of_what_is_lacking_at_its_start(tmp_path: Path) -> None:
    with starting({"ALLOW_DRAFTS": "true", "WRITE_KEYS_FILE": str(tmp_path / "keys.json")}) as process:
        _, printed = process.communicate(timeout=20)
    assert process.returncode == 2
    assert printed.splitlines()[-1] == f"{tmp_path / 'keys.json'}: No such file or directory"
    assert "Traceback" not in printed


def test_what_boto3_does_not_begin_with_is_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with starting({"ALLOW_DRAFTS": "true", "SINK": "firehose", "AWS_REGION": "eu-west-1"}) as process:
        _, printed = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "ProfileNotFound" in printed.splitlines()[-1]
    assert "Traceback" not in printed


def test_a_misspelt_setting_is_warned_of(tmp_path: Path) -> None:
    wrong = {"SPOL_PATH": "/a/secret", "WRITE_KEYS_FILE": str(tmp_path / "keys.json")}
    with starting({"ALLOW_DRAFTS": "true", **wrong}) as process:
        _, printed = process.communicate(timeout=20)
    assert "QUESTLOG_SPOL_PATH: there is no such setting; did you mean QUESTLOG_SPOOL_PATH?" in printed
    assert "secret" not in printed


def test_as_many_files_may_be_open_as_connections_need() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        serve._allow_files(300)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (300, before[1])
        serve._allow_files(10)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (300, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_files_that_may_not_be_opened_are_told(caplog: pytest.LogCaptureFixture) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] == resource.RLIM_INFINITY:
        pytest.skip("there is no limit here")
    try:
        serve._allow_files(before[1] + 1)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert f"raise it to {before[1] + 1}" in caplog.text
