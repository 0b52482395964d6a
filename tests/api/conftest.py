from collections.abc import AsyncIterator
from copy import deepcopy
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from questlog_api import Settings, create_app
from questlog_api.keys import key_hash
from questlog_api.sinks import MemorySink
from tests.repository import shipped_catalog

ORION_KEY = "ql_orion"
VEGA_KEY = "ql_vega"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def purchase() -> dict[str, Any]:
    [contract] = [c for c in shipped_catalog().contracts if c.event == "purchase"]
    return deepcopy(dict(contract.valid_examples["gem_pack_in_euro"]))


@pytest.fixture
def settings() -> Settings:
    games = {"orion": ORION_KEY, "vega": VEGA_KEY}
    return Settings(
        write_keys={game: (key_hash(key.encode()),) for game, key in games.items()}, allow_drafts=True
    )


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
