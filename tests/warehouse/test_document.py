import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import pytest

from questlog_warehouse.local import LocalWarehouse
from tests.warehouse.conftest import Bucket, Pipeline
from tests.warehouse.document import DOCUMENT, documented
from tests.warehouse.lines import example, line

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHARGED = {
    "4.99 EUR": "gem_pack_in_euro",
    "500 JPY": "yen_has_no_minor_unit",
    "1.490 KWD": "dinar_has_three_decimals",
}


@pytest.fixture(scope="module")
def loaded(s3: "S3Client") -> Iterator[LocalWarehouse]:
    """The three players of the document's example, and one event of a version to come."""
    s3.create_bucket(Bucket="document")
    events = [example("purchase", name) for name in CHARGED.values()]
    with LocalWarehouse() as warehouse:
        warehouse.deploy()
        warehouse.load_rates(("USD",), since=date(2026, 10, 1))
        pipeline = Pipeline(warehouse, Bucket(s3, "document"))
        pipeline.take(*map(line, events), line({**events[0], "schema_version": "1.1"}))
        yield warehouse


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


@pytest.mark.parametrize(("charged", "name"), CHARGED.items())
def test_the_example_has_the_numbers_the_views_give(loaded: LocalWarehouse, charged: str, name: str) -> None:
    (row,) = loaded.query(
        "SELECT * FROM MART.PURCHASE_REPORTING WHERE EVENT_ID = %s", (example("purchase", name)["event_id"],)
    )
    rate = "" if row["RATE"] is None else f" {row['RATE']}"
    reported = "" if row["RATE"] is None else f" {grouped(row['REPORTED_PRICE_MICROS'])}"
    micros = grouped(row["PRICE_AMOUNT_MICROS"])
    assert f"| {charged} | {micros} |{rate} | `{row['RATE_STATUS']}` |{reported} |" in DOCUMENT


def test_the_revenue_query_gives_dollars_and_what_is_missing(loaded: LocalWarehouse) -> None:
    (row,) = loaded.query(documented()[0])
    assert (row["GAME_ID"], float(row["NET_USD"]), row["UNCONVERTED"]) == ("dragons", 8.754473, 1)


def test_the_query_for_unconverted_sales_names_the_currency(loaded: LocalWarehouse) -> None:
    assert loaded.query(documented()[1]) == [
        {"PRICE_CURRENCY": "KWD", "RATE_STATUS": "missing", "LAST_RATE": None, "SALES": 1}
    ]


def test_the_query_for_rejects_names_field_and_rule(loaded: LocalWarehouse) -> None:
    (row,) = loaded.query(documented()[2])
    assert (row["REASON"], row["POINTER"], row["KEYWORD"], row["EVENTS"]) == (
        "unknown_version",
        "/schema_version",
        "enum",
        1,
    )


def test_the_replay_lands_the_event_again(loaded: LocalWarehouse) -> None:
    loaded._snowflake.execute(documented()[3])
    assert loaded.query("SELECT COUNT(*) AS N FROM LANDING.EVENTS") == [{"N": len(CHARGED) + 2}]


def test_the_query_for_versions_tells_which_arrive_and_which_nobody_knows(loaded: LocalWarehouse) -> None:
    rows = {row["SCHEMA_VERSION"]: row for row in loaded.query(documented()[4])}
    assert (rows["1.0"]["STATUS"], rows["1.0"]["EVENTS"]) == ("newest", len(CHARGED))
    assert (rows["1.1"]["STATUS"], rows["1.1"]["GAME_ID"]) == ("unknown", "dragons")


def test_every_table_view_and_column_is_in_the_document(loaded: LocalWarehouse) -> None:
    rows = loaded.query(
        "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS"
        " WHERE TABLE_SCHEMA IN ('LANDING', 'CORE', 'REF', 'MART') AND TABLE_NAME NOT LIKE 'EVENTS_FOR_%'"
        " AND TABLE_NAME NOT LIKE 'REJECTS_FOR_%'"
    )
    named = set(re.findall(r"[A-Z][A-Z0-9_]+", DOCUMENT))
    assert {row["TABLE_NAME"] for row in rows} - named == set()
    assert {row["COLUMN_NAME"] for row in rows} - named == set()
