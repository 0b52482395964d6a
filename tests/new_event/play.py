"""Run in a repository that has `level_complete`: from the typed call to the typed row, and a refusal."""

import json

import httpx

import questlog
from tests.pipeline.setup import running_pipeline
from tests.sdk.samples import CONTEXT


def main() -> None:
    """Fail with an assertion when any part does not know the event."""
    with running_pipeline(reporting=()) as pipeline:
        service = pipeline.service
        with questlog.Client(service.url, service.write_key, context=CONTEXT) as client:
            client.level_complete(  # type: ignore[attr-defined]  # generated in the copy only
                level=17, stars=3, seconds=61.5, boosters=["bomb"], reward=questlog.Money.of("10", "USD")
            )
            assert client.flush(30)
        broken = json.loads(pipeline.aws.objects("events/"))["event"] | {"stars": 4}
        headers = {"Authorization": f"Bearer {service.write_key}"}
        answer = httpx.post(f"{service.url}/v1/events/level_complete", json=broken, headers=headers)
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/stars"]
        document = httpx.get(f"{service.url}/openapi.json").json()
        assert "/v1/events/level_complete" in document["paths"]
        pipeline.load()
        (row,) = pipeline.warehouse.query("SELECT * FROM MART.LEVEL_COMPLETE")
        assert (row["LEVEL"], row["STARS"], row["SECONDS"]) == (17, 3, 61.5)
        assert (row["REWARD_AMOUNT_MICROS"], row["REWARD_CURRENCY"]) == (10_000_000, "USD")
        (reject,) = pipeline.warehouse.query("SELECT * FROM CORE.REJECTED")
        assert (reject["EVENT"], reject["POINTER"], reject["KEYWORD"]) == (
            "level_complete",
            "/stars",
            "maximum",
        )


if __name__ == "__main__":
    main()
