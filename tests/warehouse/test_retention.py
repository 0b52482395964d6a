"""How long rows stay: what is older than its period goes, what is younger stays, and nothing goes untyped."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.warehouse.conftest import Pipeline
from tests.warehouse.lines import event_id, line, purchase, reject

EXPIRE = ("CORE.DATE_REJECTED", "CORE.EXPIRE_REJECTED", "CORE.EXPIRE_EVENTS", "CORE.EXPIRE_API_REJECTS")


def before(days: float) -> str:
    """The moment so many days ago, as the API writes it."""
    moment = datetime.now(UTC) - timedelta(days=days)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def expire(pipeline: Pipeline) -> None:
    for name in EXPIRE:
        pipeline.warehouse.run_task(name)


def count(pipeline: Pipeline, table: str) -> int:
    (row,) = pipeline.warehouse.query(f"SELECT COUNT(*) AS N FROM {table}")
    return int(row["N"])


def aged(number: int, days: float, **changes: Any) -> dict[str, Any]:
    return line(purchase(event_id=event_id(number)), received_at=before(days), **changes)


def test_landed_lines_go_after_30_days_and_typed_events_stay(pipeline: Pipeline) -> None:
    pipeline.take(aged(1, days=31), aged(2, days=29))
    expire(pipeline)
    rows = pipeline.warehouse.query("SELECT RECORD_CONTENT:event.event_id::VARCHAR AS ID FROM LANDING.EVENTS")
    assert rows == [{"ID": event_id(2)}]
    assert count(pipeline, "CORE.PURCHASE_1") == 2


def test_landed_refusals_go_after_30_days_and_their_rows_in_rejected_after_90(pipeline: Pipeline) -> None:
    refusals = [reject("{}", "invalid_event", received_at=before(days)) for days in (91, 89, 31, 29)]
    pipeline.bucket.deliver(*refusals, prefix="rejects")
    pipeline.take()
    expire(pipeline)
    assert count(pipeline, "LANDING.REJECTS") == 1
    assert count(pipeline, "CORE.REJECTED") == 3


def test_a_line_that_goes_before_its_task_ran_is_typed_all_the_same(pipeline: Pipeline) -> None:
    pipeline.bucket.deliver(aged(1, days=31), aged(2, days=1))
    pipeline.load()
    expire(pipeline)
    pipeline.warehouse.run_tasks()
    assert count(pipeline, "LANDING.EVENTS") == 1
    assert count(pipeline, "CORE.PURCHASE_1") == 2


def test_after_an_expiry_new_lines_are_typed_once(pipeline: Pipeline) -> None:
    pipeline.take(aged(1, days=31), aged(2, days=1))
    expire(pipeline)
    pipeline.take(aged(3, days=0))
    pipeline.warehouse.run_tasks()
    rows = pipeline.warehouse.query("SELECT EVENT_ID FROM CORE.PURCHASE_1 ORDER BY EVENT_ID")
    assert [row["EVENT_ID"] for row in rows] == [event_id(number) for number in (1, 2, 3)]


def test_a_file_whose_rows_have_gone_is_not_loaded_again(pipeline: Pipeline) -> None:
    pipeline.take(aged(1, days=31))
    expire(pipeline)
    assert pipeline.load().objects == 0


@pytest.mark.parametrize("received_at", [None, "yesterday"])
def test_a_line_without_a_time_is_dated_when_it_is_seen_and_stays_until_then_is_old(
    pipeline: Pipeline, received_at: str | None
) -> None:
    pipeline.take(line(purchase(), received_at=received_at))
    expire(pipeline)
    assert (count(pipeline, "LANDING.EVENTS"), count(pipeline, "CORE.REJECTED")) == (1, 1)
    assert count(pipeline, "CORE.REJECTED WHERE RECEIVED_AT IS NULL") == 0
    pipeline.warehouse.execute("UPDATE CORE.REJECTED SET RECEIVED_AT = DATEADD('day', -31, RECEIVED_AT)")
    expire(pipeline)
    assert (count(pipeline, "LANDING.EVENTS"), count(pipeline, "CORE.REJECTED")) == (0, 1)
    pipeline.warehouse.execute("UPDATE CORE.REJECTED SET RECEIVED_AT = DATEADD('day', -60, RECEIVED_AT)")
    expire(pipeline)
    assert count(pipeline, "CORE.REJECTED") == 0


def test_they_wait_for_the_night_and_not_for_rows(pipeline: Pipeline) -> None:
    pipeline.take(aged(1, days=31))
    pipeline.warehouse.run_tasks()
    assert count(pipeline, "LANDING.EVENTS") == 1


def test_a_task_that_is_not_there_is_an_error(pipeline: Pipeline) -> None:
    with pytest.raises(
        LookupError, match=r"no task is called CORE\.NONE: deploy it first; there are: CORE\."
    ):
        pipeline.warehouse.run_task("CORE.NONE")
