import asyncio
import gc
import gzip
import json
from collections.abc import Sequence
from time import monotonic
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from questlog_api import Settings, create_app
from questlog_api.contracts import load_catalog
from questlog_api.sinks import MemorySink, Stream
from questlog_api.sinks.base import Stored, ignore
from tests.api.conftest import VEGA_KEY, connect

pytestmark = pytest.mark.anyio

SENT_AT = "2026-11-02T19:04:06+01:00"
SECRET = "alice@example.com"


def lines(sink: MemorySink, stream: Stream) -> list[dict[str, Any]]:
    return [json.loads(line) for line in sink.lines[stream]]


def batch(*events: object) -> dict[str, object]:
    return {"sent_at": SENT_AT, "events": events}


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
    [line] = lines(sink, Stream.EVENTS)
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
    assert lines(sink, Stream.EVENTS)[0]["sent_at"] is None


@pytest.mark.parametrize("event", load_catalog())
async def test_every_event_has_an_address_with_all_its_versions(
    client: httpx.AsyncClient, sink: MemorySink, event: str
) -> None:
    response = await client.post(f"/v1/events/{event}", json={})
    assert response.json()["type"] == "urn:questlog:problem:invalid-event"
    assert lines(sink, Stream.REJECTS)[0]["reason"] == "invalid_event"


