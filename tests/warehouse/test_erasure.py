"""After an erasure the warehouse is the one that never heard of the player."""

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from questlog_warehouse.erasure import ErasureError, erase_install, erase_player
from questlog_warehouse.local import LocalSnowflake
from questlog_warehouse.local.loader import land
from tests.repository import shipped_catalog
from tests.warehouse.conftest import Template
from tests.warehouse.lines import body, event_id, line, purchase, reject
from tests.warehouse.test_scripts import syntax_errors

GAME, PLAYER, OTHER = "dragons", "studio:player-4711", "studio:player-47110"
PHONE, TABLET, SHARED, SOMEBODYS = (
    f"01930f3a-7c00-7abc-8000-{number:012}" for number in (900_001, 900_002, 900_003, 900_004)
)
IDS = (PLAYER, PHONE, TABLET)
"""What must be found nowhere; on the shared install there is somebody else."""

Line = dict[str, Any]
Landed = tuple[str, Line | bytes]
"""The stream it was delivered to, and a line or the bytes of an object."""


def lines_of(game: str, player: str | None, install: str, start: int) -> Iterator[Line]:
    """A line for each event there is."""
    for number, contract in enumerate(shipped_catalog().contracts, start):
        event = dict(next(iter(contract.valid_examples.values())))
        event |= {"event_id": event_id(number), "install_id": install, "player_id": player}
        yield line({name: value for name, value in event.items() if value is not None}, game_id=game)


def refused(payload: Mapping[str, Any] | str, game: str = GAME) -> Line:
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return reject(text, "invalid_event", {"pointer": "/app", "keyword": "required"}, game_id=game)


def untyped(event: Mapping[str, Any], game: str = GAME) -> Line:
    """Accepted by an API that knew more than the warehouse does."""
    return line({**event, "schema_version": "9.9"}, game_id=game)


def seen(player: str | None, install: str | None) -> dict[str, Any]:
    return purchase(player_id=player, install_id=install)


THEIRS: Sequence[Landed] = [
    *(("events", one) for one in lines_of(GAME, PLAYER, PHONE, 100)),
    *(("events", one) for one in lines_of(GAME, PLAYER, TABLET, 200)),
    *(("events", one) for one in lines_of(GAME, PLAYER, SHARED, 300)),
    *(("events", one) for one in lines_of(GAME, None, PHONE, 400)),
    *(("events", one) for one in lines_of(GAME, None, SHARED, 500)),
    ("events", untyped(seen(PLAYER, PHONE))),
    ("events", untyped(seen(None, TABLET))),
    ("events", line({"player": PLAYER}, game_id=GAME)),
    ("events", {"request_id": "no game", "event": seen(PLAYER, PHONE)}),
    ("events", body(line(seen(PLAYER, PHONE)))[:-100]),
    ("rejects", refused(seen(PLAYER, PHONE))),
    ("rejects", refused(seen(None, TABLET))),
    ("rejects", refused({**seen(None, SOMEBODYS), "playerId": PLAYER})),
    ("rejects", refused({"user": {"id": PLAYER}})),
    ("rejects", refused({**seen(None, SOMEBODYS), "player_id": {"id": PLAYER}})),
    ("rejects", refused({**seen(None, SOMEBODYS), "player_id": f" {PLAYER}\n"})),
    ("rejects", refused({"events": [seen(OTHER, SOMEBODYS), seen(PLAYER, PHONE)]})),
    ("rejects", refused(json.dumps(seen(PLAYER, PHONE))[:-40])),
    ("rejects", refused(json.dumps(seen(None, PHONE))[:-40])),
    ("rejects", refused(f"player_id={PLAYER}&level=3")),
    ("rejects", refused(f"\n{PLAYER}\n")),
]
OTHERS: Sequence[Landed] = [
    *(("events", one) for one in lines_of(GAME, OTHER, SOMEBODYS, 600)),
    *(("events", one) for one in lines_of(GAME, None, SOMEBODYS, 700)),
    *(("events", one) for one in lines_of(GAME, OTHER, SHARED, 800)),
    *(("events", one) for one in lines_of("another game", PLAYER.upper(), SOMEBODYS, 100)),
    ("events", untyped(seen(OTHER, SHARED))),
    ("events", untyped(seen(None, SOMEBODYS))),
    ("events", b"\xff no line at all\n"),
    ("rejects", refused(seen(OTHER, SHARED))),
    ("rejects", refused(seen(None, SOMEBODYS))),
    ("rejects", refused({"user": OTHER})),
    ("rejects", refused("[]")),
    ("rejects", refused("null")),
    ("rejects", refused(f"the player is {OTHER}, {PLAYER}0 or x{PLAYER}")),
    ("rejects", {"no": "payload"}),
]

