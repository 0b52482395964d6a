import io
import json
from pathlib import Path

import pytest

from questlog_warehouse.local import LocalWarehouse
from tests.warehouse.commands.conftest import Ask
from tests.warehouse.lines import example, line

PLAYER = "player-of-this-test"


@pytest.fixture
def played(kept: Path) -> None:
    """Two players who bought, one of them the one to erase."""
    bought = example("purchase", "gem_pack_in_euro")
    other = {**bought, "event_id": "0192fa10-0000-7000-8000-000000000001", "player_id": "somebody-else"}
    landed = json.dumps([line({**bought, "player_id": PLAYER}), line(other)])
    with LocalWarehouse(kept) as warehouse:
        warehouse.deploy()  # tasks are of a process, not of the folder
        warehouse.execute(
            "INSERT INTO LANDING.EVENTS SELECT VALUE, NULL FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))",
            (landed,),
        )
        warehouse.run_tasks()


def players(command: Ask) -> list[str]:
    _, out, _ = command("query", "--json", "SELECT PLAYER_ID FROM MART.PURCHASE")
    return [row["PLAYER_ID"] for row in json.loads(out)]


@pytest.mark.usefixtures("played")
def test_a_player_is_deleted_and_told_by_table_and_the_other_stays(command: Ask) -> None:
    status, out, _ = command("erase", "--game", "dragons", "--player", PLAYER, "--yes", "--json")
    assert status == 0
    assert json.loads(out)["CORE.PURCHASE_1"] == 1
    assert players(command) == ["somebody-else"]


@pytest.mark.usefixtures("played")
def test_an_id_from_standard_input_is_in_no_history_of_a_shell(
    command: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PLAYER}\n"))
    assert command("erase", "--game", "dragons", "--player", "-", "--yes")[0] == 0
    assert players(command) == ["somebody-else"]


@pytest.mark.usefixtures("played")
def test_without_yes_and_without_anybody_to_ask_nothing_is_erased(
    command: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    status, _, err = command("erase", "--game", "dragons", "--player", PLAYER)
    assert status == 1
    assert "--yes" in err
    assert PLAYER not in err
    assert len(players(command)) == 2


def test_an_empty_id_erases_nothing_and_says_so(command: Ask) -> None:
    status, _, err = command("erase", "--game", "dragons", "--player", " ", "--yes")
    assert status == 1
    assert "player id is empty" in err
