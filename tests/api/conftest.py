import json
import logging
from collections.abc import AsyncIterator
from copy import deepcopy
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from questlog_api import Settings, create_app
from questlog_api.gate.keys import key_hash
from questlog_api.sinks import MemorySink, Stream
from tests.repository import shipped_catalog

ORION_KEY = "ql_orion"
VEGA_KEY = "ql_vega"
SENT_AT = "2026-11-02T19:04:06+01:00"
SECRET = "alice@example.com"
ORIGIN = "https://play.example.com"

EACH_WAY = pytest.mark.parametrize(
    "settings", [{}, {"cors_origins": (ORIGIN,)}], ids=["fast", "framework"], indirect=True
)
"""Events go around the layers of the framework, and through them when browsers may send some."""


@pytest.fixture(autouse=True)
def _nothing_was_logged_lately() -> None:
    """Let each test see its own lines: some are logged once a second only."""
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("questlog_api.")]:
        for once in logging.getLogger(name).filters:
            once.__init__()  # type: ignore[misc]  # as at the start of the process


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def purchase() -> dict[str, Any]:
    [contract] = [c for c in shipped_catalog().contracts if c.event == "purchase"]
    return deepcopy(dict(contract.valid_examples["gem_pack_in_euro"]))


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings of two games; a test may change some with an indirect parameter."""
    games = {"orion": ORION_KEY, "vega": VEGA_KEY}
    made = Settings(
        write_keys={game: (key_hash(key.encode()),) for game, key in games.items()}, allow_drafts=True
    )
    return made.model_copy(update=getattr(request, "param", {}))


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def app(settings: Settings, sink: MemorySink) -> FastAPI:
    return create_app(settings, sink=sink)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the write key of the game orion."""
    async with connect(app) as client:
        yield client


def connect(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://questlog.test",
        headers={"Authorization": f"Bearer {ORION_KEY}"},
    )


def lines_of(sink: MemorySink, stream: Stream) -> list[dict[str, Any]]:
    return [json.loads(line) for line in sink.lines[stream]]


def batch_of(*events: object) -> dict[str, object]:
    return {"sent_at": SENT_AT, "events": events}
