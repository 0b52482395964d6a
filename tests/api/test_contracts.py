import json

import pytest

from questlog_api.contracts import Version, load_catalog, load_openapi, refuse_drafts
from tests.repository import shipped_catalog


def test_the_catalog_has_every_version_of_every_contract() -> None:
    shipped = [(version.event, version.number, version.digest) for version in shipped_catalog().versions]
    versions = [version for versions in load_catalog().values() for version in versions.values()]
    assert [(version.event, version.number, version.sha256) for version in versions] == shipped


def test_drafts_are_refused_by_name_and_released_versions_are_not_named() -> None:
    catalog = {
        "install": {
            "1.0": _version("install", "1.0", "released"),
            "1.1": _version("install", "1.1", "draft"),
        },
        "refund": {"2.0": _version("refund", "2.0", "draft")},
    }
    with pytest.raises(ValueError, match=r": install/1\.1, refund/2\.0\. Release them with `nox -s release`"):
        refuse_drafts(catalog)


def test_what_is_released_is_not_refused() -> None:
    refuse_drafts({"refund": {"1.0": _version("refund", "1.0", "released")}})


def _version(event: str, number: str, status: str) -> Version:
    return Version(event, number, status, "0" * 64, {}, lambda _: None)


def test_the_openapi_document_is_one_of_openapi_3_1() -> None:
    assert json.loads(load_openapi())["openapi"].startswith("3.1")
