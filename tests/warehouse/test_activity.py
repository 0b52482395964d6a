"""MART.ACTIVITY: all events as signs of who was there."""

import json
from collections import Counter
from datetime import datetime

import pytest

from questlog_warehouse.local import LocalWarehouse
from tests.repository import shipped_catalog
from tests.warehouse.lines import event_id, example, line

LAND = "INSERT INTO LANDING.EVENTS SELECT VALUE, NULL FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))"
NAMED = [
    (contract.event, name) for contract in shipped_catalog().contracts for name in contract.valid_examples
]
EVENTS = {event_id(number): example(*named, event_id=event_id(number)) for number, named in enumerate(NAMED)}
SKEWED = "2030-01-01T00:00:00.000Z"


@pytest.fixture(scope="module")
def loaded(shared_warehouse: LocalWarehouse) -> LocalWarehouse:
    """Every valid example, and one of them in another game, by a clock that is years ahead."""
    lines = [line(event) for event in EVENTS.values()]
    lines.append(
        line(next(iter(EVENTS.values())) | {"occurred_at": SKEWED}, game_id="puzzles", sent_at=SKEWED)
    )
    shared_warehouse.execute(LAND, (json.dumps(lines),))
    shared_warehouse.run_tasks()
    return shared_warehouse


def test_every_event_of_every_kind_is_there_once(loaded: LocalWarehouse) -> None:
    rows = loaded.query("SELECT EVENT, EVENT_ID FROM MART.ACTIVITY WHERE GAME_ID = 'dragons'")
    assert Counter(row["EVENT_ID"] for row in rows) == dict.fromkeys(EVENTS, 1)
    assert {row["EVENT_ID"]: row["EVENT"] for row in rows} == {
        identity: event["event"] for identity, event in EVENTS.items()
    }


def test_it_says_who_was_there(loaded: LocalWarehouse) -> None:
    rows = loaded.query("SELECT EVENT_ID, INSTALL_ID, PLAYER_ID FROM MART.ACTIVITY WHERE GAME_ID = 'dragons'")
    for row in rows:
        event = EVENTS[row["EVENT_ID"]]
        assert (row["INSTALL_ID"], row["PLAYER_ID"]) == (event.get("install_id"), event.get("player_id"))


def test_time_is_that_of_the_corrected_clock(loaded: LocalWarehouse) -> None:
    (row,) = loaded.query("SELECT EVENT_AT, RECEIVED_AT FROM MART.ACTIVITY WHERE GAME_ID = 'puzzles'")
    assert row["EVENT_AT"] == row["RECEIVED_AT"] == datetime(2026, 11, 2, 19)  # noqa: DTZ001 - TIMESTAMP_NTZ, UTC


def test_an_analyst_counts_players_and_sees_none(loaded: LocalWarehouse) -> None:
    asked = "SELECT COUNT(DISTINCT PLAYER_ID) AS PLAYERS, MIN(PLAYER_ID) AS ONE FROM MART.ACTIVITY"
    (masked,) = loaded.query(asked, role="QUESTLOG_ANALYST")
    (clear,) = loaded.query(asked, role="QUESTLOG_PII_READER")
    assert masked["PLAYERS"] == clear["PLAYERS"] > 0
    players = {event["player_id"] for event in EVENTS.values() if "player_id" in event}
    assert clear["ONE"] in players
    assert masked["ONE"] not in players


def test_an_analyst_finds_an_activity_in_the_mart_of_its_event(loaded: LocalWarehouse) -> None:
    (row,) = loaded.query(
        "SELECT COUNT(*) AS N, COUNT(P.EVENT_ID) AS FOUND FROM MART.ACTIVITY AS A"
        " LEFT JOIN MART.PURCHASE AS P ON P.EVENT_ID = A.EVENT_ID AND P.INSTALL_ID = A.INSTALL_ID"
        " WHERE A.EVENT = 'purchase'",
        role="QUESTLOG_ANALYST",
    )
    assert row["N"] == row["FOUND"] > 0
