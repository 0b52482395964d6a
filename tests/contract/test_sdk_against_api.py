"""SDK -> ASGI app -> memory sink: they share contracts, not code; only running them together proves it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

import questlog
from questlog_api.app import create_app
from questlog_api.gate.keys import key_hash
from questlog_api.settings import Settings
from questlog_api.sinks import Stream
from questlog_api.sinks.memory import MemorySink
from tests.repository import shipped_catalog
from tests.schemas.validators import constructed
from tests.sdk.asgi import AsgiTransport
from tests.sdk.samples import BOUGHT, CONTEXT

WRITE_KEY = "sdk-against-api-key"
SETTINGS = Settings(write_keys={"game-1": (key_hash(WRITE_KEY.encode()),)}, allow_drafts=True)
VALID = [
    pytest.param(contract.event, example, id=f"{contract.event}-{name}")
    for contract in shipped_catalog().contracts
    for name, example in contract.valid_examples.items()
]


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def client(sink: MemorySink) -> Iterator[questlog.Client]:
    transport = AsgiTransport(create_app(SETTINGS, sink=sink))
    with questlog.Client(
        "http://api.test", WRITE_KEY, context=CONTEXT, transport=transport, outbox=None
    ) as client:
        yield client


def delivered(sink: MemorySink, stream: Stream = Stream.EVENTS) -> list[dict[str, Any]]:
    return [json.loads(line) for line in sink.lines[stream]]


@pytest.mark.parametrize(("event", "example"), VALID)
def test_what_the_sdk_builds_the_api_accepts_and_delivers_unchanged(
    client: questlog.Client, sink: MemorySink, event: str, example: dict[str, Any]
) -> None:
    sent = constructed(event, example)
    assert isinstance(sent, questlog.Event)
    client.track(sent)
    assert client.flush()
    (line,) = delivered(sink)
    assert line["event"] == sent.to_json()
    assert line["game_id"] == "game-1"
    assert client.stats().accepted == 1


def test_a_thousand_events_arrive_once_each(client: questlog.Client, sink: MemorySink) -> None:
    ids = [client.purchase(**BOUGHT) for _ in range(1000)]
    assert client.flush()
    assert sorted(line["event"]["event_id"] for line in delivered(sink)) == sorted(ids)


def test_an_event_the_api_refuses_is_reported_and_kept_as_a_reject(sink: MemorySink) -> None:
    rejections: list[questlog.Rejection] = []
    settings = SETTINGS.model_copy(update={"max_event_bytes": 1024})
    transport = AsgiTransport(create_app(settings, sink=sink))
    with questlog.Client(
        "http://api.test",
        WRITE_KEY,
        context=CONTEXT,
        transport=transport,
        outbox=None,
        on_rejected=rejections.append,
    ) as client:
        client.install(
            install_kind="first_open",
            store="web",
            attribution_status="attributed",
            campaign="c" * 128,
            ad_group="a" * 128,
            creative="b" * 128,
            install_referrer="r" * 512,
        )
        assert client.flush()
    assert [rejection.errors[0].keyword for rejection in rejections] == ["maxBytes"]
    assert delivered(sink) == []
    assert [line["reason"] for line in delivered(sink, Stream.REJECTS)] == ["too_large"]
