"""The tree that the rules' examples change: one event, `quest`, with what it refers to and examples of it."""

from datetime import date
from typing import Any

DAY = date(2026, 11, 2)
"""The day on which the examples are judged: their waivers end before it or after."""

POINTS = {
    "description": "Points won, in pieces.",
    "type": "integer",
    "minimum": 0,
    "maximum": 99,
    "x-pii": "none",
}

ENVELOPE_VALUES = {
    "event_id": "01930f3a-7c00-7001-8000-000000000001",
    "occurred_at": "2026-11-02T18:04:05.123Z",
}

_SCHEMA = {"$schema": "../dialect.json"}
_CLOSED = {"type": "object", "additionalProperties": False}


BASE: dict[str, Any] = {
    "shared/envelope.json": {
        **_SCHEMA,
        "title": "Envelope",
        "description": "Fields every event carries.",
        **_CLOSED,
        "required": ["event_id", "occurred_at"],
        "properties": {
            "event_id": {
                "description": "Identity of the event, a UUID.",
                "type": "string",
                "format": "uuid",
                "x-pii": "none",
            },
            "occurred_at": {
                "description": "When it happened, by the client's clock.",
                "type": "string",
                "format": "date-time",
                "x-pii": "none",
            },
        },
    },
    "shared/money.json": {
        **_SCHEMA,
        "title": "Money",
        "description": "An amount of real money in one currency.",
        **_CLOSED,
        "required": ["amount_micros"],
        "properties": {
            "amount_micros": {
                "description": "Millionths of the currency's major unit.",
                "type": "integer",
                "minimum": 0,
                "maximum": 1_000_000_000_000_000,
                "x-pii": "none",
            },
        },
    },
    "quest/schema.json": {
        **_SCHEMA,
        "title": "Quest",
        "description": "A quest that the player finished.",
        "x-owner": "design",
        **_CLOSED,
        "required": ["points"],
        "properties": {"points": POINTS, "reward": {"$ref": "../shared/money.json"}},
    },
    "quest/examples/valid/won.json": {**ENVELOPE_VALUES, "points": 3, "reward": {"amount_micros": 0}},
    "quest/examples/invalid/no_points.json": {
        "pointer": "/points",
        "keyword": "required",
        "event": ENVELOPE_VALUES,
    },
}
"""File below `schemas/` -> what is in it."""
