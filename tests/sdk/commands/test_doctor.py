"""`doctor` as a person runs it, at the fake server, the real API, and what else may listen."""

import io
import json
import socket
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from questlog import Client
from questlog._clock import Clock
from questlog._commands import doctor
from questlog.testing import CONTEXT, FakeServer
from questlog.testing._http import Request
from questlog.testing._replies import Reply, problem
from tests.api.conftest import ORION_KEY
from tests.api.serving import running, sources_with
from tests.repository import shipped_catalog
from tests.sdk.commands.services import KEY, listening, replying, run
from tests.sdk.samples import BOUGHT

Doctor = Callable[..., tuple[int, dict[str, tuple[str, str]]]]
"""Runs it for scripts; gives the status, and check -> state and detail."""


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(KEY) as server:
        yield server


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key.txt"
    path.write_text(f"{KEY}\n")
    return path


@pytest.fixture
def examine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Doctor:
    def examine(*arguments: str | Path) -> tuple[int, dict[str, tuple[str, str]]]:
        outbox = () if "--outbox" in arguments else ("--outbox", tmp_path)
        status, out, _ = run("doctor", "--json", *outbox, *arguments, capsys=capsys)
        told = json.loads(out)
        assert told["ok"] == (status == 0)
        return status, {each["check"]: (each["state"], each["detail"]) for each in told["checks"]}

    return examine


def test_all_is_well_at_an_api(server: FakeServer, examine: Doctor, key_file: Path) -> None:
    status, told = examine(server.url, "--key-file", key_file)
    assert status == 0
    assert [state for state, _ in told.values()] == ["ok"] * 7
    assert list(told) == ["url", "connection", "api", "key", "clock", "versions", "outbox"]
    assert server.events == []


