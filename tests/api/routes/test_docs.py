import re
from urllib.parse import urljoin

import httpx
import pytest

pytestmark = pytest.mark.anyio


async def test_the_page_refers_to_nothing_outside_of_the_service(client: httpx.AsyncClient) -> None:
    response = await client.get("/docs")
    assert response.headers["Content-Type"].startswith("text/html")
    assert "//" not in re.sub(r"<!--.*?-->", "", response.text)
    assert '"validatorUrl": null' in response.text
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")


async def test_everything_the_page_refers_to_is_served(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs")).text
    references = re.findall(r"(?:src|href)=\"([^\"]+)\"|url: '([^']+)'", page)
    paths = [urljoin("/docs", "".join(reference)) for reference in references]
    assert len(paths) == 4
    for path in paths:
        response = await client.get(path)
        assert response.status_code == 200
        assert len(response.content) > 1000


async def test_the_style_sheet_loads_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    style = (await client.get("/docs/assets/swagger-ui.css")).text
    assert "@import" not in style
    assert re.findall(r"url\(['\"]?(?!['\"]?data:)", style) == []


async def test_a_page_that_is_not_there_is_a_problem(client: httpx.AsyncClient) -> None:
    response = await client.get("/docs/assets/nothing.js")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
