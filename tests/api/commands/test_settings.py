import json
import sys
from pathlib import Path

import pytest

from questlog_api import Settings
from questlog_api.__main__ import main
from questlog_api.commands.settings import table
from tests.api.serving import HASH
from tests.repository import ROOT

KEYS = f'{{"orion": ["{HASH}"]}}'


@pytest.fixture(autouse=True)
def nothing_wrong_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"QUESTLOG_{name.upper()}", raising=False)
    monkeypatch.setenv("QUESTLOG_ALLOW_DRAFTS", "true")
    monkeypatch.setenv("QUESTLOG_AWS_REGION", "eu-west-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


def test_the_readme_has_the_table_of_settings_as_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings"]) == 0
    printed = capsys.readouterr().out
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.partition("<!-- settings -->\n")[2].partition("<!-- /settings -->")[0]
    assert block == printed, "copy what `python -m questlog_api settings` prints between the comments"


def test_the_table_has_every_setting_with_its_meaning() -> None:
    rows = [line.split(" | ") for line in table().splitlines()[2:]]
    names = [f"| `QUESTLOG_{name.upper()}`" for name in Settings.model_fields]
    assert [name for name, _, _ in rows] == names
    assert [meaning for _, _, meaning in rows if len(meaning) < 20] == []


def test_what_is_set_is_not_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUESTLOG_WRITE_KEYS", KEYS)
    monkeypatch.setenv("QUESTLOG_QUOTA_REDIS_URL", "redis://:secret@example.test:6379")
    assert main(["settings"]) == main(["settings", "--json"]) == main(["settings", "--check"]) == 0
    printed = "".join(capsys.readouterr())
    assert "secret" not in printed
    assert HASH not in printed


def test_scripts_get_the_same_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    main(["settings", "--json"])
    settings = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert len(settings) == len(Settings.model_fields)
    assert settings["QUESTLOG_MAX_BATCH_EVENTS"]["default"] == 500
    assert settings["QUESTLOG_WRITE_KEYS"]["default"] is None


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "set QUESTLOG_WRITE_KEYS or QUESTLOG_WRITE_KEYS_FILE"),
        ({"WRITE_KEYS": "orion"}, "QUESTLOG_WRITE_KEYS: not JSON; write "),
        ({"WRITE_KEYS": '{"orion": ["ql_key"]}'}, "QUESTLOG_WRITE_KEYS: orion, key 1: "),
        ({"WRITE_KEYS": KEYS, "SPOL_PATH": "/a"}, "QUESTLOG_SPOL_PATH: there is no such setting; did you"),
        ({"WRITE_KEYS": KEYS, "SPOOL_PATH": str(ROOT)}, "QUESTLOG_SPOOL_PATH: this is a folder"),
        ({"WRITE_KEYS": KEYS, "SPOOL_PATH": f"{__file__}/spool"}, "QUESTLOG_SPOOL_PATH: nobody can write"),
        ({"WRITE_KEYS": KEYS, "CORS_ORIGINS": "a"}, "QUESTLOG_CORS_ORIGINS: not JSON"),
        ({"WRITE_KEYS": KEYS, "QUOTA_REDIS_URL": "http://a"}, "QUESTLOG_QUOTA_REDIS_URL must begin with"),
        ({"WRITE_KEYS": KEYS, "QUOTA_REDIS_URL": "redis://ql_key"}, "QUESTLOG_QUOTA_REDIS_URL lacks host or"),
        ({"WRITE_KEYS": KEYS, "SINK": "tape"}, "QUESTLOG_SINK: "),
        ({"WRITE_KEYS": KEYS, "BODY_SECONDS": "0"}, "QUESTLOG_BODY_SECONDS: "),
        ({"WRITE_KEYS": KEYS, "MAX_BODY_BYTES": "30000000"}, "QUESTLOG_MAX_INFLIGHT_BYTES must be at least"),
        ({"WRITE_KEYS_FILE": "/nowhere/keys.json"}, "/nowhere/keys.json: No such file or directory"),
        ({"WRITE_KEYS": KEYS, "AWS_REGION": "not a region"}, "QUESTLOG_AWS_REGION"),
        ({"WRITE_KEYS": KEYS, "FIREHOSE_ENDPOINT_URL": "firehose"}, "QUESTLOG_FIREHOSE_ENDPOINT_URL is not"),
    ],
)
def test_wrong_settings_are_named_when_they_are_checked(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environment: dict[str, str],
    message: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(f"QUESTLOG_{name}", value)
    assert main(["settings", "--check"]) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert "ql_key" not in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    ("extra", "module"), [("otel", "questlog_api.telemetry.otel"), ("redis", "redis.asyncio")]
)
def test_an_extra_that_is_missing_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], extra: str, module: str
) -> None:
    monkeypatch.setenv("QUESTLOG_WRITE_KEYS", KEYS)
    wanted = {"otel": ("TRACING", "true"), "redis": ("QUOTA_REDIS_URL", "redis://example.test:6379")}[extra]
    monkeypatch.setenv(f"QUESTLOG_{wanted[0]}", wanted[1])
    monkeypatch.setitem(sys.modules, module, None)
    assert main(["settings", "--check"]) == 2
    assert f"needs the extra `{extra}`" in capsys.readouterr().err


def test_a_file_of_keys_without_one_is_not_good(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "keys.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("QUESTLOG_WRITE_KEYS_FILE", str(tmp_path / "keys.json"))
    assert main(["settings", "--check"]) == 2
    assert capsys.readouterr().err == f"{tmp_path / 'keys.json'}: it holds no key\n"


def test_good_settings_are_good(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "keys.json").write_text(KEYS, encoding="utf-8")
    monkeypatch.setenv("QUESTLOG_WRITE_KEYS_FILE", str(tmp_path / "keys.json"))
    assert main(["settings", "--check"]) == 0
    assert capsys.readouterr().out == "the settings are good\n"


def test_a_profile_that_is_not_there_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUESTLOG_WRITE_KEYS", KEYS)
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert main(["settings", "--check"]) == 2
    assert "(ProfileNotFound): set AWS_PROFILE" in capsys.readouterr().err


def test_a_region_that_is_missing_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUESTLOG_WRITE_KEYS", KEYS)
    monkeypatch.setenv("QUESTLOG_AWS_REGION", "")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere/config")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert main(["settings", "--check"]) == 2
    assert "set QUESTLOG_AWS_REGION" in capsys.readouterr().err


def test_the_address_of_firehose_is_not_shown_when_it_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUESTLOG_WRITE_KEYS", KEYS)
    monkeypatch.setenv("QUESTLOG_FIREHOSE_ENDPOINT_URL", "user:secret@firehose")
    assert main(["settings", "--check"]) == 2
    assert "secret" not in capsys.readouterr().err
