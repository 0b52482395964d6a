from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from questlog_api import Settings
from questlog_api.gate.keys import key_hash
from questlog_api.settings import SettingsWithoutKeys, unknown_settings

HASH = "a" * 64
OTHER_HASH = "b" * 64


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUESTLOG_WRITE_KEYS", f'{{"orion": ["{HASH}", "{OTHER_HASH}"]}}')
    monkeypatch.setenv("QUESTLOG_PACKING", "single")
    settings = Settings()
    assert settings.write_keys == {"orion": (HASH, OTHER_HASH)}
    assert settings.packing == "single"


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_settings_do_not_change() -> None:
    settings = Settings(write_keys={"orion": (HASH,)})
    with pytest.raises(ValidationError, match="frozen"):
        settings.packing = "single"


def test_a_service_without_write_keys_does_not_start() -> None:
    with pytest.raises(ValidationError, match="set write_keys or write_keys_file"):
        Settings(write_keys={})


@pytest.mark.parametrize("game", ["", "Orion", "or/ion", "-orion", "o" * 65])
def test_a_game_id_is_plain_text(game: str) -> None:
    with pytest.raises(ValidationError, match="pattern"):
        Settings(write_keys={game: (HASH,)})


@pytest.mark.parametrize("stored", ["", "ql_a-key-and-not-its-hash", HASH.upper(), HASH + "\n"])
def test_a_write_key_is_stored_as_a_hash_only(stored: str) -> None:
    with pytest.raises(ValidationError, match="pattern") as caught:
        Settings(write_keys={"orion": (stored,)})
    assert "ql_a-key" not in str(caught.value)


def test_the_hash_of_an_empty_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="hash of an empty key"):
        Settings(write_keys={"orion": (HASH, key_hash(b""))})


def test_two_games_never_share_a_write_key() -> None:
    with pytest.raises(ValidationError, match="stands twice"):
        Settings(write_keys={"orion": (HASH,), "vega": (HASH,)})


def test_a_batch_has_no_more_events_than_the_wire_allows() -> None:
    with pytest.raises(ValidationError, match="less than or equal to 500"):
        Settings(write_keys={"orion": (HASH,)}, max_batch_events=501)


def test_what_requests_may_hold_is_enough_for_a_batch_and_its_refusal() -> None:
    with pytest.raises(ValidationError, match="at least 4 times max_body_bytes"):
        Settings(write_keys={"orion": (HASH,)}, max_body_bytes=20 * 1024 * 1024)


def test_a_stop_leaves_requests_the_time_their_deliveries_may_take() -> None:
    with pytest.raises(ValidationError, match="shutdown_seconds must be at least 25"):
        Settings(write_keys={"orion": (HASH,)}, shutdown_seconds=24)
    assert Settings(write_keys={"orion": (HASH,)}, shutdown_seconds=25).shutdown_seconds == 25


@pytest.mark.parametrize("name", ["spool_path", "write_keys_file", "aws_region", "max_events_per_minute"])
def test_an_empty_variable_is_a_setting_that_is_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("QUESTLOG_WRITE_KEYS", f'{{"orion": ["{HASH}"]}}')
    monkeypatch.setenv(f"QUESTLOG_{name.upper()}", "")
    assert getattr(Settings(), name) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rejects_stream": "questlog-events"}, "must be two"),
        ({"max_event_bytes": 2048, "max_body_bytes": 2047}, "max_event_bytes must be at most max_body_bytes"),
        ({"spool_path": ""}, "names no file"),
        ({"write_keys_file": ""}, "names no file"),
        ({"spool_path": "/"}, "names no file"),
        ({"spool_path": "/a/spool", "sink": "memory"}, "spool_path is for the sink `firehose`"),
        (
            {"spool_path": "/a/spool", "spool_after_seconds": 3, "delivery_seconds": 3},
            "spool_after_seconds must be less than delivery_seconds",
        ),
        ({"max_header_bytes": 1024**2 + 1}, "less than or equal to 1048576"),
        ({"keep_alive_seconds": 3601}, "less than or equal to 3600"),
        ({"drain_seconds": -1}, "greater than or equal to 0"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Settings(write_keys={"orion": (HASH,)}, **changes)


def test_what_just_makes_sense_is_taken() -> None:
    Settings(write_keys={"orion": (HASH,)}, max_event_bytes=2048, max_body_bytes=2048)
    chosen = Settings(write_keys={"orion": (HASH,)}, spool_path=Path("spool.sqlite"), spool_after_seconds=14)
    assert chosen.spool_path == Path("spool.sqlite")


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
@pytest.mark.parametrize(
    "name", [name for name, field in Settings.model_fields.items() if field.annotation is float]
)
def test_no_time_is_endless(name: str, value: float) -> None:
    changes: dict[str, Any] = {name: value}
    with pytest.raises(ValidationError, match=rf"{name}\n +Input should be a finite number"):
        Settings(write_keys={"orion": (HASH,)}, **changes)


@pytest.mark.parametrize("origin", ["https://play.example.com/", "https://play.example.com/game"])
def test_an_origin_with_a_path_is_refused_as_no_browser_sends_it(origin: str) -> None:
    with pytest.raises(ValidationError, match="an origin has no path; write https://play"):
        Settings(write_keys={"orion": (HASH,)}, cors_origins=(origin,))


def test_an_origin_without_a_scheme_is_refused() -> None:
    with pytest.raises(ValidationError, match="an origin begins with its scheme"):
        Settings(write_keys={"orion": (HASH,)}, cors_origins=("play.example.com",))


@pytest.mark.parametrize("origin", ["https://play.example.com", "http://localhost:8080", "*"])
def test_an_origin_may_have_a_port_and_all_may_be_allowed(origin: str) -> None:
    assert Settings(write_keys={"orion": (HASH,)}, cors_origins=(origin,)).cors_origins == (origin,)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("QUESTLOG_SPOL_PATH", ["there is no such setting; did you mean QUESTLOG_SPOOL_PATH?"]),
        ("QUESTLOG_BEER", ["there is no such setting"]),
        ("questlog_spool_path", []),
        ("QUESTLOG_API_SERVICE_HOST", []),
        ("QUESTLOG_API_PORT_8000_TCP_ADDR", []),
        ("SPOOL_PATH", []),
    ],
)
def test_a_variable_that_is_no_setting_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, lines: list[str]
) -> None:
    before = unknown_settings()
    monkeypatch.setenv(name, "/a/secret")
    assert [told for told in unknown_settings() if told not in before] == [
        f"{name}: {rest}" for rest in lines
    ]


def test_what_takes_no_events_needs_no_write_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUESTLOG_WRITE_KEYS", raising=False)
    assert SettingsWithoutKeys().write_keys == {}
