"""Which versions still arrive: what an author looks at before the old ones are forgotten."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from questlog_warehouse.local import LocalSnowflake
from questlog_warehouse.local.deployment import deploy
from tests.warehouse.contracts import EVENT, catalog, quest, sql_of
from tests.warehouse.lines import line

NOW = datetime.now(UTC).replace(microsecond=0)
OLD, RECENT = NOW - timedelta(days=31), NOW - timedelta(days=29)


@pytest.fixture(scope="module")
def snowflake() -> Iterator[LocalSnowflake]:
    """Three versions known, of which one never arrives, and three things nobody knows."""
    with closing(LocalSnowflake()) as local:
        deploy(local, sql_of(catalog(quest(), quest(1, 1), quest(2))))
        land(
            local,
            sent(1, OLD),
            sent(2, RECENT),
            sent(3, OLD, game="puzzles"),
            sent(4, NOW, schema_version="2.0"),
            sent(5, NOW, schema_version="3.0"),
            sent(6, NOW, event="duel"),
            sent(7, NOW, schema_version=None),
            sent(8, NOW, score="not a number"),
        )
        yield local


def sent(number: int, received: datetime, *, game: str = "dragons", **changes: Any) -> dict[str, Any]:
    event = {**EVENT, "event_id": f"01930f3a-7c00-7abc-8000-{number:012}", **changes}
    return line(event, game_id=game, received_at=received.isoformat().replace("+00:00", "Z"))


def land(snowflake: LocalSnowflake, *lines: dict[str, Any]) -> None:
    landing = "INSERT INTO LANDING.EVENTS SELECT VALUE, NULL FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))"
    snowflake.execute(landing, (json.dumps(lines),))
    snowflake.run_tasks()


def usage(snowflake: LocalSnowflake, version: str, event: str = "quest") -> list[list[Any]]:
    rows = snowflake.query(
        "SELECT STATUS, GAME_ID, EVENTS, EVENTS_30_DAYS, FIRST_RECEIVED_AT, LAST_RECEIVED_AT"
        " FROM MART.VERSION_USAGE WHERE EVENT = %s AND SCHEMA_VERSION = %s ORDER BY GAME_ID",
        (event, version),
    )
    return [list(row.values()) for row in rows]


def stored(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def test_a_version_counts_for_each_game_that_sends_it(snowflake: LocalSnowflake) -> None:
    assert usage(snowflake, "1.0") == [
        ["older", "dragons", 2, 1, stored(OLD), stored(RECENT)],
        ["older", "puzzles", 1, 0, stored(OLD), stored(OLD)],
    ]


def test_the_newest_version_is_called_so(snowflake: LocalSnowflake) -> None:
    assert usage(snowflake, "2.0") == [["newest", "dragons", 1, 1, stored(NOW), stored(NOW)]]


def test_a_version_that_never_arrived_has_one_row_without_a_game(snowflake: LocalSnowflake) -> None:
    assert usage(snowflake, "1.1") == [["older", None, 0, 0, None, None]]


@pytest.mark.parametrize(("event", "version"), [("quest", "3.0"), ("duel", "1.0")])
def test_what_no_contract_knows_is_unknown(snowflake: LocalSnowflake, event: str, version: str) -> None:
    assert usage(snowflake, version, event) == [["unknown", "dragons", 1, 1, stored(NOW), stored(NOW)]]


def test_an_event_without_a_version_is_there_as_well(snowflake: LocalSnowflake) -> None:
    rows = snowflake.query("SELECT STATUS, EVENTS FROM MART.VERSION_USAGE WHERE SCHEMA_VERSION IS NULL")
    assert rows == [{"STATUS": "unknown", "EVENTS": 1}]


def test_what_was_rejected_as_unknown_and_then_replayed_counts_once() -> None:
    with closing(LocalSnowflake()) as snowflake:
        deploy(snowflake, sql_of(catalog(quest())))
        early = sent(1, NOW, schema_version="1.1")
        land(snowflake, early)
        assert usage(snowflake, "1.1") == [["unknown", "dragons", 1, 1, stored(NOW), stored(NOW)]]
        deploy(snowflake, sql_of(catalog(quest(), quest(1, 1))))
        land(snowflake, early)
        assert usage(snowflake, "1.1") == [["newest", "dragons", 1, 1, stored(NOW), stored(NOW)]]
