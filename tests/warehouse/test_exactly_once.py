"""However often, in whatever order and with whatever between an event arrives, it is one row: the same one.

Only what tells of an arrival is that of one of the copies: the first that was typed, and of those that were
landed together the first received.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from questlog_codegen.emitters.snowflake_tables import tables_of
from questlog_warehouse.local import LocalSnowflake
from questlog_warehouse.local.loader import land
from tests.repository import shipped_catalog
from tests.warehouse.conftest import Pipeline, Template
from tests.warehouse.lines import body, event_id, line, purchase

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
WINDOW = timedelta(days=30)
"""Of the dedupe, by the time of receipt; the SDK's outbox keeps an event for 14 days."""

OF_ARRIVAL = {
    *("RECEIVED_AT", "SENT_AT", "REQUEST_ID", "LATE_SECONDS", "FIRST_RECEIVED_AT", "LAST_RECEIVED_AT"),
}
"""Columns that tell of a copy's way and not of the event."""

OF_LINES = {"CORE.REJECTED", "MART.LATENESS"}
"""What has a row for each line, or counts by the day of receipt."""

REPLAY = """
INSERT INTO LANDING.EVENTS (RECORD_CONTENT, RECORD_METADATA)
SELECT RECORD_CONTENT, RECORD_METADATA FROM CORE.REJECTED WHERE STAGE = 'warehouse' LIMIT 5
"""
TASKS = ["CORE.LOAD_REJECTED", *(f"CORE.LOAD_{table.name}" for table in tables_of(shipped_catalog()))]
ROUNDS = 2

Line = Mapping[str, Any]