IN_ANOTHER_GAME: Sequence[Landed] = [
    *(("events", one) for one in lines_of("another game", PLAYER, PHONE, 100)),
    ("events", untyped(seen(PLAYER, PHONE), "another game")),
    ("rejects", refused(seen(PLAYER, PHONE), "another game")),
    ("rejects", refused(f"cut {PLAYER}", "another game")),
]


@dataclass
class Warehouses:
    """Makes warehouses that took some lines, each from an object that has a name of its own."""

    template: Template
    folder: Path
    made: int = 0

    @contextmanager
    def taking(self, landed: Sequence[Landed], without: Sequence[Landed] = ()) -> Iterator[LocalSnowflake]:
        self.made += 1
        with self.template.copied(self.folder / str(self.made)) as warehouse:
            snowflake = warehouse._snowflake
            for number, (prefix, one) in enumerate(landed):
                if (prefix, one) not in without:
                    content = one if isinstance(one, bytes) else body(one)
                    land(snowflake, [(f"{prefix}/{number:04}", content)])
            snowflake.run_tasks()
            yield snowflake


@pytest.fixture(scope="module")
def warehouses(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Warehouses:
    return Warehouses(template, tmp_path_factory.mktemp("erasure"))


def contents(snowflake: LocalSnowflake) -> dict[str, list[str]]:
    """Every row of every table and view, as text."""
    found = snowflake.query(
        "SELECT TABLE_SCHEMA || '.' || TABLE_NAME AS NAME FROM INFORMATION_SCHEMA.TABLES"
        " WHERE TABLE_SCHEMA IN ('LANDING', 'CORE', 'REF', 'MART') AND TABLE_NAME NOT LIKE 'EVENTS_FOR_%'"
        " AND TABLE_NAME NOT LIKE 'REJECTS_FOR_%'"
    )
    names = [row["NAME"] for row in found]
    return {name: sorted(map(repr, snowflake.query(f"SELECT * FROM {name}"))) for name in names}


def rows(snowflake: LocalSnowflake) -> int:
    return sum(map(len, contents(snowflake).values()))


@pytest.fixture(scope="module")
def never(warehouses: Warehouses) -> Iterator[dict[str, list[str]]]:
    """What is in a warehouse in which the player never was."""
    with warehouses.taking([*THEIRS, *OTHERS], without=THEIRS) as snowflake:
        yield contents(snowflake)


@pytest.fixture(scope="module")
def kept(warehouses: Warehouses) -> Path:
    """A warehouse with everybody in it, on the disk."""
    with warehouses.taking([*THEIRS, *OTHERS]):
        return warehouses.folder / str(warehouses.made)


@pytest.fixture
def full(kept: Path, tmp_path: Path) -> Iterator[LocalSnowflake]:
    with closing(LocalSnowflake(shutil.copytree(kept, tmp_path / "copy"))) as snowflake:
        yield snowflake


def test_the_warehouse_is_as_if_the_player_had_never_been_there(
    full: LocalSnowflake, never: dict[str, list[str]]
) -> None:
    assert all(any(identity in text for text in contents(full)["LANDING.EVENTS"]) for identity in IDS)
    erase_player(full, GAME, PLAYER)
    left = contents(full)
    assert left == never
    everything = "\n".join(text for texts in left.values() for text in texts)
    assert [identity for identity in IDS if re.search(rf"(?<!\w){identity}(?!\w)", everything)] == []


def test_every_table_with_rows_of_players_is_counted(
    full: LocalSnowflake, never: dict[str, list[str]]
) -> None:
    before = contents(full)
    deleted = erase_player(full, GAME, PLAYER)
    assert deleted == {name: len(before[name]) - len(never[name]) for name in deleted}
    assert all(deleted.values())
    assert {"LANDING.EVENTS", "LANDING.REJECTS", "CORE.REJECTED", "CORE.PURCHASE_1"} <= set(deleted)


def test_a_second_erasure_deletes_nothing(full: LocalSnowflake) -> None:
    erase_player(full, GAME, PLAYER)
    assert set(erase_player(full, GAME, PLAYER).values()) == {0}


def test_an_event_that_comes_later_is_erased_when_it_is_done_again(warehouses: Warehouses) -> None:
    with warehouses.taking([THEIRS[0]]) as snowflake:
        erase_player(snowflake, GAME, PLAYER)
        snowflake.execute(
            "INSERT INTO LANDING.EVENTS SELECT PARSE_JSON(%s), NULL", (json.dumps(line(seen(PLAYER, PHONE))),)
        )
        snowflake.run_tasks()
        assert erase_player(snowflake, GAME, PLAYER)["CORE.PURCHASE_1"] == 1


def test_the_same_id_in_another_game_is_somebody_else(warehouses: Warehouses) -> None:
    with warehouses.taking(IN_ANOTHER_GAME) as snowflake:
        assert set(erase_player(snowflake, GAME, PLAYER).values()) == {0}


def test_an_unknown_player_has_no_rows(full: LocalSnowflake) -> None:
    before = rows(full)
    assert set(erase_player(full, GAME, "nobody").values()) == {0}
    assert rows(full) == before


def test_a_short_id_takes_no_typed_or_accepted_row_in_which_it_stands_for_something_else(
    full: LocalSnowflake,
) -> None:
    for quantity in range(5):
        deleted = erase_player(full, GAME, str(quantity))
        assert {count for name, count in deleted.items() if "REJECT" not in name} == {0}


def test_who_never_logged_in_is_erased_by_install(warehouses: Warehouses) -> None:
    anonymous = [("events", one) for one in lines_of(GAME, None, PHONE, 1)]
    refusals = [("rejects", refused(seen(None, PHONE))), ("rejects", refused(f"cut {PHONE}"))]
    logged_in = [("events", one) for one in lines_of(GAME, OTHER, PHONE, 100)]
    landed = [*anonymous, *refusals, *logged_in]
    with warehouses.taking(landed, without=landed[: -len(logged_in)]) as expected:
        left = contents(expected)
    with warehouses.taking(landed) as snowflake:
        deleted = erase_install(snowflake, GAME, PHONE.upper())
        assert contents(snowflake) == left
        assert deleted["LANDING.EVENTS"] == len(anonymous)
        assert set(erase_install(snowflake, GAME, PHONE).values()) == {0}


def test_a_statement_that_fails_undoes_those_before_it_and_names_nobody(full: LocalSnowflake) -> None:
    full.execute("ALTER TABLE CORE.REJECTED RENAME COLUMN RECORD_CONTENT TO MOVED")
    before = contents(full)
    with pytest.raises(ErasureError, match="nothing was erased") as failed:
        erase_install(full, GAME, PHONE)
    assert contents(full) == before
    told = f"{failed.value!r} {failed.value.__cause__!r}"
    assert not any(identity in told for identity in (*IDS, GAME))


def test_a_query_that_fails_names_nobody(warehouses: Warehouses) -> None:
    with warehouses.taking(()) as snowflake:
        snowflake.execute("DROP TABLE CORE.REJECTED")
        with pytest.raises(ErasureError) as failed:
            erase_player(snowflake, GAME, PLAYER)
    assert PLAYER not in str(failed.value)
    assert failed.value.__suppress_context__


@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_id_is_refused(value: str) -> None:
    nowhere: Any = None
    with pytest.raises(ErasureError, match="the player id is empty"):
        erase_player(nowhere, GAME, value)
    with pytest.raises(ErasureError, match="the game id is empty"):
        erase_player(nowhere, value, PLAYER)


def test_an_install_that_is_no_uuid_is_refused_and_not_repeated() -> None:
    nowhere: Any = None
    with pytest.raises(ErasureError, match="an install id is a UUID") as failed:
        erase_install(nowhere, GAME, PLAYER)
    assert PLAYER not in str(failed.value)


def test_the_script_is_snowflake_sql_to_sqlfluff() -> None:
    script = files("questlog_warehouse").joinpath("_generated/operations/erase_player.sql")
    assert syntax_errors(script.read_text(encoding="utf-8").replace("%s", "'?'")) == []
