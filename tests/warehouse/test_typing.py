import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from questlog_codegen.contracts import Contract, Schema
from questlog_codegen.emitters.snowflake_marts import TIME_COLUMNS
from questlog_warehouse.local import LocalWarehouse
from tests.repository import shipped_catalog
from tests.warehouse.conftest import Bucket, Pipeline
from tests.warehouse.lines import RECEIVED_AT, event_id, line, purchase, reject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONTRACTS = shipped_catalog().contracts
VALID = [(contract, name) for contract in CONTRACTS for name in contract.valid_examples]
INVALID = [
    (contract, name)
    for contract in CONTRACTS
    for name, example in contract.invalid_examples.items()
    # An ARRAY column holds any elements; only the API looks at them.
    if not re.search("/[0-9]+(/|$)", example.pointer)
]


def label(value: object) -> str:
    return value.event if isinstance(value, Contract) else str(value)


Line = dict[str, Any]

SCENARIOS: dict[str, list[list[Line]]] = {
    "duplicate in a batch": [
        [
            line(purchase(), received_at="2026-11-02T19:00:00.001Z", request_id="second"),
            line(purchase(), received_at="2026-11-02T19:00:00.000Z", request_id="first"),
        ]
    ],
    "duplicate in a later batch": [[line(purchase(), request_id="first")], [line(purchase())]],
    "duplicate after 30 days": [
        [line(purchase(), received_at="2026-11-01T00:00:00.000Z")],
        [line(purchase(), received_at="2026-12-01T00:00:00.000Z")],
    ],
    "duplicate after more than 30 days": [
        [line(purchase(), received_at="2026-11-01T00:00:00.000Z")],
        [line(purchase(), received_at="2026-12-01T00:00:00.001Z")],
    ],
    "integers with a point": [
        [line(purchase(quantity=132.0, price={"amount_micros": 1e15, "currency": "IDR"}, tax_micros=-0.0))]
    ],
    "a time with offset and nanoseconds": [
        [line(purchase(occurred_at="2026-11-02T18:04:05.123999999+23:59"))]
    ],
    "one of two games": [[line(purchase())]],
    "the other of two games": [[line(purchase())]],
    "an invalid copy first": [
        [line(purchase(quantity=0), received_at="2026-11-02T18:00:00.000Z"), line(purchase())]
    ],
    "books": [
        [
            *(line(purchase(event_id=event_id(number))) for number in range(5)),
            *(line(purchase(event_id=event_id(number))) for number in range(2)),
            line(purchase(event_id=event_id(9), quantity=-1)),
        ]
    ],
}
"""Name, which is the game's as well -> the lines of one load after the other."""

NOBODYS = {
    "unknown event": ({**purchase(), "event": "level_up"}, ("unknown_event", "/event", "enum")),
    "event is a number": ({**purchase(), "event": 5}, ("unknown_event", "/event", "enum")),
    "empty event": ({}, ("unknown_event", "/event", "enum")),
    "unknown version": (
        {**purchase(), "schema_version": "1.1"},
        ("unknown_version", "/schema_version", "enum"),
    ),
    "no version": ({"event": "purchase"}, ("unknown_version", "/schema_version", "enum")),
    "version is a number": (
        {**purchase(), "schema_version": 1.0},
        ("invalid_event", "/schema_version", "type"),
    ),
}
"""Game -> an event that is no table's, and the reason, pointer and keyword it is rejected with."""

REFUSAL = [
    {"pointer": f"/{name}", "keyword": "required", "detail": "is required"} for name in ("app", "price")
]


@pytest.fixture(scope="module")
def loaded(s3: "S3Client", shared_warehouse: LocalWarehouse) -> LocalWarehouse:
    """A warehouse that took all examples and scenarios, each as a game of its own."""
    s3.create_bucket(Bucket="typing")
    pipeline = Pipeline(shared_warehouse, Bucket(s3, "typing"))
    pipeline.bucket.deliver(*_refused_by_the_api(), prefix="rejects")
    pipeline.take(*_of_their_own())
    for batch in range(2):
        pipeline.take(
            *(
                {**landed, "game_id": game}
                for game, batches in SCENARIOS.items()
                for landed in (batches[batch] if batch < len(batches) else ())
            )
        )
    return shared_warehouse


