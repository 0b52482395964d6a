import json
from pathlib import Path

import pytest

from questlog_api import Settings
from questlog_api.__main__ import main
from questlog_api.commands.settings import table
from tests.api.serving import HASH
from tests.repository import ROOT

KEYS = f'{{"orion": ["{HASH}"]}}'


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"QUESTLOG_{name.upper()}", raising=False)


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
    monkeypatch.setenv("QUESTLOG_QUOTA_REDIS_URL", "redis://:secret@example.test")
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
        ({"WRITE_KEYS": "orion"}, "write_keys"),
        ({"WRITE_KEYS": '{"orion": ["ql_key"]}'}, "QUESTLOG_WRITE_KEYS orion 0: "),
        ({"WRITE_KEYS": KEYS, "SINK": "tape"}, "QUESTLOG_SINK: "),
        ({"WRITE_KEYS": KEYS, "BODY_SECONDS": "0"}, "QUESTLOG_BODY_SECONDS: "),
        ({"WRITE_KEYS": KEYS, "MAX_BODY_BYTES": "30000000"}, "QUESTLOG_MAX_INFLIGHT_BYTES must be at least"),
        ({"WRITE_KEYS_FILE": "/nowhere/keys.json"}, "/nowhere/keys.json: No such file or directory"),
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


def test_good_settings_are_good(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "keys.json").write_text(KEYS, encoding="utf-8")
    monkeypatch.setenv("QUESTLOG_WRITE_KEYS_FILE", str(tmp_path / "keys.json"))
    assert main(["settings", "--check"]) == 0
    assert capsys.readouterr().out == "the settings are good\n"
