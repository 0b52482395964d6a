"""A contract with everything the dialect can say, for the emitters and the warehouse that comes of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from questlog_codegen.contracts import Catalog, Contract, Version
from questlog_codegen.emitters import snowflake
from questlog_warehouse.scripts import Script, scripts

Schema = dict[str, Any]

QUEST: Schema = {
    "title": "Quest",
    "description": "A quest that a player's party finished.",
    "x-owner": "design",
    "type": "object",
    "additionalProperties": False,
    "required": ["event", "schema_version", "event_id", "occurred_at", "name", "score", "won"],
    "properties": {
        "event": {"description": "Name of the event.", "type": "string", "const": "quest"},
        "schema_version": {"description": "Version of this contract.", "type": "string", "const": "1.0"},
        "event_id": {"description": "Dedupe key.", "type": "string", "format": "uuid"},
        "occurred_at": {"description": "When it happened.", "type": "string", "format": "date-time"},
        "name": {
            "description": "The quest's name.",
            "type": "string",
            "minLength": 1,
            "maxLength": 16,
            "pattern": "^[^\\u0000-\\u001f\\u007f]*$",
            "x-pii": "personal",
        },
        "code": {
            "description": "Its code.",
            "type": "string",
            "maxLength": 9,
            "pattern": "^(?:[a-z]\\.)+[0-9]$",
        },
        "kind": {"description": "Its kind.", "type": "string", "enum": ["main", "it's", "back\\slash"]},
        "day": {"description": "Day it was offered.", "type": "string", "format": "date"},
        "score": {"description": "Points.", "type": "integer", "minimum": -99, "maximum": 1000},
        "ratio": {"description": "Share of goals.", "type": "number", "minimum": 0, "maximum": 1},
        "won": {"description": "Whether it was won.", "type": "boolean"},
        "tags": {
            "description": "Tags.",
            "type": "array",
            "items": {"type": "string", "maxLength": 8},
            "minItems": 1,
            "maxItems": 3,
        },
        "reward": {
            "description": "What was won.",
            "type": "object",
            "additionalProperties": False,
            "required": ["item"],
            "properties": {
                "item": {"description": "Item id.", "type": "string", "maxLength": 8},
                "level": {"description": "Item level.", "type": "integer", "minimum": 0, "maximum": 9},
            },
        },
    },
}

EVENT: Schema = {
    "event": "quest",
    "schema_version": "1.0",
    "event_id": "01930f3a-7c00-7001-8000-000000000001",
    "occurred_at": "2026-11-02T18:04:05.123Z",
    "name": "Dragon's lair",
    "code": "a.b.1",
    "kind": "back\\slash",
    "day": "2026-11-01",
    "score": 7,
    "ratio": 0.5,
    "won": True,
    "tags": ["boss", "it's"],
    "reward": {"item": "sword", "level": 3},
}


def quest(major: int = 1, minor: int = 0, *, optional: Sequence[str] = (), **properties: Any) -> Version:
    """A version of the quest with some properties changed or made optional; None takes one away."""
    merged = {**QUEST["properties"], **properties}
    kept = {name: schema for name, schema in merged.items() if schema is not None}
    required = [name for name in QUEST["required"] if name in kept and name not in optional]
    return Version("quest", major, minor, {**QUEST, "properties": kept, "required": required})


def catalog(*versions: Version) -> Catalog:
    """A catalog whose only contract has these versions."""
    newest = versions[-1]
    examples: Mapping[str, Mapping[str, Any]] = {"won": EVENT}
    return Catalog((Contract(newest.event, newest.schema, versions, examples, {}),), {})


def sql_of(catalog: Catalog) -> tuple[Script, ...]:
    """The scripts of a warehouse for these contracts: the landing, what tables share, what is generated."""
    files = {
        path.removeprefix(f"{snowflake.FOLDER}/"): text for path, text in snowflake.emit(catalog).items()
    }
    deployed = (
        Script(name, text) for name, text in files.items() if name.endswith(".sql") and "/" not in name
    )
    return (*scripts()[:2], *deployed)
