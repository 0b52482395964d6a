"""SDK -> HTTP -> API -> Firehose -> S3 -> Snowflake, on the stand-ins."""

import json
import shutil
import subprocess
from typing import Any

import httpx
import pytest

import questlog
from tests.pipeline.serve import curl_line, example_event
from tests.pipeline.service import GAME, Service
from tests.pipeline.setup import Pipeline
from tests.sdk.samples import CONTEXT


def post(service: Service, path: str, body: Any, **headers: str) -> httpx.Response:
    own = {"Authorization": f"Bearer {service.write_key}", "Content-Type": "application/json", **headers}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.post(f"{service.url}{path}", content=content, headers=own)


def buy(client: questlog.Client, transaction: str) -> str:
    return client.purchase(
        product_id="gems_1200",
        product_type="consumable",
        quantity=1,
        price=questlog.Money.of("4.99", "EUR"),
        store="app_store",
        store_transaction_id=transaction,
        sandbox=False,
    )


def test_an_event_travels_from_the_sdk_into_its_typed_table(pipeline: Pipeline) -> None:
    with questlog.Client(pipeline.service.url, pipeline.service.write_key, context=CONTEXT) as client:
        sent = buy(client, "T1")
        assert client.flush(30)
    pipeline.load()
    (row,) = pipeline.warehouse.query("SELECT * FROM CORE.PURCHASE_1")
    assert row["GAME_ID"] == GAME
    assert row["EVENT_ID"] == sent
    assert (row["PRICE_AMOUNT_MICROS"], row["PRICE_CURRENCY"]) == (4_990_000, "EUR")
    assert row["DEVICE_PLATFORM"] == CONTEXT.device.platform


def test_a_firehose_that_takes_only_a_part_loses_nothing_and_doubles_nothing(pipeline: Pipeline) -> None:
    pipeline.aws.firehose.fault = lambda call, _: call == 1
    with questlog.Client(pipeline.service.url, pipeline.service.write_key, context=CONTEXT) as client:
        ids = {buy(client, f"T{number}") for number in range(20)}
        assert client.flush(30)
        assert client.stats().accepted == 20
    assert pipeline.aws.firehose.throttled > 0
    lines = [json.loads(line) for line in pipeline.aws.objects("events/").splitlines()]
    assert sorted(line["event"]["event_id"] for line in lines) == sorted(ids)


def test_a_firehose_that_is_down_is_answered_503_and_nothing_is_acknowledged(pipeline: Pipeline) -> None:
    pipeline.aws.firehose.fault = lambda *_: True
    with questlog.Client(pipeline.service.url, pipeline.service.write_key, context=CONTEXT) as client:
        buy(client, "T1")
        assert not client.flush(1)
        assert client.stats().accepted == 0
        assert pipeline.aws.objects("events/") == b""
        pipeline.aws.firehose.fault = None
        assert client.flush(60)
        assert client.stats().accepted == 1
    pipeline.load()
    assert len(pipeline.warehouse.query("SELECT EVENT_ID FROM CORE.PURCHASE_1")) == 1


def test_an_event_sent_twice_is_one_row(pipeline: Pipeline) -> None:
    event = example_event()
    for _ in range(2):
        assert post(pipeline.service, "/v1/events/purchase", event).status_code == 202
        pipeline.load()
    assert len(pipeline.warehouse.query("SELECT EVENT_ID FROM CORE.PURCHASE_1")) == 1
    assert len(pipeline.warehouse.query("SELECT RECORD_CONTENT FROM LANDING.EVENTS")) == 2


def test_a_refused_event_is_in_the_warehouse_with_its_reason(pipeline: Pipeline) -> None:
    event = example_event()
    event["price"] = {"amount_micros": 1, "currency": "GEM"}
    assert post(pipeline.service, "/v1/events/purchase", event).status_code == 422
    pipeline.load()
    (row,) = pipeline.warehouse.query("SELECT * FROM CORE.REJECTED")
    assert (row["STAGE"], row["POINTER"], row["KEYWORD"]) == ("api", "/price/currency", "enum")
    assert row["EVENT_ID"] == event["event_id"]
    assert pipeline.warehouse.query("SELECT EVENT_ID FROM CORE.PURCHASE_1") == []


@pytest.mark.skipif(shutil.which("curl") is None, reason="this machine has no curl")
def test_the_curl_line_of_serve_works(pipeline: Pipeline) -> None:
    line = curl_line(pipeline.service, example_event())
    answer = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)  # noqa: S607 - the line is for a shell
    assert answer.stdout.startswith("HTTP/1.1 202 Accepted")
    pipeline.load()
    assert len(pipeline.warehouse.query("SELECT EVENT_ID FROM CORE.PURCHASE_1")) == 1


def test_the_answers_the_readme_promises(pipeline: Pipeline) -> None:
    service, path, event = pipeline.service, "/v1/events/purchase", example_event()
    broken = {**event, "price": {"amount_micros": 1, "currency": "GEM"}}
    del broken["store"]
    refused = post(service, path, broken)
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json()["errors"]} == {"/price/currency", "/store"}
    assert post(service, path, event, Authorization="").status_code == 401
    assert post(service, path, b"[" + b" " * 70_000 + b"]").status_code == 413
    assert post(service, path, event, **{"Content-Type": "text/plain"}).status_code == 415
    assert post(service, path, b"{").status_code == 400
