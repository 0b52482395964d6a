import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from questlog_codegen.check_source import check_source
from questlog_codegen.contracts import Catalog
from questlog_codegen.errors import ContractError, Finding
from questlog_codegen.keywords import FORMATS, is_integer
from questlog_codegen.lint import lint
from questlog_codegen.lint.base import DAY
from questlog_codegen.loader import load_catalog
from questlog_codegen.tree import read_tree
from tests.repository import ROOT

ENVELOPE = {
    "event_id": "01930f3a-7c00-7001-8000-000000000001",
    "occurred_at": "2026-11-02T18:04:05.123Z",
    "install_id": "01930f3a-7c00-7001-8000-000000000002",
    "session_id": "01930f3a-7c00-7001-8000-000000000003",
    "app": {"version": "1.0", "build": "1"},
    "device": {"platform": "ios", "os_version": "26.1", "model": "iPhone17,2", "locale": "de"},
}


class Project:
    """A repository with the shared fragments and one event, `quest`, that a test may bend."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(ROOT / "schemas" / "shared", root / "schemas" / "shared")
        shutil.copy(ROOT / "schemas" / "dialect.json", root / "schemas" / "dialect.json")
        self.write("released.json", {"contracts": {}, "migrations": {}})
        self.write("quest/schema.json", self.schema())
        self.write("quest/examples/valid/won.json", {**ENVELOPE, "points": 3})
        invalid = {"pointer": "/points", "keyword": "minimum", "event": {**ENVELOPE, "points": -1}}
        self.write("quest/examples/invalid/negative.json", invalid)

    @staticmethod
    def schema(**properties: Any) -> dict[str, Any]:
        points = {"description": "Points won, in pieces.", "type": "integer", "minimum": 0, "maximum": 99}
        return {
            "$schema": "../dialect.json",
            "title": "Quest",
            "description": "A quest that was finished.",
            "x-owner": "design",
            "type": "object",
            "additionalProperties": False,
            "required": ["points"],
            "properties": {"points": {**points, "x-pii": "none"}, **properties},
        }

    def write(self, path: str, value: object) -> None:
        file = self.root / "schemas" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(value), encoding="utf-8")

    def field(self, field: dict[str, Any]) -> None:
        """Give the event a second, optional field."""
        described = {"description": "Something about the quest.", "x-pii": "none", **field}
        self.write("quest/schema.json", self.schema(extra=described))

    def load(self) -> Catalog:
        return load_catalog(self.root)

    def lint(self) -> list[Finding]:
        """Return what the linter finds on the day of these tests, warnings too."""
        return lint(read_tree(self.root), DAY)

    def codes(self) -> set[str]:
        return {finding.code for finding in self.lint() if finding.severity == "error"}

    def findings(self) -> tuple[Finding, ...]:
        with pytest.raises(ContractError) as caught:
            self.load()
        return caught.value.findings

    def only_finding(self) -> Finding:
        (finding,) = self.findings()
        return finding


class Refused(Exception):  # noqa: N818 - stands in for the exceptions of API and SDK
    def __init__(self, pointer: str, keyword: str, detail: str) -> None:
        super().__init__(pointer, keyword, detail)
        self.pointer, self.keyword, self.detail = pointer, keyword, detail


def compiled(schema: Mapping[str, Any]) -> Callable[[Any], None]:
    """Return the generated check of a schema; it raises `Refused(pointer, keyword, detail)`."""
    constants, function = check_source(schema, "Refused")
    namespace: dict[str, Any] = {"FORMATS": FORMATS, "is_integer": is_integer, "Refused": Refused}
    exec(f"import re\nfrom typing import Any\n{constants}\n{function}\n", namespace)  # noqa: S102 - the code under test
    check: Callable[[Any], None] = namespace["check"]
    return check
