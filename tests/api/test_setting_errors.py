from typing import Any

import pytest
from pydantic import ValidationError

from questlog_api import Settings
from questlog_api.setting_errors import explained, told
from tests.api.serving import HASH


def defects(**settings: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Settings(**settings)
    return explained(caught.value)


def test_a_defect_is_told_by_the_name_in_the_environment_and_its_place() -> None:
    [line] = defects(write_keys={"orion": (HASH, "ql_key")})
    assert line.startswith("QUESTLOG_WRITE_KEYS: orion, key 2: not a SHA-256 in hex; ")
    assert "ql_key" not in line


@pytest.mark.parametrize("name", ["ql_key", "Orion the Great", HASH])
def test_what_is_no_name_of_a_game_is_not_shown(name: str) -> None:
    printed = " ".join(defects(write_keys={name: ("orion",)}))
    assert "(a name that is no game's)" in printed
    assert name not in printed


def test_every_defect_is_told() -> None:
    assert len(defects(write_keys={"orion": (HASH,)}, sink="tape", body_seconds=0)) == 2


def test_a_defect_of_several_settings_names_them_as_the_environment_does() -> None:
    [line] = defects(write_keys={"orion": (HASH,)}, max_body_bytes=30_000_000)
    assert line == "QUESTLOG_MAX_INFLIGHT_BYTES must be at least 4 times QUESTLOG_MAX_BODY_BYTES"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("CORS_ORIGINS", 'QUESTLOG_CORS_ORIGINS: not JSON; write ["https://play.example.com"]'),
        ("WRITE_KEYS", 'QUESTLOG_WRITE_KEYS: not JSON; write {"<game_id>": ["<hash>"]}'),
    ],
)
def test_what_is_not_json_is_told_with_an_example(
    monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.setenv(f"QUESTLOG_{name}", "ql_secret")
    with pytest.raises(ValueError, match="error parsing") as caught:
        Settings()
    assert told(caught.value) == [message]


def test_a_defect_is_told_in_the_words_of_the_settings_alone() -> None:
    [line] = defects(write_keys={"orion": (HASH, HASH)})
    assert line == "QUESTLOG_WRITE_KEYS: a write key stands twice: give each game keys of its own"