def test_each_check_is_a_line_for_people(
    server: FakeServer, key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.login_page(None)
    status, out, _ = run("doctor", server.url, "--key-file", key_file, capsys=capsys)
    assert status == 1
    lines = out.splitlines()
    assert len(lines) == 7
    assert lines[0] == f"ok           url: {server.url}"
    assert lines[2].startswith("wrong        api: another service answers, or a login page")


def test_all_is_well_at_the_real_api(examine: Doctor) -> None:
    with running() as (_, url):
        status, told = examine(url, "--key", ORION_KEY)
    assert (status, told["key"][0], told["versions"][0]) == (0, "ok", "ok")


def test_the_real_api_tells_a_wrong_key(examine: Doctor) -> None:
    with running() as (_, url):
        status, told = examine(url, "--key", KEY)
    assert status == 1
    assert told["key"] == ("wrong", "HTTP 401: the write key is not accepted: check write_key")
    assert told["versions"][0] == "ok"


def test_a_real_api_that_lacks_an_event_has_to_be_updated(examine: Doctor, tmp_path: Path) -> None:
    catalog = shipped_catalog()
    older = replace(catalog, contracts=tuple(c for c in catalog.contracts if c.event != "refund"))
    with running(sources=sources_with(older, tmp_path)) as (_, url):
        status, told = examine(url, "--key", ORION_KEY)
    assert status == 1
    state, detail = told["versions"]
    assert state == "wrong"
    assert "refund 1.0, an event it does not know: update the API" in detail
    assert "purchase" not in detail


def test_without_a_key_it_is_not_checked(server: FakeServer, examine: Doctor) -> None:
    status, told = examine(server.url)
    assert status == 0
    assert told["key"] == ("not checked", "give --key-file")


def test_a_key_that_cannot_be_one_is_not_sent(examine: Doctor, server: FakeServer) -> None:
    status, told = examine(server.url, "--key", "with space")
    assert status == 1
    assert told["key"] == ("wrong", "write_key must be visible ASCII characters without spaces")


@pytest.mark.parametrize("url", ["events.example.com", "http://user:secret@localhost", "ftp://localhost", ""])
def test_a_url_that_is_none_is_told_and_not_repeated(url: str, examine: Doctor) -> None:
    status, told = examine(url)
    assert status == 1
    assert told["url"][0] == "wrong"
    assert "secret" not in str(told)
    assert told["connection"] == ("not checked", "the URL has to be right first")
    assert told["outbox"][0] == "ok"


def test_a_name_that_does_not_resolve_is_told(examine: Doctor) -> None:
    status, told = examine("http://questlog.invalid")  # RFC 2606: nobody has it
    assert status == 1
    assert told["connection"][0] == "wrong"
    assert "DNS" in told["connection"][1]
    assert told["key"] == ("not checked", "the connection has to work first")


def test_a_port_where_nothing_listens_is_told(examine: Doctor) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # and not listening
        status, told = examine(f"http://127.0.0.1:{free.getsockname()[1]}")
    assert status == 1
    assert told["connection"][1].startswith("nothing listens there")


def test_an_api_that_does_not_answer_is_told(server: FakeServer, examine: Doctor) -> None:
    server.hang()
    status, told = examine(server.url, "--timeout", "0.2")
    assert status == 1
    assert told["connection"][1].startswith("no answer within 0.2 seconds")


def test_https_where_http_is_spoken_is_told(server: FakeServer, examine: Doctor) -> None:
    _, told = examine(server.url.replace("http:", "https:"))
    assert told["connection"][0] == "wrong"
    assert "http://" in told["connection"][1]


def test_what_hangs_up_is_told(examine: Doctor) -> None:
    with listening(lambda _: None) as url:
        _, told = examine(url)
    assert told["connection"][1].startswith("what listens there does not speak HTTP")


def test_the_path_of_events_is_not_part_of_the_url(server: FakeServer, examine: Doctor) -> None:
    _, told = examine(f"{server.url}/v1/events")
    assert told["url"] == ("wrong", 'url must end before /v1/events, as in "https://events.example.com"')
    assert told["connection"][0] == "not checked"


def test_a_path_where_no_api_is_is_told(server: FakeServer, examine: Doctor) -> None:
    _, told = examine(f"{server.url}/elsewhere")
    assert told["api"] == (
        "wrong",
        "GET /healthz: HTTP 404; no Questlog API is there; the URL is the part before /v1/events",
    )
    assert told["versions"][0] == "not checked"


def test_a_redirect_is_told_and_not_followed(server: FakeServer, examine: Doctor) -> None:
    moved = replying(HTTPStatus.MOVED_PERMANENTLY, headers={"Location": f"{server.url}/healthz"})
    with listening(moved) as url:
        status, told = examine(url, "--key", KEY)
    assert status == 1
    assert "redirects" in told["api"][1]
    assert told["key"][0] == "wrong"


def test_another_service_is_told(examine: Doctor) -> None:
    with listening(replying(HTTPStatus.OK, {"status": "ok"})) as url:
        status, told = examine(url, "--key", KEY)
    assert status == 1
    assert told["api"][1].startswith("another service answers")
    assert told["key"][0] == "wrong"
    assert told["clock"][0] == told["versions"][0] == "not checked"


def test_what_takes_an_empty_batch_is_told(examine: Doctor) -> None:
    taking = {"accepted": 0, "rejected": 0, "events": []}
    with listening(replying(HTTPStatus.ACCEPTED, taking)) as url:
        _, told = examine(url, "--key", KEY)
    assert "takes an empty batch" in told["key"][1]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(400, b""), "damaged"),
        (Reply(413, b""), "too large"),
        (Reply(415, b""), "takes no such request"),
        (Reply(503, b""), "wait in the outbox"),
        (problem(400, "not-json", ""), "damaged"),
        (problem(413, "too-large", ""), "is refused by the API even when sent alone (HTTP 413)"),
        (problem(415, "unsupported-media-type", ""), "takes no such request"),
        (problem(429, "rate-limited", ""), "HTTP 429"),
    ],
)
def test_what_is_answered_to_the_batch_alone_is_told(
    reply: Reply, words: str, server: FakeServer, examine: Doctor
) -> None:
    def respond(request: Request) -> Reply:
        return server._answer(request) if request.method == "GET" else reply

    with listening(respond) as url:
        status, told = examine(url, "--key", KEY)
    assert status == 1
    assert (told["api"][0], told["key"][0]) == ("ok", "wrong")
    assert words in told["key"][1]


