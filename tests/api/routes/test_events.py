"""What single events and batches share."""

import asyncio
import gc
import json
from collections.abc import Sequence
from time import monotonic
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from questlog_api import Settings, create_app
from questlog_api.sinks import MemorySink, Stream
from questlog_api.sinks.base import Stored, ignore
from tests.api.conftest import EACH_WAY, SECRET, SENT_AT, VEGA_KEY, batch_of, connect, lines_of

pytestmark = [pytest.mark.anyio, EACH_WAY]


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
    kept = [(reject["reason"], reject["payload"].encode()) for reject in lines_of(sink, Stream.REJECTS)]
    assert kept == [("invalid_event", deep)] * 2


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
        await client.post("/v1/events", json=batch_of(purchase, {}))
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
        several = await client.post("/v1/events", json=batch_of(purchase))
    for response in (single, several):
        assert response.status_code == 503
        assert response.headers["Retry-After"] == str(settings.retry_after_seconds)
        assert response.json()["type"] == "urn:questlog:problem:unavailable"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/events/purchase", {}),
        ("/v1/events/no_such_event", {}),
        ("/v1/events", batch_of({})),
        ("/v1/events", {}),
    ],
)
async def test_a_refusal_that_cannot_be_kept_is_not_told(settings: Settings, path: str, body: object) -> None:
    async with connect(create_app(settings, sink=MemorySink(capacity=0))) as client:
        response = await client.post(path, json=body)
    assert response.status_code == 503
    assert "Retry-After" in response.headers


def count(app: FastAPI, name: str, **labels: str) -> float:
    """What is counted, 0 for nothing."""
    return app.state.metrics.registry.get_sample_value(f"questlog_{name}_total", labels) or 0.0


async def test_requests_at_the_same_time_share_puts(settings: Settings, purchase: dict[str, Any]) -> None:
    sink = SlowSink()
    async with connect(create_app(settings, sink=sink)) as client:
        waiting = [asyncio.create_task(client.post("/v1/events/purchase", json=purchase)) for _ in range(30)]
        await sink.asked.wait()
        sink.may.set()
        assert {(await task).status_code for task in waiting} == {202}
    assert len(sink.lines[Stream.EVENTS]) == 30
    assert len(sink.deadlines) < 10


async def test_what_is_acknowledged_is_counted_by_contract(
    app: FastAPI, client: httpx.AsyncClient, purchase: dict[str, Any]
) -> None:
    await client.post("/v1/events/purchase", json=purchase)
    await client.post("/v1/events", json=batch_of(purchase, purchase, {}))
    version = purchase["schema_version"]
    assert count(app, "events_accepted", event="purchase", version=version) == 3


async def test_what_is_refused_is_counted_by_contract_reason_and_keyword(
    app: FastAPI, client: httpx.AsyncClient, purchase: dict[str, Any]
) -> None:
    await client.post("/v1/events/purchase", json=purchase | {"quantity": 0})
    await client.post(
        "/v1/events", json=batch_of(purchase | {"quantity": 0}, purchase | {"schema_version": "9.9"})
    )
    await client.post("/v1/events", json=batch_of({"event": SECRET, "schema_version": SECRET}))
    known = {"event": "purchase", "version": purchase["schema_version"]}
    assert count(app, "events_rejected", **known, reason="invalid_event", keyword="minimum") == 2
    assert (
        count(
            app,
            "events_rejected",
            event="purchase",
            version="unknown",
            reason="unknown_version",
            keyword="enum",
        )
        == 1
    )
    unknown = {"event": "unknown", "version": "unknown"}
    assert count(app, "events_rejected", **unknown, reason="unknown_event", keyword="enum") == 1
    assert SECRET not in app.state.metrics.exposition().decode()


async def test_what_is_not_stored_is_not_counted(settings: Settings, purchase: dict[str, Any]) -> None:
    app = create_app(settings, sink=MemorySink(capacity=0))
    async with connect(app) as client:
        await client.post("/v1/events/purchase", json=purchase)
        await client.post("/v1/events/purchase", json=purchase | {"quantity": 0})
    known = {"event": "purchase", "version": purchase["schema_version"]}
    assert count(app, "events_accepted", **known) == 0
    assert count(app, "events_rejected", **known, reason="invalid_event", keyword="minimum") == 0


