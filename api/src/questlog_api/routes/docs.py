"""`GET /docs`: Swagger UI from files in this installation, without a look at the internet."""

from importlib.resources import files

from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

# Relative, so that the page also works behind a proxy that adds a prefix.
_ASSETS = "docs/assets"
# Whatever a later Swagger UI refers to, the browser does not load it from elsewhere.
_POLICY = "default-src 'self' 'unsafe-inline'; img-src 'self' data:"


def docs_routes() -> list[BaseRoute]:
    """Return the routes to the page and to what it consists of."""
    assets = StaticFiles(directory=str(files("fastapi_offline") / "static"))
    return [Route("/docs", _docs), Mount(f"/{_ASSETS}", assets)]


async def _docs(_: Request) -> Response:
    page = get_swagger_ui_html(
        openapi_url="openapi.json",
        title="Questlog ingest API",
        swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{_ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{_ASSETS}/favicon.png",
        # Swagger UI would send the document to validator.swagger.io, except from localhost.
        swagger_ui_parameters={"validatorUrl": None},
    )
    page.headers["Content-Security-Policy"] = _POLICY
    return page
