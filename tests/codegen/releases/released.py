"""A project with a released event, and what one asks of it."""

import json
from pathlib import Path
from typing import Any

from questlog_codegen.__main__ import main
from questlog_codegen.contracts import Contract
from tests.codegen.project import Project

BOOLEAN = {"description": "Whether it was won.", "type": "boolean", "x-pii": "none"}


def run(project: Project, *arguments: str) -> int:
    return main([*arguments, "--root", str(project.root)])


def ledger(project: Project) -> dict[str, Any]:
    text = (project.root / "schemas/released.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def quest(project: Project) -> Contract:
    return project.load().contracts[0]


def numbers(project: Project) -> list[tuple[str, str]]:
    return [(version.number, version.status) for version in quest(project).versions]


def version_file(project: Project, number: str = "1.0") -> Path:
    return project.root / f"schemas/quest/versions/{number}.json"