def moment(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def events() -> Iterator[dict[str, Any]]:
    """Events of every contract, some late by up to 30 days; and some that cannot be typed."""
    for number, contract in enumerate(shipped_catalog().contracts):
        for copy, example in enumerate(contract.valid_examples.values()):
            late = timedelta(days=10 * (copy % 4))
            identity = {"event_id": event_id(100 * number + copy), "occurred_at": moment(START - late)}
            transaction = {"store_transaction_id": f"{number}.{copy}"} if _is_of_a_store(example) else {}
            yield {**example, **identity, **transaction}
    yield purchase(event_id=event_id(9_001), quantity=0)
    yield purchase(event_id=event_id(9_002), schema_version="9.9")


def _is_of_a_store(example: Mapping[str, Any]) -> bool:
    return "store_transaction_id" in example


EVENTS = list(events())


@dataclass
class Delivery:
    """Delivers copies to a warehouse by chance, and lets it work at any moment."""

    snowflake: LocalSnowflake
    chance: Random
    objects: dict[str, bytes] = field(default_factory=dict)

    def deliver(self) -> None:
        """Each event one to four times, within 30 days, in objects of a few lines, in no order."""
        copies = [one for one in EVENTS for _ in range(self.chance.randint(1, 4))]
        self.chance.shuffle(copies)
        while copies:
            taken = [copies.pop() for _ in range(min(len(copies), self.chance.randint(1, 9)))]
            self.objects[f"events/{len(self.objects)}"] = body(*map(self._received, taken))
            self._something_else()
        self.land(*(key for key in self.objects if key not in self.landed()))
        self.snowflake.run_tasks()

    def land(self, *keys: str) -> None:
        land(self.snowflake, [(key, self.objects[key]) for key in keys])

    def landed(self) -> set[str]:
        rows = self.snowflake.query(
            "SELECT DISTINCT RECORD_METADATA:object::VARCHAR AS KEY FROM LANDING.EVENTS"
        )
        return {row["KEY"] for row in rows}

    def _received(self, event: Mapping[str, Any]) -> Line:
        at = moment(START + WINDOW * self.chance.random())
        return line(event, received_at=at, sent_at=at, request_id=f"req-{self.chance.random()}")

    def _something_else(self) -> None:
        match self.chance.randrange(5):
            case 0:
                self.land(self.chance.choice(list(self.objects)))  # once more under the same key, or at last
            case 1:
                again = self.objects[self.chance.choice(list(self.objects))]
                self.objects[f"events/{len(self.objects)}"] = again
            case 2:
                self.snowflake.execute(REPLAY)
            case 3:
                self.snowflake.run_task(self.chance.choice(TASKS))


@pytest.fixture(scope="module")
def with_rates(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A deployed warehouse that knows some rates."""
    folder = tmp_path_factory.mktemp("rates") / "warehouse"
    with template.copied(folder) as warehouse:
        warehouse.load_rates(since=date(2026, 4, 20))
    return replace(template, folder=folder)


@pytest.fixture
def empty(with_rates: Template, tmp_path: Path) -> Iterator[LocalSnowflake]:
    with with_rates.copied(tmp_path / "warehouse") as warehouse:
        yield warehouse._snowflake


def contents(snowflake: LocalSnowflake) -> dict[str, list[str]]:
    """All typed tables and marts, without what tells of an arrival; and what was rejected why."""
    names = {name for name in snowflake.database.names() if name.startswith(("CORE.", "MART."))} - OF_LINES
    tables = {name: snowflake.query(f"SELECT * FROM {name}") for name in names}
    # It counts the lines of versions that nobody knows, and events of those that are known.
    tables["MART.VERSION_USAGE"] = [row for row in tables["MART.VERSION_USAGE"] if row["STATUS"] != "unknown"]
    tables["rejected"] = snowflake.query("SELECT DISTINCT EVENT_ID, REASON, POINTER FROM CORE.REJECTED")
    return {name: _plain(rows) for name, rows in tables.items()}


def _plain(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted(repr({name: row[name] for name in row if name not in OF_ARRIVAL}) for row in rows)


@pytest.fixture(scope="module")
def once(with_rates: Template, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What is there when each event arrives once, in order."""
    with with_rates.copied(tmp_path_factory.mktemp("once") / "warehouse") as warehouse:
        snowflake = warehouse._snowflake
        lines = [line(event, received_at=moment(START), sent_at=moment(START)) for event in EVENTS]
        land(snowflake, [("events/0", body(*lines))])
        snowflake.run_tasks()
        return contents(snowflake)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_copies_replays_and_any_order_end_in_the_same_tables(
    once: dict[str, list[str]], empty: LocalSnowflake, seed: int
) -> None:
    delivery = Delivery(empty, Random(seed))
    delivery.deliver()
    landed = empty.query("SELECT COUNT(*) AS N FROM LANDING.EVENTS")[0]["N"]
    assert landed > len(EVENTS)
    assert contents(empty) == once


def typed(snowflake: LocalSnowflake, *batches: Sequence[timedelta]) -> list[str]:
    """When the rows were received that are left of copies, which come in batches; since the start."""
    for number, batch in enumerate(batches):
        lines = [line(purchase(), received_at=moment(START + after)) for after in batch]
        land(snowflake, [(f"events/{number}", body(*lines))])
        snowflake.run_tasks()
    rows = snowflake.query("SELECT RECEIVED_AT FROM MART.PURCHASE ORDER BY RECEIVED_AT")
    return [str(row["RECEIVED_AT"].replace(tzinfo=UTC) - START) for row in rows]


def test_of_copies_landed_together_the_first_received_stays(empty: LocalSnowflake) -> None:
    hours = [timedelta(hours=number) for number in (5, 2, 9)]
    assert typed(empty, hours) == ["2:00:00"]


def test_of_copies_landed_one_after_the_other_the_first_typed_stays(empty: LocalSnowflake) -> None:
    assert typed(empty, [timedelta(hours=5)], [timedelta(hours=2)]) == ["5:00:00"]


def test_a_copy_that_was_received_earlier_is_known_however_much_later_it_is_landed(
    empty: LocalSnowflake,
) -> None:
    assert typed(empty, [timedelta(days=400)], [timedelta(0)]) == ["400 days, 0:00:00"]


def test_the_window_is_counted_from_the_row_that_stayed_not_from_the_copy_before(
    empty: LocalSnowflake,
) -> None:
    """The edge of exactly once: a third copy, 20 days after the second, is 40 after the first."""
    copies = [[timedelta(days=number)] for number in (0, 20, 40)]
    assert typed(empty, *copies) == ["0:00:00", "40 days, 0:00:00"]


def test_copies_landed_together_are_one_row_however_far_apart(empty: LocalSnowflake) -> None:
    assert typed(empty, [timedelta(days=number) for number in (40, 0, 20)]) == ["0:00:00"]


def test_an_object_is_landed_once_also_when_its_lines_have_expired(
    pipeline: Pipeline,
) -> None:
    pipeline.take(line(purchase()))
    pipeline.warehouse.execute("DELETE FROM LANDING.EVENTS")
    assert pipeline.load().objects == 0
