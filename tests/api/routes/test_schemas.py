import json

import httpx
import pytest

from questlog_api.contracts import load_catalog, load_openapi

pytestmark = pytest.mark.anyio

VERSIONS = [version for versions in load_catalog().values() for version in versions.values()]


@pytest.fixture(autouse=True)
def _no_key(client: httpx.AsyncClient) -> None:
    del client.headers["Authorization"]


async def test_the_list_names_every_contract_and_where_it_is(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/schemas")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["contracts"] == [
        {
            "event": version.event,
            "version": version.number,
            "status": version.status,
            "sha256": version.sha256,
            "href": f"/v1/schemas/{version.event}/{version.number}",
        }
        for version in VERSIONS
    ]


async def test_every_contract_is_served_whole(client: httpx.AsyncClient) -> None:
    for entry in (await client.get("/v1/schemas")).json()["contracts"]:
        response = await client.get(entry["href"])
        assert response.headers["Content-Type"] == "application/schema+json"
        assert response.json() == load_catalog()[entry["event"]][entry["version"]].schema


@pytest.mark.parametrize("path", ["/v1/schemas", "/v1/schemas/purchase/1.0", "/openapi.json"])
async def test_what_a_client_has_is_not_sent_again(client: httpx.AsyncClient, path: str) -> None:
    etag = (await client.get(path)).headers["ETag"]
    response = await client.get(path, headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == etag


@pytest.mark.parametrize("path", ["/v1/schemas/purchase/9.9", "/v1/schemas/no_such_event/1.0"])
async def test_a_contract_nobody_knows_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert response.status_code == 404
    assert response.json()["type"] == "urn:questlog:problem:not-found"


async def test_the_openapi_document_is_served_byte_for_byte(client: httpx.AsyncClient) -> None:
    response = await client.get("/openapi.json")
    assert response.content == load_openapi()
    assert json.loads(response.content)["paths"]["/v1/events/purchase"]


@pytest.mark.parametrize("path", ["/metrics%0A", "/readyz%0a", "/v1/schemas%0A", "/docs%0A"])
async def test_no_path_is_served_under_a_second_name(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404
