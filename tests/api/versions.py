"""One event with several versions, as it looks after years: what each one added, and an event of each."""

from dataclasses import replace
from typing import Any

from questlog_codegen.contracts import DRAFT_2020_12, Version
from tests.warehouse.contracts import EVENT, quest

_TEXT = {"description": "Something that came later.", "type": "string", "maxLength": 8}


def _quest(number: str, **properties: Any) -> Version:
    major, minor = map(int, number.split("."))
    version = {"description": "Version of this contract.", "type": "string", "const": number}
    made = quest(major, minor, schema_version=version, **properties)
    identity = {"$schema": DRAFT_2020_12, "$id": f"urn:questlog:quest:{number}"}
    return replace(made, schema={**identity, **made.schema})


def _needs_guild(version: Version) -> Version:
    return replace(version, schema={**version.schema, "required": [*version.schema["required"], "guild"]})


QUESTS = (
    _quest("1.0"),
    _quest("1.9", mood=_TEXT),
    _quest("1.10", mood=_TEXT, pet=_TEXT),
    _needs_guild(_quest("2.0", mood=None, pet=None, guild=_TEXT)),
)
"""Oldest first, drafts; as text, 1.10 would come before 1.9."""

EVENTS: dict[str, dict[str, Any]] = {
    "1.0": {**EVENT, "schema_version": "1.0"},
    "1.9": {**EVENT, "schema_version": "1.9", "mood": "happy"},
    "1.10": {**EVENT, "schema_version": "1.10", "mood": "happy", "pet": "cat"},
    "2.0": {**EVENT, "schema_version": "2.0", "guild": "red"},
}
"""Version -> an event of it that no older one takes, whatever version it claims."""


def released(*versions: Version) -> tuple[Version, ...]:
    """Return the same versions, frozen."""
    return tuple(replace(version, status="released") for version in versions)
