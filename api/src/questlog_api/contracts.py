"""The contracts this service knows: the generated bundle, its checks, and the OpenAPI document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import orjson

from questlog_api._generated.validators import VALIDATORS

Check: TypeAlias = Callable[[object], None]

_GENERATED = files("questlog_api") / "_generated"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an event's contract.

    `sha256` is that of the schema without annotations; `check` raises `Violation` at the first one.
    """

    event: str
    number: str
    status: str
    sha256: str
    schema: Mapping[str, Any]
    check: Check


Catalog: TypeAlias = Mapping[str, Mapping[str, Version]]
"""Event -> version number -> contract; versions oldest first."""


@cache
def load_catalog() -> Catalog:
    """Return all contracts, read once."""
    catalog: dict[str, dict[str, Version]] = {}
    for entry in orjson.loads((_GENERATED / "contracts.json").read_bytes())["contracts"]:
        version = _version(entry)
        catalog.setdefault(version.event, {})[version.number] = version
    return catalog


def refuse_drafts(catalog: Catalog) -> None:
    """Return when everything in `catalog` is released.

    Raises:
        ValueError: when it is not, with the drafts and what to do about them.
    """
    versions = [version for versions in catalog.values() for version in versions.values()]
    drafts = [f"{version.event}/{version.number}" for version in versions if version.status == "draft"]
    if drafts:
        raise ValueError(
            f"these contracts are drafts, which may still change: {', '.join(drafts)}. Release them with "
            "`nox -s release`, or set QUESTLOG_ALLOW_DRAFTS=true to try them"
        )


@cache
def load_openapi() -> bytes:
    """Return the OpenAPI document exactly as it was generated."""
    return (_GENERATED / "openapi.json").read_bytes()


def _version(entry: Mapping[str, Any]) -> Version:
    event, number = entry["event"], entry["version"]
    check = VALIDATORS[event][number]
    return Version(event, number, entry["status"], entry["sha256"], entry["schema"], check)