async def test_the_key_decides_which_game_an_event_belongs_to(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    await client.post("/v1/events/purchase", json=purchase, headers={"Authorization": f"Bearer {VEGA_KEY}"})
    assert lines(sink, Stream.EVENTS)[0]["game_id"] == "vega"


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
    [reject] = lines(sink, Stream.REJECTS)
    assert reject["reason"] == "invalid_event"
    assert reject["errors"] == problem["errors"]
    assert json.loads(reject["payload"]) == purchase
    assert sink.lines[Stream.EVENTS] == []


async def test_an_unknown_event_is_not_found_but_kept(client: httpx.AsyncClient, sink: MemorySink) -> None:
    response = await client.post("/v1/events/no_such_event", json={"level": 3})
    assert response.status_code == 404
    assert response.json()["type"] == "urn:questlog:problem:unknown-event"
    [reject] = lines(sink, Stream.REJECTS)
    assert (reject["reason"], reject["payload"]) == ("unknown_event", '{"level":3}')


async def test_an_unknown_version_is_refused_as_such_and_kept(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    response = await client.post("/v1/events/purchase", json=purchase | {"schema_version": "7.0"})
    assert response.status_code == 422
    assert response.json()["type"] == "urn:questlog:problem:unknown-version"
    assert lines(sink, Stream.REJECTS)[0]["reason"] == "unknown_version"


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


@pytest.mark.parametrize("path", ["/v1/events", "/v1/events/purchase", "/v1/events/no_such_event"])
async def test_nothing_is_taken_without_a_key(client: httpx.AsyncClient, sink: MemorySink, path: str) -> None:
    response = await client.post(path, json={}, headers={"Authorization": "Bearer ql_wrong"})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json()["type"] == "urn:questlog:problem:unauthorized"
    assert sink.lines == {Stream.EVENTS: [], Stream.REJECTS: []}


@pytest.mark.parametrize("path", ["/v1/events", "/v1/events/purchase", "/v1/events/no_such_event"])
async def test_the_form_of_a_body_is_checked_at_every_address(client: httpx.AsyncClient, path: str) -> None:
    json_type = {"Content-Type": "application/json"}
    not_json = await client.post(path, content=b"{", headers=json_type)
    text = await client.post(path, content=b"{}", headers={"Content-Type": "text/plain"})
    no_type = await client.post(path, content=b"{}")
    brotli = await client.post(path, content=b"{}", headers=json_type | {"Content-Encoding": "br"})
    not_gzip = await client.post(path, content=b"{}", headers=json_type | {"Content-Encoding": "gzip"})
    large = await client.post(path, content=b" " * (5 * 1024 * 1024 + 1), headers=json_type)
    answers = [not_json, text, no_type, brotli, not_gzip, large]
    assert [answer.status_code for answer in answers] == [400, 415, 415, 415, 400, 413]
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/problem+json"}


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
    assert lines(sink, Stream.REJECTS)[0]["reason"] == "too_large"


async def test_a_batch_may_be_gzipped(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    body = gzip.compress(json.dumps(batch(*[purchase] * 500)).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    response = await client.post("/v1/events", content=body, headers=headers)
    assert response.status_code == 202
    assert response.json()["accepted"] == 500
    assert len(sink.lines[Stream.EVENTS]) == 500


async def test_a_valid_batch_is_accepted_whole(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    response = await client.post("/v1/events", json=batch(purchase))
    assert response.status_code == 202
    assert response.json() == {
        "request_id": response.headers["Questlog-Request-Id"],
        "accepted": 1,
        "rejected": 0,
        "events": [{"index": 0, "event_id": purchase["event_id"], "status": "accepted", "errors": []}],
    }
    assert lines(sink, Stream.EVENTS)[0]["sent_at"] == "2026-11-02T18:04:06.000Z"


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
    response = await client.post("/v1/events", json=batch(*events))
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
    rejects = lines(sink, Stream.REJECTS)
    assert [reject["reason"] for reject in rejects] == [
        "invalid_event",
        "unknown_event",
        "unknown_version",
        "too_large",
        "invalid_event",
    ]
    assert [line["event"] for line in lines(sink, Stream.EVENTS)] == [purchase]
    assert {line["request_id"] for line in rejects} == {answer["request_id"]}


async def test_a_batch_of_refused_events_only_is_a_problem_that_lists_them(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    response = await client.post("/v1/events", json=batch(purchase | {"quantity": 0}, {}))
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
    rejects = lines(sink, Stream.REJECTS)
    assert {(reject["reason"], reject["sent_at"]) for reject in rejects} == {("malformed_batch", None)}
    assert [json.loads(reject["payload"]) for reject in rejects] == events
    assert sink.lines[Stream.EVENTS] == []


@pytest.mark.parametrize("body", [{}, {"sent_at": SENT_AT, "events": []}, [1], 7])
async def test_what_is_no_batch_and_has_no_events_is_kept_as_it_is(
    client: httpx.AsyncClient, sink: MemorySink, body: object
) -> None:
    assert (await client.post("/v1/events", json=body)).status_code == 422
    [reject] = lines(sink, Stream.REJECTS)
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


async def test_an_event_that_is_nested_too_deep_is_refused_alone_and_kept(
    client: httpx.AsyncClient, sink: MemorySink, purchase: dict[str, Any]
) -> None:
    deep = b'{"deep":' + b"[" * 300 + b"]" * 300 + b"}"
    content = b'{"sent_at":"%s","events":[%s,%s]}' % (SENT_AT.encode(), deep, json.dumps(purchase).encode())
    headers = {"Content-Type": "application/json"}
    several = await client.post("/v1/events", content=content, headers=headers)
    single = await client.post("/v1/events/purchase", content=deep, headers=headers)
    assert (several.status_code, single.status_code) == (207, 422)
    assert [event["status"] for event in several.json()["events"]] == ["rejected", "accepted"]
    assert [error["keyword"] for error in single.json()["errors"]] == ["maxDepth"]
    kept = [(reject["reason"], reject["payload"].encode()) for reject in lines(sink, Stream.REJECTS)]
    assert kept == [("invalid_event", deep)] * 2


async def test_a_reject_that_was_cut_says_so(client: httpx.AsyncClient, sink: MemorySink) -> None:
    event = {"event": "x" * 100_000}
    await client.post("/v1/events", json=batch(event))
    [reject] = lines(sink, Stream.REJECTS)
    assert len(reject["payload"]) == 64 * 1024
    assert reject["payload_bytes"] == len(json.dumps(event, separators=(",", ":")))


async def test_a_batch_of_more_events_than_the_setting_allows_is_too_large_and_not_kept(
    settings: Settings, purchase: dict[str, Any]
) -> None:
    sink = MemorySink()
    app = create_app(settings.model_copy(update={"max_batch_events": 2}), sink=sink)
    async with connect(app) as client:
        assert (await client.post("/v1/events", json=batch(*[purchase] * 2))).status_code == 202
        response = await client.post("/v1/events", json=batch(*[purchase] * 3))
    assert response.status_code == 413
    assert "2 events" in response.json()["detail"]
    assert (len(sink.lines[Stream.EVENTS]), sink.lines[Stream.REJECTS]) == (2, [])


class SlowSink(MemorySink):
    """Stores nothing before it may; `asked` says that somebody waits, `deadlines` until when."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.may = asyncio.Event(), asyncio.Event()
        self.deadlines: list[float] = []

    async def put(
        self, stream: Stream, lines: Sequence[bytes], deadline: float, stored: Stored = ignore
    ) -> None:
        self.deadlines.append(deadline)
        self.asked.set()
        await self.may.wait()
        await super().put(stream, lines, deadline, stored)


async def test_events_and_rejects_of_a_request_share_one_deadline(
    settings: Settings, purchase: dict[str, Any]
) -> None:
    sink = SlowSink()
    sink.may.set()
    latest = monotonic() + settings.delivery_seconds + 5
    async with connect(create_app(settings, sink=sink)) as client:
        await client.post("/v1/events", json=batch(purchase, {}))
    assert len(sink.deadlines) == 2
    assert len(set(sink.deadlines)) == 1
    assert sink.deadlines[0] < latest


async def test_what_is_too_much_at_the_same_time_is_to_be_sent_again_and_not_kept(settings: Settings) -> None:
    sink = SlowSink()
    large = {"sent_at": SENT_AT, "events": ["x" * 60_000] * 80}
    most = 16 * 1024 * 1024
    app = create_app(settings.model_copy(update={"max_inflight_bytes": most}), sink=sink)
    async with connect(app) as client:
        waiting = [asyncio.create_task(client.post("/v1/events", json=large)) for _ in range(5)]
        done, still = await asyncio.wait(waiting, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        refused = [task.result() for task in done]
        assert {(answer.status_code, answer.headers["Retry-After"]) for answer in refused} == {(503, "5")}
        sink.may.set()
        assert {(await task).status_code for task in still} == {422}
        assert len(sink.lines[Stream.REJECTS]) == 80 * len(still)
        assert (await client.post("/v1/events", json=large)).status_code == 422


async def test_what_a_request_makes_counts_as_well_as_what_it_sends(settings: Settings) -> None:
    sink = MemorySink()
    app = create_app(settings.model_copy(update={"max_inflight_bytes": 100_000}), sink=sink)
    async with connect(app) as client:
        assert (await client.post("/v1/events", json=batch(1))).status_code == 422
        assert (await client.post("/v1/events", json=batch(*[1] * 500))).status_code == 503
    assert len(sink.lines[Stream.REJECTS]) == 1


@pytest.mark.parametrize("path", ["/v1/events", "/v1/events/purchase"])
async def test_while_the_sink_takes_its_time_only_lines_are_held(settings: Settings, path: str) -> None:
    sink = SlowSink()
    content = b'{"sent_at":"2026-11-02T18:04:05Z","events":[{"marker":{"a":[]}}]}'
    headers = {"Content-Type": "application/json"}
    async with connect(create_app(settings, sink=sink)) as client:
        waiting = asyncio.create_task(client.post(path, content=content, headers=headers))
        await sink.asked.wait()
        held = [one for one in gc.get_objects() if isinstance(one, dict) and one.get("marker") == {"a": []}]
        sink.may.set()
        await waiting
    assert held == []


async def test_an_event_that_is_not_stored_is_not_acknowledged(
    settings: Settings, purchase: dict[str, Any]
) -> None:
    async with connect(create_app(settings, sink=MemorySink(capacity=0))) as client:
        single = await client.post("/v1/events/purchase", json=purchase)
        several = await client.post("/v1/events", json=batch(purchase))
    for response in (single, several):
        assert response.status_code == 503
        assert response.headers["Retry-After"] == str(settings.retry_after_seconds)
        assert response.json()["type"] == "urn:questlog:problem:unavailable"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/events/purchase", {}),
        ("/v1/events/no_such_event", {}),
        ("/v1/events", batch({})),
        ("/v1/events", {}),
    ],
)
async def test_a_refusal_that_cannot_be_kept_is_not_told(settings: Settings, path: str, body: object) -> None:
    async with connect(create_app(settings, sink=MemorySink(capacity=0))) as client:
        response = await client.post(path, json=body)
    assert response.status_code == 503
    assert "Retry-After" in response.headers


async def test_a_mixed_batch_whose_rejects_cannot_be_kept_is_to_be_sent_again(
    settings: Settings, purchase: dict[str, Any]
) -> None:
    sink = MemorySink(capacity=1)
    async with connect(create_app(settings, sink=sink)) as client:
        response = await client.post("/v1/events", json=batch({}, purchase))
    assert response.status_code == 503
    assert len(sink.lines[Stream.EVENTS]) == 1


async def test_the_log_counts_rejects_and_shows_no_value(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "questlog_api")
    await client.post("/v1/events", json=batch({"event": SECRET}, {}))
    assert "rejects of orion: {'unknown_event': 1, 'invalid_event': 1}" in caplog.text
    assert SECRET not in caplog.text


async def test_routes_are_those_of_the_openapi_document(app: FastAPI, client: httpx.AsyncClient) -> None:
    paths = set((await client.get("/openapi.json")).json()["paths"])
    served = {route.path for route in app.routes}  # type: ignore[attr-defined]  # every route has a path
    assert served - paths == {"/openapi.json", "/docs", "/docs/assets", "/v1/events/{event}"}
    assert paths <= served
