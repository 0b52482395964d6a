"""What an author writes to add an event, and nothing else: a schema and examples."""

import json
from pathlib import Path
from typing import Any

ENVELOPE: dict[str, Any] = {
    "event_id": "01930f3a-7c00-7001-8000-000000000001",
    "occurred_at": "2026-11-02T18:04:05.123Z",
    "install_id": "01930f3a-7c00-7011-8000-000000000011",
    "player_id": "player-1",
    "session_id": "01930f3a-7c00-7021-8000-000000000021",
    "app": {"version": "2.14.0", "build": "21400417"},
    "device": {"platform": "ios", "os_version": "26.1", "model": "iPhone17,2", "locale": "de-DE"},
}
SCHEMA: dict[str, Any] = {
    "$schema": "../dialect.json",
    "title": "LevelComplete",
    "description": "A player finished a level.",
    "x-owner": "game-design",
    "type": "object",
    "additionalProperties": False,
    "required": ["level", "stars"],
    "properties": {
        "level": {
            "description": "Number of the level, counted from 1.",
            "type": "integer",
            "minimum": 1,
            "maximum": 10_000,
            "x-pii": "none",
        },
        "stars": {
            "description": "Stars won, 0 to 3.",
            "type": "integer",
            "minimum": 0,
            "maximum": 3,
            "x-pii": "none",
        },
        "seconds": {
            "description": "Time played in the level, in seconds.",
            "type": "number",
            "minimum": 0,
            "maximum": 86_400,
            "x-pii": "none",
        },
        "boosters": {
            "description": "Boosters used, in the order they were used.",
            "type": "array",
            "maxItems": 5,
            "x-pii": "none",
            "items": {
                "description": "Name of a booster.",
                "type": "string",
                "enum": ["bomb", "rocket"],
                "x-pii": "none",
            },
        },
        "reward": {"$ref": "../shared/money.json", "description": "Real money won, in tournaments only."},
    },
}
VALID: dict[str, dict[str, Any]] = {
    "three_stars": {"level": 1, "stars": 3},
    "with_everything": {
        "level": 17,
        "stars": 0,
        "seconds": 61.5,
        "boosters": ["bomb", "rocket", "bomb"],
        "reward": {"amount_micros": 10_000_000, "currency": "USD"},
    },
}
INVALID: dict[str, tuple[str, str, dict[str, Any]]] = {
    "four_stars": ("/stars", "maximum", {"level": 1, "stars": 4}),
    "level_missing": ("/level", "required", {"stars": 1}),
    "stars_missing": ("/stars", "required", {"level": 1}),
    "unknown_booster": ("/boosters/1", "enum", {"level": 1, "stars": 1, "boosters": ["bomb", "sword"]}),
}


def write_level_complete(root: Path) -> None:
    """Add the event to a copy of the repository."""
    folder = root / "schemas" / "level_complete"
    _write(folder / "schema.json", SCHEMA)
    for name, own in VALID.items():
        _write(folder / "examples" / "valid" / f"{name}.json", {**ENVELOPE, **own})
    for name, (pointer, keyword, own) in INVALID.items():
        example = {"pointer": pointer, "keyword": keyword, "event": {**ENVELOPE, **own}}
        _write(folder / "examples" / "invalid" / f"{name}.json", example)


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
