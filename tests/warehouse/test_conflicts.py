"""One id for two events: the first is typed, and the second does not vanish unseen."""

from datetime import datetime

from tests.warehouse.conftest import Pipeline
from tests.warehouse.lines import event_id, line, purchase

CONFLICTS = "SELECT * FROM CORE.EVENT_ID_CONFLICT"


def test_two_payloads_under_one_id_are_a_conflict_and_the_first_is_typed(pipeline: Pipeline) -> None:
    pipeline.take(line(purchase(product_id="first"), received_at="2026-11-02T19:00:00.000Z"))
    pipeline.take(line(purchase(product_id="second"), received_at="2026-11-02T19:05:00.000Z"))
    (row,) = pipeline.warehouse.query(CONFLICTS)
    assert row == {
        "GAME_ID": "dragons",
        "EVENT_ID": purchase()["event_id"],
        "COPIES": 2,
        "PAYLOADS": 2,
        "FIRST_RECEIVED_AT": datetime.fromisoformat("2026-11-02 19:00"),
        "LAST_RECEIVED_AT": datetime.fromisoformat("2026-11-02 19:05"),
    }
    assert pipeline.warehouse.query("SELECT PRODUCT_ID FROM MART.PURCHASE") == [{"PRODUCT_ID": "first"}]


def test_copies_of_one_payload_are_none(pipeline: Pipeline) -> None:
    pipeline.take(
        line(purchase()), line(purchase(), received_at="2026-11-02T19:05:00.000Z", request_id="req-2")
    )
    assert pipeline.warehouse.query(CONFLICTS) == []


def test_two_payloads_under_ids_of_their_own_are_none(pipeline: Pipeline) -> None:
    pipeline.take(
        line(purchase(event_id=event_id(1))), line(purchase(event_id=event_id(2), product_id="other"))
    )
    assert pipeline.warehouse.query(CONFLICTS) == []


def test_one_id_in_two_games_is_none(pipeline: Pipeline) -> None:
    pipeline.take(line(purchase()), line(purchase(product_id="other"), game_id="knights"))
    assert pipeline.warehouse.query(CONFLICTS) == []
