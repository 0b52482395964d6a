"""`POST /v1/events`."""

import gzip
import json
from typing import Any

import httpx
import pytest

from questlog_api import Settings, create_app
from questlog_api.sinks import MemorySink, Stream
from tests.api.conftest import EACH_WAY, SECRET, SENT_AT, batch_of, connect, lines_of

pytestmark = [pytest.mark.anyio, EACH_WAY]


async def test_a_batch_may_be_gzipped(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    body = gzip.compress(json.dumps(batch_of(*[purchase] * 500)).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    response = await client.post("/v1/events", content=body, headers=headers)
    assert response.status_code == 202
    assert response.json()["accepted"] == 500
    assert len(sink.lines[Stream.EVENTS]) == 500


async def test_a_valid_batch_is_accepted_whole(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    response = await client.post("/v1/events", json=batch_of(purchase))
    assert response.status_code == 202
    assert response.json() == {
        "request_id": response.headers["Questlog-Request-Id"],
        "accepted": 1,
        "rejected": 0,
        "events": [{"index": 0, "event_id": purchase["event_id"], "status": "accepted", "errors": []}],
    }
    assert lines_of(sink, Stream.EVENTS)[0]["sent_at"] == "2026-11-02T18:04:06.000Z"


async def test_a_mixed_batch_tells_what_became_of_each_event(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    events = [
        purchase | {"quantity": 0},
        purchase,
        {"event": "no_such_event"},
        purchase | {"schema_version": "7.0"},
        purchase | {"placement": "x" * 70_000},
        SECRET,
    ]
    response = await client.post("/v1/events", json=batch_of(*events))
    assert response.status_code == 207
    answer = response.json()
    assert (answer["accepted"], answer["rejected"]) == (1, 5)
    assert [result["index"] for result in answer["events"]] == [0, 1, 2, 3, 4, 5]
    assert [result["status"] for result in answer["events"]].index("accepted") == 1
    assert [[(e["pointer"], e["keyword"]) for e in result["errors"]] for result in answer["events"]] == [
        [("/quantity", "minimum")],
        [],
        [("/event", "enum")],
        [("/schema_version", "enum")],
        [("", "maxBytes")],
        [("", "type")],
    ]
    assert SECRET not in response.text
    rejects = lines_of(sink, Stream.REJECTS)
    assert [reject["reason"] for reject in rejects] == [
        "invalid_event",
        "unknown_event",
        "unknown_version",
        "too_large",
        "invalid_event",
    ]
    assert [line["event"] for line in lines_of(sink, Stream.EVENTS)] == [purchase]
    assert {line["request_id"] for line in rejects} == {answer["request_id"]}


async def test_a_batch_of_refused_events_only_is_a_problem_that_lists_them(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    response = await client.post("/v1/events", json=batch_of(purchase | {"quantity": 0}, {}))
    assert response.status_code == 422
    problem = response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert problem["type"] == "urn:questlog:problem:invalid-event"
    assert (problem["accepted"], problem["rejected"], len(problem["events"])) == (0, 2, 2)
    assert len(sink.lines[Stream.REJECTS]) == 2


async def test_what_is_no_batch_is_refused_whole_and_each_of_its_events_kept(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    events = [purchase | {"quantity": quantity} for quantity in range(1, 501)]
    response = await client.post("/v1/events", json={"events": events, SECRET: 1})
    assert response.status_code == 422
    problem = response.json()
    assert problem["type"] == "urn:questlog:problem:invalid-batch"
    assert [(e["pointer"], e["keyword"]) for e in problem["errors"]] == [
        ("", "additionalProperties"),
        ("/sent_at", "required"),
    ]
    assert "events" not in problem
    assert SECRET not in response.text
    rejects = lines_of(sink, Stream.REJECTS)
    assert {(reject["reason"], reject["sent_at"]) for reject in rejects} == {("malformed_batch", None)}
    assert [json.loads(reject["payload"]) for reject in rejects] == events
    assert sink.lines[Stream.EVENTS] == []


@pytest.mark.parametrize("body", [{}, {"sent_at": SENT_AT, "events": []}, [1], 7])
async def test_what_is_no_batch_and_has_no_events_is_kept_as_it_is(
    client: httpx.AsyncClient, sink: MemorySink, body: object
) -> None:
    assert (await client.post("/v1/events", json=body)).status_code == 422
    [reject] = lines_of(sink, Stream.REJECTS)
    assert json.loads(reject["payload"]) == body


@pytest.mark.parametrize(
    "form", ["%s", '{"sent_at": %s, "events": [1]}', '{"events": %s}', '{"events": [%s]}']
)
async def test_what_is_no_batch_is_a_problem_however_deep_it_is(
    client: httpx.AsyncClient, sink: MemorySink, form: str
) -> None:
    body = form % ("[" * 1000 + "]" * 1000)
    response = await client.post("/v1/events", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert response.json()["type"] == "urn:questlog:problem:invalid-batch"
    assert len(sink.lines[Stream.REJECTS]) == 1


async def test_a_reject_that_was_cut_says_so(client: httpx.AsyncClient, sink: MemorySink) -> None:
    event = {"event": "x" * 100_000}
    await client.post("/v1/events", json=batch_of(event))
    [reject] = lines_of(sink, Stream.REJECTS)
    assert len(reject["payload"]) == 64 * 1024
    assert reject["payload_bytes"] == len(json.dumps(event, separators=(",", ":")))


async def test_a_batch_of_more_events_than_the_setting_allows_is_too_large_and_not_kept(
    settings: Settings, purchase: dict[str, Any]
) -> None:
    sink = MemorySink()
    app = create_app(settings.model_copy(update={"max_batch_events": 2}), sink=sink)
    async with connect(app) as client:
        assert (await client.post("/v1/events", json=batch_of(*[purchase] * 2))).status_code == 202
        response = await client.post("/v1/events", json=batch_of(*[purchase] * 3))
    assert response.status_code == 413
    assert "2 events" in response.json()["detail"]
    assert (len(sink.lines[Stream.EVENTS]), sink.lines[Stream.REJECTS]) == (2, [])


async def test_a_mixed_batch_whose_rejects_cannot_be_kept_is_to_be_sent_again(
    settings: Settings, purchase: dict[str, Any]
) -> None:
    sink = MemorySink(capacity=1)
    async with connect(create_app(settings, sink=sink)) as client:
        response = await client.post("/v1/events", json=batch_of({}, purchase))
    assert response.status_code == 503
    assert len(sink.lines[Stream.EVENTS]) == 1


async def test_what_a_request_makes_counts_as_well_as_what_it_sends(settings: Settings) -> None:
    sink = MemorySink()
    app = create_app(settings.model_copy(update={"max_inflight_bytes": 100_000}), sink=sink)
    async with connect(app) as client:
        assert (await client.post("/v1/events", json=batch_of(1))).status_code == 422
        assert (await client.post("/v1/events", json=batch_of(*[1] * 500))).status_code == 503
    assert len(sink.lines[Stream.REJECTS]) == 1
