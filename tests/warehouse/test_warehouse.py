from pathlib import Path

from questlog_warehouse.local import LocalWarehouse
from tests.warehouse.conftest import Bucket, Pipeline
from tests.warehouse.lines import line, purchase


def test_a_warehouse_in_a_folder_answers_again_without_a_deployment(tmp_path: Path, bucket: Bucket) -> None:
    with LocalWarehouse(tmp_path) as first:
        first.deploy()
        Pipeline(first, bucket).take(line(purchase()))
    with LocalWarehouse(tmp_path) as second:
        assert second.query("SELECT GAME_ID FROM MART.PURCHASE") == [{"GAME_ID": "dragons"}]
        assert second.load(bucket.s3, bucket.name).objects == 0


def test_without_a_reporting_currency_purchases_are_there_and_reports_are_empty(pipeline: Pipeline) -> None:
    pipeline.take(line(purchase()))
    assert len(pipeline.warehouse.query("SELECT * FROM MART.SALE")) == 1
    assert pipeline.warehouse.query("SELECT * FROM MART.PURCHASE_REPORTING") == []