def _of_their_own() -> Iterator[Line]:
    for contract, name in VALID:
        yield line(contract.valid_examples[name], game_id=f"{contract.event}/{name}")
    for contract, name in INVALID:
        yield line(contract.invalid_examples[name].event, game_id=f"{contract.event}/{name}")
    for game, (event, _) in NOBODYS.items():
        yield line(event, game_id=game)
    yield line(purchase(), game_id="time is no time", received_at="yesterday")
    yield {"request_id": "no game", "event": purchase()}


def _refused_by_the_api() -> Iterator[Line]:
    payload = json.dumps({"event": "purchase", "schema_version": "1.0", "event_id": event_id(1)})
    yield reject(payload, "invalid_event", *REFUSAL, game_id="refused by the api")
    yield reject('{"events": [', "malformed_batch", game_id="batch is not json", sent_at=None)


def typed(warehouse: LocalWarehouse, event: str, game: str) -> list[dict[str, Any]]:
    return warehouse.query(f"SELECT * FROM MART.{event.upper()} WHERE GAME_ID = %s", (game,))


def rejected(warehouse: LocalWarehouse, game: str) -> list[dict[str, Any]]:
    return warehouse.query("SELECT * FROM CORE.REJECTED WHERE GAME_ID = %s", (game,))


def finding(row: dict[str, Any]) -> tuple[str, str | None, str | None]:
    return row["REASON"], row["POINTER"], row["KEYWORD"]


