"""A refused event, repaired and replayed, is in its table: once, however often and whenever that is done."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from questlog_api.gate.keys import key_hash
from tests.pipeline.serve import example_event
from tests.pipeline.service import firehose_settings
from tests.pipeline.setup import Pipeline
from tests.pipeline.test_pipeline import post

PURCHASES = "SELECT EVENT_ID, GAME_ID, RECEIVED_AT, SENT_AT, REQUEST_ID, PRICE_CURRENCY FROM CORE.PURCHASE_1"


def replay(pipeline: Pipeline, *arguments: str | Path) -> dict[str, Any]:
    """Run the command as an operator does; give its summary."""
    settings = {
        "QUESTLOG_WRITE_KEYS": json.dumps({"any": [key_hash(b"any")]}),
        "QUESTLOG_ALLOW_DRAFTS": "true",
        **firehose_settings(pipeline.aws),
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("QUESTLOG_")}
    command = [sys.executable, "-m", "questlog_api", "replay", "--json", *map(str, arguments)]
    done = subprocess.run(command, env=inherited | settings, stdout=subprocess.PIPE, check=False)
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary


@pytest.fixture
def refused(pipeline: Pipeline, tmp_path: Path) -> dict[str, Any]:
    """An event that was refused, and what the rejects stream has of it, in the file `rejects.gz`."""
    event = example_event()
    event["price"] = {"amount_micros": 1, "currency": "eur"}
    assert post(pipeline.service, "/v1/events/purchase", event).status_code == 422
    pipeline.load()
    (tmp_path / "rejects.gz").write_bytes(gzip.compress(pipeline.aws.objects("rejects/")))
    return event


def repaired(folder: Path) -> Path:
    lines = gzip.decompress((folder / "rejects.gz").read_bytes())
    (folder / "repaired").write_bytes(lines.replace(b'\\"eur\\"', b'\\"EUR\\"'))
    return folder / "repaired"


def test_an_event_repaired_and_replayed_twice_is_one_row_with_its_own_times(
    pipeline: Pipeline, refused: dict[str, Any], tmp_path: Path
) -> None:
    for _ in range(2):
        assert replay(pipeline, repaired(tmp_path))["replayed"] == {"purchase": 1}
        pipeline.load()
    (row,) = pipeline.warehouse.query(PURCHASES)
    (reject,) = pipeline.warehouse.query("SELECT RECEIVED_AT, REQUEST_ID, GAME_ID FROM CORE.REJECTED")
    assert (row["EVENT_ID"], row["PRICE_CURRENCY"]) == (refused["event_id"], "EUR")
    assert {name: row[name] for name in reject} == reject
    assert len(pipeline.warehouse.query("SELECT RECORD_CONTENT FROM LANDING.EVENTS")) == 2


def test_a_replay_of_rejects_of_last_year_is_idempotent_as_well(
    pipeline: Pipeline, refused: dict[str, Any], tmp_path: Path
) -> None:
    """The window of the dedupe begins 30 days before the line's `received_at`, not before today."""
    old = [json.loads(line) for line in repaired(tmp_path).read_bytes().splitlines()]
    lines = [json.dumps({**line, "received_at": "2025-02-03T04:05:06.789Z"}) for line in old]
    (tmp_path / "old").write_text("\n".join(lines))
    for replays_before_the_load in (2, 1):
        for _ in range(replays_before_the_load):
            assert replay(pipeline, tmp_path / "old")["complete"]
        pipeline.load()
    assert [row["EVENT_ID"] for row in pipeline.warehouse.query(PURCHASES)] == [refused["event_id"]]


def test_an_event_its_client_sent_again_in_the_meantime_stays_one_row(
    pipeline: Pipeline, refused: dict[str, Any], tmp_path: Path
) -> None:
    """A replayed line is older than the row that is there: the dedupe looks at later rows as well."""
    mended = {**refused, "price": {"amount_micros": 1, "currency": "EUR"}}
    assert post(pipeline.service, "/v1/events/purchase", mended).status_code == 202
    pipeline.load()
    replay(pipeline, repaired(tmp_path))
    pipeline.load()
    assert [row["EVENT_ID"] for row in pipeline.warehouse.query(PURCHASES)] == [refused["event_id"]]


def test_what_is_still_refused_comes_to_no_table_a_second_time(
    pipeline: Pipeline, refused: dict[str, Any], tmp_path: Path
) -> None:
    summary = replay(pipeline, "--still-refused", tmp_path / "left", tmp_path / "rejects.gz")
    pipeline.load()
    assert summary["still_refused"] == [{"reason": "invalid_event", "event": "purchase", "lines": 1}]
    assert pipeline.warehouse.query(PURCHASES) == []
    (reject,) = pipeline.warehouse.query("SELECT EVENT_ID FROM CORE.REJECTED")
    assert reject["EVENT_ID"] == refused["event_id"]
    assert (tmp_path / "left").read_bytes() == gzip.decompress((tmp_path / "rejects.gz").read_bytes())
