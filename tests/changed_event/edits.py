"""What an author does to `purchase` over the years: each edit as a change of its one file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

GIFT = {"description": "Whether it was bought for another player.", "type": "boolean", "x-pii": "none"}


def add_an_optional_field(schema: dict[str, Any]) -> None:
    schema["properties"]["gift"] = GIFT


def lower_a_limit(schema: dict[str, Any]) -> None:
    schema["properties"]["quantity"]["maximum"] = 100


def edit(root: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the file as an author does in an editor."""
    path = root / "schemas/purchase/schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    change(schema)
    path.write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")
