"""REF.CURRENCY: every code a fact may carry, also of currencies that are gone."""

from datetime import date
from typing import Any

import pytest

from questlog_warehouse.local import LocalWarehouse
from tests.repository import shipped_catalog
from tests.warehouse.bank import published

SNAPSHOT = date(2026, 1, 31)
"""The last day on which something changed."""

Row = dict[str, Any]


@pytest.fixture(scope="module")
def warehouse(shared_warehouse: LocalWarehouse) -> LocalWarehouse:
    return shared_warehouse


@pytest.fixture
def known(warehouse: LocalWarehouse) -> dict[str, Row]:
    return {row["CURRENCY"]: row for row in warehouse.query("SELECT * FROM REF.CURRENCY")}


def test_what_circulates_is_what_the_contracts_take(known: dict[str, Row]) -> None:
    circulating = {currency for currency, row in known.items() if row["VALID_TO"] is None}
    assert circulating == set(shipped_catalog().fragments["currency"]["enum"])


def test_every_currency_the_bank_ever_quoted_is_known_for_as_long_as_it_did(known: dict[str, Row]) -> None:
    for day, quoted in published().items():
        for currency in quoted:
            row = known[currency]
            # The bank quoted the old leu and the new one for half a year, one after the other.
            assert row["VALID_FROM"] <= day <= (row["VALID_TO"] or day), currency


def test_a_currency_ends_after_it_began_and_not_later_than_the_snapshot(known: dict[str, Row]) -> None:
    for currency, row in known.items():
        assert row["VALID_FROM"] < (row["VALID_TO"] or SNAPSHOT) <= SNAPSHOT, currency


def test_none_ended_before_the_bank_began(known: dict[str, Row]) -> None:
    assert min(row["VALID_TO"] for row in known.values() if row["VALID_TO"]) >= min(published())


@pytest.mark.parametrize(
    ("old", "new"),
    [("BGN", "EUR"), ("HRK", "EUR"), ("ANG", "XCG"), ("VEF", "VES"), ("ROL", "RON"), ("TRL", "TRY")],
)
def test_what_was_replaced_has_an_end_and_its_successor_was_there_before(
    known: dict[str, Row], old: str, new: str
) -> None:
    assert known[new]["VALID_FROM"] <= known[old]["VALID_TO"]


def test_a_currency_is_named_once_and_has_its_decimals(known: dict[str, Row]) -> None:
    assert all(row["NAME"] and len(row["NAME"]) <= 64 for row in known.values())
    decimals = {currency: known[currency]["DECIMALS"] for currency in ("JPY", "EUR", "KWD", "ITL")}
    assert decimals == {"JPY": 0, "EUR": 2, "KWD": 3, "ITL": 0}


@pytest.mark.parametrize("code", ["XAU", "XTS", "XXX", "XDR", "CHE", "CLF"])
def test_what_no_player_pays_with_is_no_currency(known: dict[str, Row], code: str) -> None:
    assert code not in known


def test_the_snapshot_is_loaded_once_however_often_it_is_deployed(
    warehouse: LocalWarehouse, known: dict[str, Row]
) -> None:
    warehouse.deploy()
    (row,) = warehouse.query("SELECT COUNT(*) AS N, COUNT(DISTINCT CURRENCY) AS CODES FROM REF.CURRENCY")
    assert (row["N"], row["CODES"]) == (len(known), len(known))
