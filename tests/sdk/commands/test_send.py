"""`send` as a script runs it, at the fake server and the real API."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from questlog import Violation, uuid7
from questlog.testing import CONTEXT, FakeServer
from tests.api.conftest import ORION_KEY
from tests.api.serving import running
from tests.sdk.commands.services import KEY, run
from tests.sdk.samples import purchase

SECRET = "alice@example.com"
SHARED = CONTEXT.to_json()
Send = Callable[..., tuple[int, str, str]]


def _sale(**changes: Any) -> dict[str, Any]:
    """The members of a purchase that no other event has."""
    left_out = {"event", "schema_version", "event_id", "occurred_at", *SHARED}
    own = {name: value for name, value in purchase().to_json().items() if name not in left_out}
    return {**own, **changes}


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(KEY) as server:
        yield server


@pytest.fixture
def context(tmp_path: Path) -> Path:
    path = tmp_path / "context.json"
    path.write_text(json.dumps(SHARED))
    return path


@pytest.fixture
def send(tmp_path: Path, context: Path, capsys: pytest.CaptureFixture[str]) -> Send:
    """Sends purchases, each on a line of a file, to a URL."""
    key = tmp_path / "key.txt"

    def send(
        url: str, *events: object, more: tuple[str, ...] = (), write_key: str = KEY
    ) -> tuple[int, str, str]:
        key.write_text(write_key)
        file = tmp_path / "events.jsonl"
        file.write_text("\n".join(map(json.dumps, events)))
        options = ("--json", file, "--url", url, "--key-file", key, "--context", context)
        return run("send", "purchase", *options, *more, capsys=capsys)

    return send


def test_what_is_missing_is_filled_in(server: FakeServer, send: Send) -> None:
    status, out, _ = send(server.url, _sale())
    [event] = server.events
    assert status == 0
    assert out.splitlines() == [
        f"accepted  purchase {event['event_id']}",
        "1 accepted, 0 rejected, 0 not delivered",
    ]
    assert {name: event[name] for name in SHARED} == SHARED
    assert event["schema_version"] == purchase().schema_version


def test_what_is_there_is_sent_as_it_is(server: FakeServer, send: Send) -> None:
    form = purchase(player_id="anna").to_json()
    assert send(server.url, form)[0] == 0
    assert server.events == [form]


def test_many_are_sent_in_their_order(server: FakeServer, send: Send) -> None:
    ids = [str(uuid7()) for _ in range(1200)]
    status, out, _ = send(server.url, *(_sale(event_id=event_id) for event_id in ids))
    assert status == 0
    assert [event["event_id"] for event in server.events] == ids
    assert out.splitlines()[-1] == "1200 accepted, 0 rejected, 0 not delivered"


def test_the_real_api_accepts_what_is_sent(send: Send) -> None:
    with running() as (_, url):
        status, out, _ = send(url, _sale(), _sale(), write_key=ORION_KEY)
    assert status == 0
    assert out.endswith("2 accepted, 0 rejected, 0 not delivered\n")


def test_nothing_is_sent_unless_all_are_valid(server: FakeServer, send: Send) -> None:
    status, out, _ = send(server.url, _sale(), _sale(store=SECRET), _sale(**{SECRET: 1}), SECRET)
    assert status == 1
    lines = out.splitlines()
    assert lines[0].startswith("refused   event 2: store: must be one of app_store,")
    assert lines[0].endswith("(enum at /store)")
    assert lines[1].startswith("refused   event 3: has a property that the contract does not know")
    assert lines[2] == "refused   event 4: must be of type object (type at the root)"
    assert lines[3] == "3 of 4 event(s) refused, nothing was sent"
    assert SECRET not in out
    assert server.events == []


def test_another_event_is_refused(server: FakeServer, send: Send) -> None:
    status, out, _ = send(server.url, _sale(event="refund"))
    assert status == 1
    assert "const at /event" in out


def test_what_the_api_rejects_is_told_with_its_reasons(server: FakeServer, send: Send) -> None:
    server.reject(lambda event: event["quantity"] == 2 and Violation("/quantity", "maximum", "must be 1"))
    good, bad = str(uuid7()), str(uuid7())
    status, out, _ = send(server.url, _sale(event_id=good), _sale(event_id=bad, quantity=2))
    assert status == 1
    assert out.splitlines() == [
        f"rejected  purchase {bad}: quantity: must be 1 (maximum at /quantity)",
        f"accepted  purchase {good}",
        "1 accepted, 1 rejected, 0 not delivered",
    ]


def test_an_outage_is_sat_out(server: FakeServer, send: Send) -> None:
    server.fail_with(503, times=2)
    server.lose_answers()
    assert send(server.url, _sale())[0] == 0
    assert len(server.events) == 1


def test_what_is_not_answered_in_time_is_told(server: FakeServer, send: Send) -> None:
    server.hang()
    status, out, _ = send(server.url, _sale(), more=("--timeout", "0.3"))
    assert (status, out) == (1, "0 accepted, 0 rejected, 1 not delivered\n")


def test_a_wrong_key_is_told(server: FakeServer, send: Send, caplog: pytest.LogCaptureFixture) -> None:
    status, out, _ = send(server.url, _sale(), write_key="other", more=("--timeout", "0.5"))
    assert (status, out) == (1, "0 accepted, 0 rejected, 1 not delivered\n")
    assert "the write key is not accepted" in caplog.text
    assert "kept" not in caplog.text  # as there is no outbox


def test_an_install_that_is_there_twice_is_told(
    server: FakeServer, tmp_path: Path, context: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = {"install_kind": "first_open", "store": "steam", "attribution_status": "organic"}
    file, key = tmp_path / "installs.json", tmp_path / "key.txt"
    file.write_text(json.dumps([event, event]))
    key.write_text(KEY)
    options = ("--json", file, "--url", server.url, "--key-file", key, "--context", context)
    status, out, _ = run("send", "install", *options, capsys=capsys)
    assert status == 1
    assert "skipped   1 event(s): an install is sent once for each install_id" in out
    assert len(server.events) == 1


def test_a_dry_run_sends_nothing_and_needs_no_server(
    tmp_path: Path, context: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(_sale()))
    options = ("--json", file, "--context", context, "--dry-run")
    status, out, _ = run("send", "purchase", *options, capsys=capsys)
    assert (status, out) == (0, "1 event(s) valid, nothing was sent\n")


def test_without_a_context_an_event_must_have_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(_sale()))
    status, out, _ = run("send", "purchase", "--json", file, "--dry-run", capsys=capsys)
    assert status == 1
    assert "install_id: is required" in out
    _, _, example = out.partition(
        "--context FILE gives what all events share; with values of your own, such a file is\n"
    )
    told = tmp_path / "context.json"
    told.write_text(example)
    options = ("--json", file, "--context", told, "--dry-run")
    assert run("send", "purchase", *options, capsys=capsys)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["quest", "--json", "-"], "invalid choice"),
        (["purchase"], "--json"),
        (["purchase", "--json", "EVENT"], "--url and --key-file are needed"),
        (["purchase", "--json", "EVENT", "--url", "http://x"], "--url and --key-file are needed"),
        (["purchase", "--json", "EVENT", "--url", "x", "--key-file", "KEY"], "url must be like"),
        (["purchase", "--json", "EVENT", "--url", "http://x", "--key-file", "EMPTY"], "write_key must be"),
        (["purchase", "--json", "EVENT", "--url", "http://x", "--key-file", "NONE"], "cannot be read"),
        (["purchase", "--json", "NONE"], "cannot be read"),
        (["purchase", "--json", "EVENT", "--context", "NONE"], "cannot be read"),
        (["purchase", "--json", "EVENT", "--context", "EMPTY"], "no JSON object"),
        (["purchase", "--json", "EVENT", "--context", "EVENT"], "--context: install_id: "),
        (["purchase", "--json", "EVENT", "--timeout", "nan"], "more than 0"),
    ],
)
def test_wrong_usage_is_status_2_and_told(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"EVENT": json.dumps({**SHARED, **_sale()}), "KEY": KEY, "EMPTY": ""}
    if "--context" in arguments:
        files["EVENT"] = json.dumps(_sale())
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    given = [str(tmp_path / each) if each in {*files, "NONE"} else each for each in arguments]
    status, out, err = run("send", *given, capsys=capsys)
    assert (status, out) == (2, "")
    assert words in err


def test_the_standard_input_of_a_process_is_read(server: FakeServer, tmp_path: Path, context: Path) -> None:
    (tmp_path / "key").write_text(KEY)
    command = [sys.executable, "-m", "questlog", "send", "purchase", "--json", "-", "--url", server.url]
    done = subprocess.run(
        [*command, "--key-file", tmp_path / "key", "--context", context],
        input=json.dumps(_sale()),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(server.events) == 1
