"""The contracts as data: version files in `schemas/`, and the bundle the API serves and validates against."""

from questlog_codegen.contracts import Catalog, Version
from questlog_codegen.writer import render_json

BUNDLE = "api/src/questlog_api/_generated/contracts.json"


def emit(catalog: Catalog) -> dict[str, str]:
    """Return every version file, and one bundle with all of them."""
    versions = {
        f"schemas/{version.event}/versions/{version.number}.json": render_json(version.schema)
        for version in catalog.versions
    }
    return {**versions, BUNDLE: render_json({"contracts": [_entry(version) for version in catalog.versions]})}


def _entry(version: Version) -> dict[str, object]:
    return {
        "event": version.event,
        "version": version.number,
        "status": version.status,
        "sha256": version.digest,
        "schema": version.schema,
    }
