"""Run in a repository where `purchase` has changed: games of every version send, and the tables take it all.

`python -m tests.changed_event.play 1.0 1.1 2.0` expects these versions, the last one from the SDK.
"""

import sys
from uuid import uuid4

import httpx

import questlog
from questlog_api.contracts import load_catalog
from tests.pipeline.setup import Pipeline, running_pipeline
from tests.repository import shipped_catalog
from tests.sdk.samples import CONTEXT


def main(*numbers: str) -> None:
    """Fail with an assertion when a version is refused, lost, or typed wrongly."""
    assert tuple(load_catalog()["purchase"]) == numbers
    with running_pipeline(reporting=()) as pipeline:
        for number in numbers[:-1]:
            assert post(pipeline, number).status_code == 202
        send_by_sdk(pipeline)
        refused = post(pipeline, "1.99")
        assert refused.status_code == 422
        assert refused.json()["type"].endswith("unknown-version")
        pipeline.load()
        expect_typed(pipeline, numbers)


def post(pipeline: Pipeline, number: str) -> httpx.Response:
    """Send what a game of that version sends, as it was years ago."""
    [contract] = [contract for contract in shipped_catalog().contracts if contract.event == "purchase"]
    example = contract.valid_examples["gem_pack_in_euro"]
    event = {**example, "schema_version": number, "event_id": str(uuid4())}
    headers = {"Authorization": f"Bearer {pipeline.service.write_key}"}
    return httpx.post(f"{pipeline.service.url}/v1/events/purchase", json=event, headers=headers)


def send_by_sdk(pipeline: Pipeline) -> None:
    service = pipeline.service
    with questlog.Client(service.url, service.write_key, context=CONTEXT) as client:
        client.purchase(
            product_id="gems_1200",
            product_type="consumable",
            quantity=1,
            price=questlog.Money.of("4.99", "EUR"),
            store="app_store",
            store_transaction_id="2000000512345678",
            sandbox=False,
            gift=True,  # type: ignore[call-arg]  # generated in the copy only
        )
        assert client.flush(30)


def expect_typed(pipeline: Pipeline, numbers: tuple[str, ...]) -> None:
    query = pipeline.warehouse.query
    rows = query("SELECT SCHEMA_VERSION, GIFT FROM MART.PURCHASE ORDER BY SCHEMA_VERSION")
    assert [(row["SCHEMA_VERSION"], row["GIFT"]) for row in rows] == [
        *((number, None) for number in numbers[:-1]),
        (numbers[-1], True),
    ]
    used = query("SELECT SCHEMA_VERSION, STATUS, EVENTS FROM MART.VERSION_USAGE WHERE EVENT = 'purchase'")
    arrived = {row["SCHEMA_VERSION"]: (row["STATUS"], row["EVENTS"]) for row in used}
    assert arrived == {
        **dict.fromkeys(numbers[:-1], ("older", 1)),
        numbers[-1]: ("newest", 1),
        "1.99": ("unknown", 1),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