async def test_answers_are_counted_by_route_and_status(
    app: FastAPI, client: httpx.AsyncClient, purchase: dict[str, Any]
) -> None:
    await client.post("/v1/events/purchase", json=purchase)
    await client.post("/v1/events/purchase", json={})
    await client.post("/v1/events", json=batch_of(purchase, {}))
    await client.post(f"/v1/events/{SECRET}", json={})
    await client.post(f"/{SECRET}", json={})
    routes = [
        ("/v1/events/purchase", "202"),
        ("/v1/events/purchase", "422"),
        ("/v1/events", "207"),
        ("/v1/events/{event}", "404"),
        ("other", "404"),
    ]
    assert [count(app, "requests", route=route, status=status) for route, status in routes] == [1] * 5


def limited(settings: Settings, **limits: int) -> tuple[FastAPI, MemorySink]:
    sink = MemorySink()
    return create_app(settings.model_copy(update=limits), sink=sink), sink


def is_over(answer: httpx.Response, kind: str) -> bool:
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    return bool(answer.json()["type"] == f"urn:questlog:problem:{kind}")


async def test_over_its_quota_of_events_a_key_is_to_wait_and_nothing_is_kept(
    settings: Settings, purchase: dict[str, Any]
) -> None:
    app, sink = limited(settings, max_events_per_minute=3)
    async with connect(app) as client:
        assert (await client.post("/v1/events", json=batch_of(purchase, {}))).status_code == 207
        assert (await client.post("/v1/events/purchase", json={})).status_code == 422
        for path, body in [
            ("/v1/events/purchase", purchase),
            ("/v1/events", batch_of(purchase, {})),
            ("/v1/events", {}),
            ("/v1/events/no_such_event", {}),
        ]:
            assert is_over(await client.post(path, json=body), "rate-limited")
        other = {"Authorization": f"Bearer {VEGA_KEY}"}
        assert (await client.post("/v1/events/purchase", json=purchase, headers=other)).status_code == 202
    assert [len(sink.lines[stream]) for stream in Stream] == [2, 2]
    assert count(app, "limited", limit="events") == 4


async def test_over_its_quota_of_rejects_nothing_of_a_request_is_kept(
    settings: Settings, purchase: dict[str, Any]
) -> None:
    app, sink = limited(settings, max_rejects_per_minute=2)
    async with connect(app) as client:
        assert (await client.post("/v1/events", json=batch_of(purchase, {}))).status_code == 207
        assert (await client.post("/v1/events/purchase", json={})).status_code == 422
        for path, body in [
            ("/v1/events/purchase", {}),
            ("/v1/events", batch_of(purchase, {})),
            ("/v1/events", {"events": [purchase]}),
            ("/v1/events/no_such_event", {}),
        ]:
            assert is_over(await client.post(path, json=body), "rejects-limited")
        assert (await client.post("/v1/events/purchase", json=purchase)).status_code == 202
    assert [len(sink.lines[stream]) for stream in Stream] == [2, 2]
    assert count(app, "limited", limit="rejects") == 4


async def test_who_has_no_key_uses_up_no_quota(settings: Settings, purchase: dict[str, Any]) -> None:
    app, _ = limited(settings, max_events_per_minute=1)
    async with connect(app) as client:
        for key in ("ql_wrong", "", "ql_orion_"):
            stranger = {"Authorization": f"Bearer {key}"}
            assert (
                await client.post("/v1/events/purchase", json=purchase, headers=stranger)
            ).status_code == 401
        assert (await client.post("/v1/events/purchase", json=purchase)).status_code == 202


async def test_the_log_counts_rejects_and_shows_no_value(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "questlog_api")
    await client.post("/v1/events", json=batch_of({"event": SECRET}, {}))
    assert "2 rejects of orion" in caplog.text
    assert SECRET not in caplog.text


async def test_routes_are_those_of_the_openapi_document(app: FastAPI, client: httpx.AsyncClient) -> None:
    paths = set((await client.get("/openapi.json")).json()["paths"])
    served = {route.path for route in app.routes}  # type: ignore[attr-defined]  # every route has a path
    assert served - paths == {"/openapi.json", "/docs", "/docs/assets", "/v1/events/{event}"}
    assert paths <= served