def columns(contract: Contract, event: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The columns an event fills, with the values they must have."""
    for field in contract.newest.fields:
        value: Any = event
        for name in field.path:
            value = value.get(name) if value else None
        if value is not None and field.path != ("event",):
            yield "_".join(field.path).upper(), as_stored(field.schema, value)


def as_stored(schema: Schema, value: Any) -> Any:
    if schema.get("format") == "date-time":
        return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    if schema.get("format") == "date":
        return date.fromisoformat(value)
    return json.dumps(value, separators=(",", ":")) if schema["type"] == "array" else value


@pytest.mark.parametrize(("contract", "name"), VALID, ids=label)
def test_a_valid_example_fills_its_columns_and_no_others(
    loaded: LocalWarehouse, contract: Contract, name: str
) -> None:
    game = f"{contract.event}/{name}"
    (row,) = typed(loaded, contract.event, game)
    filled = {
        column: value for column, value in row.items() if value is not None and column not in TIME_COLUMNS
    }
    received = datetime.fromisoformat(RECEIVED_AT).replace(tzinfo=None)
    of_the_line = {"GAME_ID": game, "REQUEST_ID": "req-1", "RECEIVED_AT": received, "SENT_AT": received}
    assert filled == {**of_the_line, **dict(columns(contract, contract.valid_examples[name]))}
    assert rejected(loaded, game) == []


@pytest.mark.parametrize(("contract", "name"), INVALID, ids=label)
def test_an_invalid_example_is_rejected_with_the_field_and_rule_it_breaks(
    loaded: LocalWarehouse, contract: Contract, name: str
) -> None:
    example, game = contract.invalid_examples[name], f"{contract.event}/{name}"
    (row,) = rejected(loaded, game)
    assert finding(row) == ("invalid_event", example.pointer, example.keyword)
    assert (row["STAGE"], row["EVENT"]) == ("warehouse", contract.event)
    assert typed(loaded, contract.event, game) == []


@pytest.mark.parametrize("game", ["duplicate in a batch", "duplicate in a later batch"])
def test_the_first_of_two_copies_stays(loaded: LocalWarehouse, game: str) -> None:
    (row,) = typed(loaded, "purchase", game)
    assert row["REQUEST_ID"] == "first"
    assert rejected(loaded, game) == []


@pytest.mark.parametrize(
    ("game", "rows"), [("duplicate after 30 days", 1), ("duplicate after more than 30 days", 2)]
)
def test_a_duplicate_is_known_for_30_days(loaded: LocalWarehouse, game: str, rows: int) -> None:
    assert len(typed(loaded, "purchase", game)) == rows


@pytest.mark.parametrize("game", ["one of two games", "the other of two games"])
def test_games_do_not_share_event_ids(loaded: LocalWarehouse, game: str) -> None:
    assert len(typed(loaded, "purchase", game)) == 1


def test_an_integer_may_be_written_with_a_point(loaded: LocalWarehouse) -> None:
    (row,) = typed(loaded, "purchase", "integers with a point")
    assert (row["QUANTITY"], row["PRICE_AMOUNT_MICROS"], row["TAX_MICROS"]) == (132, 10**15, 0)


def test_a_time_is_stored_in_utc_cut_to_milliseconds(loaded: LocalWarehouse) -> None:
    (row,) = typed(loaded, "purchase", "a time with offset and nanoseconds")
    assert row["OCCURRED_AT"].isoformat() == "2026-11-01T18:05:05.123000"


def test_an_invalid_copy_does_not_hide_the_valid_event(loaded: LocalWarehouse) -> None:
    assert len(typed(loaded, "purchase", "an invalid copy first")) == 1
    assert len(rejected(loaded, "an invalid copy first")) == 1


def test_lines_are_typed_rows_and_rejects_and_duplicates(loaded: LocalWarehouse) -> None:
    assert len(typed(loaded, "purchase", "books")) == 5
    assert len(rejected(loaded, "books")) == 1


@pytest.mark.parametrize("game", NOBODYS)
def test_an_event_of_no_table_is_rejected_by_name(loaded: LocalWarehouse, game: str) -> None:
    event, reason = NOBODYS[game]
    (row,) = rejected(loaded, game)
    assert finding(row) == reason
    assert json.loads(row["RECORD_CONTENT"])["event"] == event
    assert typed(loaded, "purchase", game) == []


def test_a_line_without_a_time_is_rejected(loaded: LocalWarehouse) -> None:
    (row,) = rejected(loaded, "time is no time")
    assert finding(row) == ("malformed_line", "/received_at", "format")
    assert typed(loaded, "purchase", "time is no time") == []


def test_a_line_without_a_game_is_rejected(loaded: LocalWarehouse) -> None:
    (row,) = loaded.query("SELECT * FROM CORE.REJECTED WHERE REQUEST_ID = 'no game'")
    assert finding(row) == ("malformed_line", "/game_id", "required")
    assert loaded.query("SELECT * FROM MART.PURCHASE WHERE REQUEST_ID = 'no game'") == []


def test_a_second_run_changes_nothing(loaded: LocalWarehouse) -> None:
    counts = "SELECT COUNT(*) AS N FROM MART.PURCHASE UNION ALL SELECT COUNT(*) FROM CORE.REJECTED"
    before = loaded.query(counts)
    loaded.run_tasks()
    assert loaded.query(counts) == before


def test_an_event_the_api_refused_is_rejected_with_its_reasons(loaded: LocalWarehouse) -> None:
    (row,) = rejected(loaded, "refused by the api")
    assert finding(row) == ("invalid_event", "/app", "required")
    names = ("STAGE", "EVENT", "SCHEMA_VERSION", "EVENT_ID")
    assert tuple(row[name] for name in names) == ("api", "purchase", "1.0", event_id(1))
    assert json.loads(row["RECORD_CONTENT"])["errors"] == REFUSAL


def test_a_refused_batch_that_is_not_json_is_rejected_as_well(loaded: LocalWarehouse) -> None:
    (row,) = rejected(loaded, "batch is not json")
    assert finding(row) == ("malformed_batch", None, None)
    assert (row["STAGE"], row["EVENT"]) == ("api", None)
