import re
from collections.abc import Iterator

import pytest

from questlog_warehouse.local import LocalWarehouse
from questlog_warehouse.local.statements import STATEMENTS
from tests.warehouse import sample_week
from tests.warehouse.document import (
    DOCUMENT,
    Block,
    answer,
    documented,
    ledger_table,
    loaded_week,
)
from tests.warehouse.lines import example, line

CHARGED = {
    "4.99 EUR": "gem_pack_in_euro",
    "500 JPY": "yen_has_no_minor_unit",
    "1.490 KWD": "dinar_has_three_decimals",
}


@pytest.fixture(scope="module")
def week() -> Iterator[LocalWarehouse]:
    with loaded_week() as warehouse:
        yield warehouse


def titled(block: Block) -> str:
    """The tables a block asks: its name in the list of tests."""
    return "-".join(dict.fromkeys(re.findall(r"(?:FROM|JOIN) ([A-Z]+\.[A-Z_0-9]+)", block.sql)))


@pytest.mark.parametrize("block", [block for block in documented() if block.answer], ids=titled)
def test_a_query_gives_the_answer_that_stands_below_it(week: LocalWarehouse, block: Block) -> None:
    assert answer(week.query(block.sql)) == block.answer


def test_the_query_for_versions_tells_which_arrive_and_which_nobody_knows(week: LocalWarehouse) -> None:
    # Its answer is not shown: every new version of the contract would change it.
    (block,) = (block for block in documented() if "MART.VERSION_USAGE" in block.sql)
    status = {
        row["STATUS"]: (row["GAME_ID"], row["EVENTS"]) for row in week.query(block.sql) if row["EVENTS"]
    }
    assert status == {"newest": ("dragons", len(sample_week.SALES)), "unknown": ("dragons", 1)}


def test_the_replay_lands_the_event_again() -> None:
    (replay,) = (block for block in documented() if block.sql.startswith("INSERT"))
    with loaded_week() as warehouse:
        before = _landed(warehouse)
        warehouse.execute(replay.sql)
        assert _landed(warehouse) == before + 1


@pytest.mark.parametrize(("charged", "name"), CHARGED.items())
def test_the_example_has_the_numbers_the_views_give(
    converted: LocalWarehouse, charged: str, name: str
) -> None:
    (row,) = converted.query(
        "SELECT * FROM MART.PURCHASE_REPORTING WHERE EVENT_ID = %s", (example("purchase", name)["event_id"],)
    )
    rate = "" if row["RATE"] is None else f" {row['RATE']}"
    reported = "" if row["RATE"] is None else f" {grouped(row['REPORTED_PRICE_MICROS'])}"
    micros = grouped(row["PRICE_AMOUNT_MICROS"])
    assert f"| {charged} | {micros} |{rate} | `{row['RATE_STATUS']}` |{reported} |" in DOCUMENT


@pytest.fixture(scope="module")
def converted() -> Iterator[LocalWarehouse]:
    """The three players of the example about money."""
    events = [line(example("purchase", name)) for name in CHARGED.values()]
    with loaded_week(events) as warehouse:
        yield warehouse


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def test_it_tells_of_each_kind_of_statement_how_it_was_executed(week: LocalWarehouse) -> None:
    assert ledger_table(week) in DOCUMENT


def test_no_statement_the_stand_in_knows_is_left_out(week: LocalWarehouse) -> None:
    assert {kind.name for kind in STATEMENTS} - {entry.kind for entry in week.ledger} == set()


def test_every_table_view_and_column_is_in_the_document(week: LocalWarehouse) -> None:
    rows = week.query(
        "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS"
        " WHERE TABLE_SCHEMA IN ('LANDING', 'CORE', 'REF', 'MART') AND TABLE_NAME NOT LIKE 'EVENTS_FOR_%'"
        " AND TABLE_NAME NOT LIKE 'REJECTS_FOR_%'"
    )
    named = set(re.findall(r"[A-Z][A-Z0-9_]+", DOCUMENT))
    assert {row["TABLE_NAME"] for row in rows} - named == set()
    assert {row["COLUMN_NAME"] for row in rows} - named == set()


def _landed(warehouse: LocalWarehouse) -> int:
    (row,) = warehouse.query("SELECT COUNT(*) AS N FROM LANDING.EVENTS")
    return int(row["N"])
