"""`GET /v1/schemas`, `GET /v1/schemas/{event}/{version}` and `GET /openapi.json`: the contracts, to read."""

from functools import partial

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from questlog_api.contracts import Catalog, Version, load_openapi
from questlog_api.problems import Kind, ProblemError
from questlog_api.responses import Document


def schema_routes(catalog: Catalog) -> list[Route]:
    """Return the routes to all contracts; a document is made once and then only sent."""
    versions = [version for versions in catalog.values() for version in versions.values()]
    listing = Document(orjson.dumps({"contracts": [_entry(version) for version in versions]}))
    contracts = {(version.event, version.number): _contract(version) for version in versions}
    return [
        Route("/openapi.json", partial(_document, document=Document(load_openapi()))),
        Route("/v1/schemas", partial(_document, document=listing)),
        Route("/v1/schemas/{event}/{version}", partial(_one_of, documents=contracts)),
    ]


async def _document(request: Request, document: Document) -> Response:
    return document.answer(request)


async def _one_of(request: Request, documents: dict[tuple[str, str], Document]) -> Response:
    key = request.path_params["event"], request.path_params["version"]
    if key not in documents:
        raise ProblemError(Kind.NOT_FOUND, "GET /v1/schemas lists the events and versions there are.")
    return documents[key].answer(request)


def _entry(version: Version) -> dict[str, str]:
    return {
        "event": version.event,
        "version": version.number,
        "status": version.status,
        "sha256": version.sha256,
        "href": f"/v1/schemas/{version.event}/{version.number}",
    }


def _contract(version: Version) -> Document:
    return Document(orjson.dumps(version.schema, option=orjson.OPT_INDENT_2), "application/schema+json")
