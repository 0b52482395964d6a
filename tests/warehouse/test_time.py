"""When an event happened: the client's clock, corrected where the request shows that it is wrong."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from questlog_codegen.emitters.snowflake_marts import TOLERATED_SKEW_SECONDS
from questlog_warehouse.local import LocalWarehouse
from tests.repository import shipped_catalog
from tests.warehouse.lines import event_id, line, purchase

RECEIVED = datetime(2026, 11, 2, 19, tzinfo=UTC)
TOLERATED, TEN_YEARS = timedelta(seconds=TOLERATED_SKEW_SECONDS), timedelta(days=3650)
MILLISECOND, HOUR, DAY = timedelta(milliseconds=1), timedelta(hours=1), timedelta(days=1)
LAND = "INSERT INTO LANDING.EVENTS SELECT VALUE, NULL FROM LATERAL FLATTEN(INPUT => PARSE_JSON(%s))"

SCENARIOS = {
    "on time": (RECEIVED - HOUR, RECEIVED - MILLISECOND),
    "tolerated": (RECEIVED - HOUR, RECEIVED + TOLERATED),
    "ahead": (RECEIVED - HOUR + DAY, RECEIVED + DAY),
    "behind": (RECEIVED - HOUR - DAY, RECEIVED - DAY),
    "barely wrong": (RECEIVED - HOUR, RECEIVED + TOLERATED + MILLISECOND),
    "not said": (RECEIVED - HOUR, None),
    "not said, ahead": (RECEIVED + HOUR, None),
    "within, after it was sent": (RECEIVED + HOUR, RECEIVED),
    "wrong, after it was sent": (RECEIVED + 2 * DAY, RECEIVED + DAY),
    "from the first day": (datetime(1, 1, 1, tzinfo=UTC), RECEIVED),
    "from the first day, wrong": (datetime(1, 1, 1, tzinfo=UTC), RECEIVED + DAY),
    "on the last day": (datetime(9999, 12, 31, 23, 59, 59, 999000, UTC), RECEIVED),
    "on the last day, wrong": (
        datetime(9999, 12, 31, 23, 59, 59, 999000, UTC),
        datetime(1, 1, 1, tzinfo=UTC),
    ),
    "from the first to the last day": (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)),
}
"""Game -> when the client says it happened, and when it says it sent it."""


def random_times(count: int) -> Iterator[tuple[datetime, datetime | None]]:
    dice = Random(11)
    for _ in range(count):
        sent = RECEIVED + timedelta(
            milliseconds=dice.choice([1, 10**3, 10**8]) * dice.randrange(-(10**5), 10**5)
        )
        age = timedelta(milliseconds=dice.choice([1, 10**3, 10**6, 10**7]) * dice.randrange(-(10**4), 10**5))
        yield sent - age, dice.choice([sent, sent, None])


def text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sent_line(
    game: str, number: int, occurred: datetime, sent: datetime | None, **changes: Any
) -> dict[str, Any]:
    event = purchase(
        event_id=event_id(number), occurred_at=text(occurred), store_transaction_id=f"t-{number}"
    )
    said = {"received_at": text(RECEIVED), "sent_at": None if sent is None else text(sent), **changes}
    return line(event, game_id=game, **said)


RANDOM = list(random_times(500))


@pytest.fixture(scope="module")
def loaded(shared_warehouse: LocalWarehouse) -> LocalWarehouse:
    lines = [sent_line(game, 1, *times) for game, times in SCENARIOS.items()]
    lines += [sent_line("random", number, *times) for number, times in enumerate(RANDOM)]
    late = [0, 1, 3600, 3601, 86400, 86401, 7 * 86400 + 1, 30 * 86400 + 1]
    lines += [
        sent_line("late", number, RECEIVED - timedelta(seconds=seconds), RECEIVED)
        for number, seconds in enumerate(late)
    ]
    lines.append(sent_line("late", 100, RECEIVED + DAY, RECEIVED + DAY))
    next_day = RECEIVED + timedelta(hours=5)
    lines.append(sent_line("late", 101, next_day, next_day, received_at=text(next_day)))
    shared_warehouse.execute(LAND, (json.dumps(lines),))
    shared_warehouse.run_tasks()
    assert shared_warehouse.query("SELECT * FROM CORE.REJECTED") == []
    return shared_warehouse


def times(warehouse: LocalWarehouse, game: str) -> list[tuple[datetime, Decimal | None, Decimal]]:
    sql = "SELECT * FROM MART.PURCHASE WHERE GAME_ID = %s ORDER BY EVENT_ID"
    rows = warehouse.query(sql, (game,))
    return [
        (row["EVENT_AT"].replace(tzinfo=UTC), row["CLOCK_SKEW_SECONDS"], row["LATE_SECONDS"]) for row in rows
    ]


@pytest.mark.parametrize(
    ("game", "expected"),
    [
        ("on time", (RECEIVED - HOUR, "-0.001", "3600")),
        ("tolerated", (RECEIVED - HOUR, "60", "3600")),
        ("ahead", (RECEIVED - HOUR, "86400", "3600")),
        ("behind", (RECEIVED - HOUR, "-86400", "3600")),
        ("barely wrong", (RECEIVED - HOUR - TOLERATED - MILLISECOND, "60.001", "3660.001")),
        ("not said", (RECEIVED - HOUR, None, "3600")),
    ],
)
def test_a_clock_that_is_off_by_more_than_a_minute_is_corrected(
    loaded: LocalWarehouse, game: str, expected: tuple[datetime, str | None, str]
) -> None:
    moment, skew, late = expected
    assert times(loaded, game) == [(moment, None if skew is None else Decimal(skew), Decimal(late))]


@pytest.mark.parametrize(
    "game",
    [
        "not said, ahead",
        "within, after it was sent",
        "wrong, after it was sent",
        "on the last day",
        "on the last day, wrong",
    ],
)
def test_nothing_happens_after_it_was_received(loaded: LocalWarehouse, game: str) -> None:
    ((moment, _, late),) = times(loaded, game)
    assert (moment, late) == (RECEIVED, Decimal(0))


def test_a_right_clock_is_believed_back_to_the_first_day_there_is(loaded: LocalWarehouse) -> None:
    ((moment, _, late),) = times(loaded, "from the first day")
    assert moment == datetime(1, 1, 1, tzinfo=UTC)
    assert late == (RECEIVED - moment) // timedelta(seconds=1)


@pytest.mark.parametrize("game", ["from the first day, wrong", "from the first to the last day"])
def test_a_wrong_clock_takes_an_event_back_by_ten_years_at_most(loaded: LocalWarehouse, game: str) -> None:
    ((moment, _, _),) = times(loaded, game)
    assert moment == RECEIVED - TEN_YEARS


def expected(occurred: datetime, sent: datetime | None) -> tuple[datetime, Decimal | None, Decimal]:
    """The rule in whole milliseconds, without SQL."""
    skew = None if sent is None else sent - RECEIVED
    if sent is None or abs(sent - RECEIVED) <= TOLERATED:
        moment = min(occurred, RECEIVED)
    else:
        moment = RECEIVED - min(max(sent - occurred, timedelta(0)), TEN_YEARS)
    return moment, None if skew is None else seconds(skew), seconds(RECEIVED - moment)


def seconds(span: timedelta) -> Decimal:
    return Decimal(span // MILLISECOND) / 1000


def test_random_times_are_corrected_as_the_rule_says(loaded: LocalWarehouse) -> None:
    found = times(loaded, "random")
    assert found == [expected(*of) for of in RANDOM]
    kept = sum(moment == occurred for (moment, _, _), (occurred, _) in zip(found, RANDOM, strict=True))
    assert 50 < kept < 450, "some are corrected, and some are not"


def test_every_event_tells_its_time(loaded: LocalWarehouse) -> None:
    rows = loaded.query(
        "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.COLUMNS"
        " WHERE TABLE_SCHEMA = 'MART' AND COLUMN_NAME = 'EVENT_AT'"
    )
    assert {contract.event.upper() for contract in shipped_catalog().contracts} <= {
        row["TABLE_NAME"] for row in rows
    }


def test_lateness_is_counted_by_day_of_receipt(loaded: LocalWarehouse) -> None:
    rows = loaded.query("SELECT * FROM MART.LATENESS WHERE GAME_ID = 'late' ORDER BY RECEIVED_DAY")
    assert rows == [
        {
            "GAME_ID": "late",
            "EVENT": "purchase",
            "RECEIVED_DAY": date(2026, 11, 2),
            "EVENTS": 9,
            "LATE_1_HOUR": 5,
            "LATE_1_DAY": 3,
            "LATE_7_DAYS": 2,
            "LATE_30_DAYS": 1,
            "SKEWED": 1,
            "MAX_LATE_SECONDS": Decimal(30 * 86400 + 1),
        },
        {
            "GAME_ID": "late",
            "EVENT": "purchase",
            "RECEIVED_DAY": date(2026, 11, 3),
            "EVENTS": 1,
            "LATE_1_HOUR": 0,
            "LATE_1_DAY": 0,
            "LATE_7_DAYS": 0,
            "LATE_30_DAYS": 0,
            "SKEWED": 0,
            "MAX_LATE_SECONDS": Decimal(0),
        },
    ]


def test_lateness_counts_every_event_of_every_kind(loaded: LocalWarehouse) -> None:
    (counted,) = loaded.query("SELECT SUM(CAST(EVENTS AS NUMBER(18,0))) AS N FROM MART.LATENESS")
    (typed,) = loaded.query("SELECT COUNT(*) AS N FROM MART.PURCHASE")
    assert counted == typed
