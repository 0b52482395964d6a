import pytest
from pydantic import ValidationError

from questlog_api import Settings
from questlog_api.keys import key_hash

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
