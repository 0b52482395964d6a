"""`POST /v1/events/{event}`."""

import json
from typing import Any

import httpx
import pytest

from questlog_api import Settings
from questlog_api.contracts import load_catalog
from questlog_api.sinks import MemorySink, Stream
from tests.api.conftest import EACH_WAY, SECRET, SENT_AT, VEGA_KEY, lines_of

pytestmark = [pytest.mark.anyio, EACH_WAY]


async def test_a_valid_event_is_accepted_and_stored(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    response = await client.post("/v1/events/purchase", json=purchase, headers={"Questlog-Sent-At": SENT_AT})
    assert response.status_code == 202
    request_id = response.headers["Questlog-Request-Id"]
    assert response.json() == {
        "request_id": request_id,
        "event_id": purchase["event_id"],
        "status": "accepted",
    }
    [line] = lines_of(sink, Stream.EVENTS)
    assert line.pop("received_at").endswith("Z")
    assert line == {
        "sent_at": "2026-11-02T18:04:06.000Z",
        "game_id": "orion",
        "request_id": request_id,
        "event": purchase,
    }


async def test_an_event_without_a_time_of_sending_is_accepted(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    assert (await client.post("/v1/events/purchase", json=purchase)).status_code == 202
    assert lines_of(sink, Stream.EVENTS)[0]["sent_at"] is None


@pytest.mark.parametrize("event", load_catalog())
async def test_every_event_has_an_address_with_all_its_versions(
    client: httpx.AsyncClient, sink: MemorySink, event: str
) -> None:
    response = await client.post(f"/v1/events/{event}", json={})
    assert response.json()["type"] == "urn:questlog:problem:invalid-event"
    assert lines_of(sink, Stream.REJECTS)[0]["reason"] == "invalid_event"


async def test_the_key_decides_which_game_an_event_belongs_to(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    for event in (purchase, purchase | {"game_id": "orion"}):
        headers = {"Authorization": f"Bearer {VEGA_KEY}"}
        await client.post("/v1/events/purchase", json=event, headers=headers)
    assert [line["game_id"] for line in lines_of(sink, Stream.EVENTS)] == ["vega"]
    assert [line["game_id"] for line in lines_of(sink, Stream.REJECTS)] == ["vega"]


async def test_what_is_stored_is_written_anew(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    odd = b'{ "event" : "install",\n' + json.dumps(purchase).encode()[1:]
    response = await client.post(
        "/v1/events/purchase", content=odd, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 202
    [line] = sink.lines[Stream.EVENTS]
    assert json.dumps(purchase, separators=(",", ":")).encode() in line
    assert b'install"' not in line


async def test_an_invalid_event_is_refused_with_all_reasons_and_kept(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    purchase["price"]["currency"] = "GEM"
    purchase[SECRET] = SECRET
    del purchase["store"]
    response = await client.post("/v1/events/purchase", json=purchase)
    assert response.status_code == 422
    problem = response.json()
    assert problem["type"] == "urn:questlog:problem:invalid-event"
    assert {(e["pointer"], e["keyword"]) for e in problem["errors"]} == {
        ("", "additionalProperties"),
        ("/store", "required"),
        ("/price/currency", "enum"),
    }
    assert SECRET not in response.text
    [reject] = lines_of(sink, Stream.REJECTS)
    assert reject["reason"] == "invalid_event"
    assert reject["errors"] == problem["errors"]
    assert json.loads(reject["payload"]) == purchase
    assert sink.lines[Stream.EVENTS] == []


async def test_an_unknown_event_is_not_found_but_kept(client: httpx.AsyncClient, sink: MemorySink) -> None:
    response = await client.post("/v1/events/no_such_event", json={"level": 3})
    assert response.status_code == 404
    assert response.json()["type"] == "urn:questlog:problem:unknown-event"
    [reject] = lines_of(sink, Stream.REJECTS)
    assert (reject["reason"], reject["payload"]) == ("unknown_event", '{"level":3}')


async def test_an_unknown_version_is_refused_as_such_and_kept(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    response = await client.post("/v1/events/purchase", json=purchase | {"schema_version": "7.0"})
    assert response.status_code == 422
    assert response.json()["type"] == "urn:questlog:problem:unknown-version"
    assert lines_of(sink, Stream.REJECTS)[0]["reason"] == "unknown_version"


@pytest.mark.parametrize("amount", [2**53, 2**63, 2**64, -(2**64), 10**30])
async def test_an_amount_that_is_not_exact_in_every_layer_is_refused(
    client: httpx.AsyncClient, purchase: dict[str, Any], amount: int
) -> None:
    purchase["price"]["amount_micros"] = amount
    response = await client.post("/v1/events/purchase", json=purchase)
    [error] = response.json()["errors"]
    assert error["pointer"] == "/price/amount_micros"
    assert error["keyword"] in {"maximum", "minimum"}


async def test_a_whole_number_with_a_point_is_accepted(
    client: httpx.AsyncClient, purchase: dict[str, Any]
) -> None:
    purchase["quantity"] = 1.0
    assert (await client.post("/v1/events/purchase", json=purchase)).status_code == 202


@pytest.mark.parametrize("sent_at", ["", "now", "2026-11-02T18:04:05", "2026-11-02 18:04:05Z"])
async def test_a_bad_time_of_sending_is_a_bad_request(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any], sent_at: str
) -> None:
    response = await client.post("/v1/events/purchase", json=purchase, headers={"Questlog-Sent-At": sent_at})
    assert response.status_code == 400
    assert response.json()["type"] == "urn:questlog:problem:invalid-header"
    assert "Questlog-Sent-At" in response.json()["detail"]
    assert sink.lines == {Stream.EVENTS: [], Stream.REJECTS: []}


async def test_a_single_event_over_its_limit_is_too_large(
    client: httpx.AsyncClient, sink: MemorySink, settings: Settings
) -> None:
    response = await client.post("/v1/events/purchase", json="x" * settings.max_event_bytes)
    assert response.status_code == 413
    assert sink.lines[Stream.REJECTS] == []


async def test_a_single_event_that_grows_over_its_limit_when_written_anew_is_refused_and_kept(
    client: httpx.AsyncClient, sink: MemorySink
) -> None:
    numbers = b"[" + b",".join([b"1e15"] * 10_000) + b"]"
    response = await client.post(
        "/v1/events/purchase", content=numbers, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422
    assert [error["keyword"] for error in response.json()["errors"]] == ["maxBytes"]
    assert lines_of(sink, Stream.REJECTS)[0]["reason"] == "too_large"
