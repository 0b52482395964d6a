import json

from questlog_api.contracts import load_catalog, load_openapi
from tests.repository import shipped_catalog


def test_the_catalog_has_every_version_of_every_contract() -> None:
    shipped = [(version.event, version.number, version.digest) for version in shipped_catalog().versions]
    versions = [version for versions in load_catalog().values() for version in versions.values()]
    assert [(version.event, version.number, version.sha256) for version in versions] == shipped


def test_the_openapi_document_is_one_of_openapi_3_1() -> None:
    assert json.loads(load_openapi())["openapi"].startswith("3.1")
