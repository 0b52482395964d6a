import hmac
import json
import timeit
from pathlib import Path

import pytest

from questlog_api import Settings
from questlog_api.gate import keys
from questlog_api.gate.keys import Game, KeyRing, key_hash, new_key
from questlog_api.problems import Kind, ProblemError

OLD, NEW, OTHER = b"ql_old", b"ql_new", b"ql_other"
RING = KeyRing({"orion": (key_hash(OLD), key_hash(NEW)), "vega": (key_hash(OTHER),)})


@pytest.mark.parametrize(("key", "game"), [(OLD, "orion"), (NEW, "orion"), (OTHER, "vega")])
def test_a_key_belongs_to_one_game_and_a_game_may_have_several(key: bytes, game: str) -> None:
    assert RING.authorize(b"Bearer " + key) == Game(game, key_hash(key)[:8])


def test_the_scheme_may_be_written_in_any_case() -> None:
    assert RING.authorize(b"bEARER  ql_old ").game_id == "orion"


@pytest.mark.parametrize(
    "authorization",
    [b"", b"Bearer", b"Bearer ", b"Bearer ql_wrong", b"Basic ql_old", b"ql_old", b"Bearer \xff\xfe"],
)
def test_anything_else_is_unauthorized(authorization: bytes) -> None:
    with pytest.raises(ProblemError) as caught:
        RING.authorize(authorization)
    assert caught.value.kind is Kind.UNAUTHORIZED
    assert caught.value.headers == {"WWW-Authenticate": "Bearer"}


def test_no_header_is_no_game() -> None:
    assert RING.game_of(None) is None


@pytest.mark.parametrize("authorization", [b"Bearer", b"Bearer ", b"Bearer   "])
def test_no_key_is_unauthorized_even_when_its_hash_is_known(authorization: bytes) -> None:
    assert KeyRing({"orion": (key_hash(b""),)}).game_of(authorization) is None


@pytest.mark.parametrize("given", [key_hash(OLD), "0" * 64])
def test_a_hash_is_no_key(given: str) -> None:
    assert RING.game_of(b"Bearer " + given.encode()) is None


@pytest.mark.parametrize("key", [OLD, b"ql_wrong"])
def test_hashes_are_compared_in_constant_time_whether_one_is_found_or_not(
    monkeypatch: pytest.MonkeyPatch, key: bytes
) -> None:
    compared = []
    compare = hmac.compare_digest

    def compare_digest(known: str, given: str) -> bool:
        compared.append((len(known), given))
        return compare(known, given)

    monkeypatch.setattr(hmac, "compare_digest", compare_digest)
    RING.game_of(b"Bearer " + key)
    assert compared == [(64, key_hash(key))]


def test_many_keys_cost_no_more_than_a_few() -> None:
    many = KeyRing({f"game-{n}": (key_hash(b"%d" % n),) for n in range(20_000)})
    few = min(timeit.repeat(lambda: RING.game_of(b"Bearer ql_old"), number=1000, repeat=5))
    assert min(timeit.repeat(lambda: many.game_of(b"Bearer 77"), number=1000, repeat=5)) < 10 * few


def test_new_keys_are_long_and_differ() -> None:
    assert new_key() != new_key()
    assert new_key().startswith("ql_")
    assert len(new_key()) > 40


# Rotation


def settings(path: Path | None, *kept: bytes) -> Settings:
    write_keys = {"orion": tuple(map(key_hash, kept))} if kept else {}
    return Settings(write_keys=write_keys, write_keys_file=path)


def write(path: Path, **games: bytes) -> None:
    path.write_text(json.dumps({game: [key_hash(key)] for game, key in games.items()}), encoding="utf-8")


def test_keys_of_the_settings_and_of_the_file_are_valid_together(tmp_path: Path) -> None:
    write(tmp_path / "keys.json", orion=NEW, vega=OTHER)
    ring = KeyRing.from_settings(settings(tmp_path / "keys.json", OLD))
    games = [ring.authorize(b"Bearer " + key).game_id for key in (OLD, NEW, OTHER)]
    assert games == ["orion", "orion", "vega"]


def test_without_a_file_the_settings_have_all_keys() -> None:
    ring = KeyRing.from_settings(settings(None, OLD))
    assert ring.authorize(b"Bearer " + OLD).game_id == "orion"
    assert not ring.is_stale


def test_another_key_in_the_file_is_valid_without_a_restart_and_the_old_one_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_LOOK_SECONDS", 0)
    write(tmp_path / "keys.json", orion=OLD)
    ring = KeyRing.from_settings(settings(tmp_path / "keys.json"))
    assert ring.game_of(b"Bearer " + OLD) is not None
    write(tmp_path / "other.json", orion=NEW)
    (tmp_path / "other.json").replace(tmp_path / "keys.json")
    assert ring.authorize(b"Bearer " + NEW).game_id == "orion"
    assert ring.game_of(b"Bearer " + OLD) is None


def test_the_file_is_looked_at_every_two_seconds_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(keys, "monotonic", lambda: now)
    write(tmp_path / "keys.json", orion=OLD)
    ring = KeyRing.from_settings(settings(tmp_path / "keys.json"))
    for key in (NEW, OTHER):
        write(tmp_path / "keys.json", orion=OLD, vega=key)
        assert ring.game_of(b"Bearer " + key) is None
        now += 2
        assert ring.game_of(b"Bearer " + key) is not None


def test_a_broken_file_keeps_the_keys_of_before_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_LOOK_SECONDS", 0)
    write(tmp_path / "keys.json", orion=OLD)
    ring = KeyRing.from_settings(settings(tmp_path / "keys.json"))
    (tmp_path / "keys.json").write_text("{", encoding="utf-8")
    assert ring.authorize(b"Bearer " + OLD).game_id == "orion"
    assert ring.is_stale
    write(tmp_path / "keys.json", orion=NEW)
    assert ring.authorize(b"Bearer " + NEW).game_id == "orion"
    assert not ring.is_stale


def test_the_file_is_looked_at_also_where_nobody_sends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_LOOK_SECONDS", 0)
    write(tmp_path / "keys.json", orion=OLD)
    ring = KeyRing.from_settings(settings(tmp_path / "keys.json"))
    (tmp_path / "keys.json").write_text("{}", encoding="utf-8")
    assert ring.is_stale
    assert ring.authorize(b"Bearer " + OLD).game_id == "orion"