@pytest.mark.parametrize(("hours", "words"), [(2, "ahead of the API's"), (-2, "behind the API's"), (0, "")])
def test_a_clock_that_is_off_is_told(hours: int, words: str, server: FakeServer, tmp_path: Path) -> None:
    class Off(Clock):
        def now(self) -> datetime:
            return datetime.now(UTC) + timedelta(hours=hours)

    out = io.StringIO()
    parser = ArgumentParser()
    doctor.add_arguments(parser)
    options = parser.parse_args([server.url, "--outbox", str(tmp_path)])
    status = doctor.run(options, out, Off())
    assert status == (1 if hours else 0)
    line = next(line for line in out.getvalue().splitlines() if "clock:" in line)
    assert line.startswith("wrong" if hours else "ok")
    assert words in line


def test_events_that_wait_are_counted(server: FakeServer, examine: Doctor, tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    server.fail_with(503, times=None)
    with Client(server.url, KEY, context=CONTEXT, outbox=folder) as client:
        client.purchase(**BOUGHT)
        assert not client.flush(0.2)
        client.close(0)
    server.recover()
    status, told = examine(server.url, "--key", KEY, "--outbox", folder)
    assert status == 0
    assert "1 file(s) of 1 destination(s)" in told["outbox"][1]
    assert told["outbox"][1].endswith("wait, 1 of them for this URL and key")


def test_without_a_home_the_outbox_is_not_checked(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(doctor, "default_folder", homeless)
    status, out, _ = run("doctor", server.url, capsys=capsys)
    assert status == 0
    assert out.splitlines()[-1] == "not checked  outbox: this user has no home; give --outbox"


def test_a_file_of_the_key_that_is_not_there_is_wrong_usage(
    server: FakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run("doctor", server.url, "--key-file", tmp_path / "none", capsys=capsys)
    assert (status, out) == (2, "")
    assert "--key-file" in err
    assert "No such file" in err


@pytest.mark.parametrize(
    "arguments", [[], ["http://x", "--timeout", "0"], ["http://x", "--key", "k", "--key-file", "f"]]
)
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("doctor", *arguments, capsys=capsys)[0] == 2


def test_the_key_of_the_environment_is_not_read(
    server: FakeServer, examine: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("QUESTLOG_WRITE_KEY", "QUESTLOG_KEY"):
        monkeypatch.setenv(name, KEY)
    assert examine(server.url)[1]["key"][0] == "not checked"


def test_a_folder_that_cannot_be_written_is_told(server: FakeServer, examine: Doctor, tmp_path: Path) -> None:
    status, told = examine(server.url, "--outbox", tmp_path / ("x" * 300))
    assert status == 1
    assert told["outbox"][0] == "wrong"


def test_a_path_that_is_not_ascii_is_asked_for(server: FakeServer, examine: Doctor) -> None:
    paths: list[str] = []

    def respond(request: Request) -> Reply:
        paths.append(request.path)
        return server._answer(request)

    with listening(respond) as url:
        assert examine(f"{url}/m\u00fcnchen%20/")[0] == 1
    assert paths == ["/m%C3%BCnchen%20/healthz", "/m%C3%BCnchen%20/v1/schemas"]


def test_proxy_settings_that_httpx_refuses_are_told(
    server: FakeServer, examine: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "nonsense://127.0.0.1")
    status, told = examine(server.url, "--key", KEY)
    assert status == 1
    assert "proxy settings" in told["key"][1]


def test_a_proxy_that_urllib_cannot_use_is_told_without_its_password(
    server: FakeServer, examine: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "//user:secret@")
    status, told = examine(server.url, "--key", KEY)
    assert status == 1
    assert "HTTP_PROXY" in told["connection"][1]
    assert "secret" not in str(told)


def test_a_key_file_may_begin_with_the_mark_of_an_editor(
    server: FakeServer, examine: Doctor, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    file.write_text(KEY, encoding="utf-8-sig")
    assert examine(server.url, "--key-file", str(file))[0] == 0
