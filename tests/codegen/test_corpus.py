import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.codegen import corpus
from tests.repository import ROOT

FOREIGN: dict[str, Any] = {
    "iglu/1-0-0": {"self": {"vendor": "com.acme"}, "type": "object", "properties": {"a": {"type": ["null"]}}},
    "draft4.json": {"id": "http://example.com/a", "properties": {"a": {"$ref": "http://example.com/b"}}},
    "circle.json": {"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
    "deep.json": {"type": "object", "properties": {}},
    "odd.json": {"type": 7, "properties": [], "required": "a", "items": None, "pattern": {"$ref": 1}},
    "wide.json": {f"keyword_{number}": number for number in range(5000)},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, schema in FOREIGN.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(schema), encoding="utf-8")
    nested = '{"properties": {"a": ' * 200 + "{}" + "}}" * 200
    (tmp_path / "deep.json").write_text(nested, encoding="utf-8")
    (tmp_path / "no_json.json").write_text("{,}", encoding="utf-8")
    return tmp_path


def test_every_foreign_schema_is_refused_with_code_and_pointer(folder: Path) -> None:
    found = list(corpus.outcomes(folder))
    assert {outcome.file.relative_to(folder).as_posix() for outcome in found} == set(FOREIGN)
    assert [outcome.crash for outcome in found if outcome.crash] == []
    assert all(finding.code for outcome in found for finding in outcome.findings)
    assert [outcome.file.name for outcome in found if not outcome.findings] == []


def test_our_own_schemas_compile() -> None:
    own = [json.loads(path.read_text(encoding="utf-8")) for path in ROOT.glob("schemas/*/schema.json")]
    assert [corpus.judge(schema) for schema in own] == [()] * len(own)


def test_a_crash_is_told_and_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = corpus.judge

    def broken(schema: dict[str, Any]) -> Any:
        if "self" in schema:
            raise KeyError("self")
        return honest(schema)

    monkeypatch.setattr(corpus, "judge", broken)
    monkeypatch.setattr(sys, "argv", ["corpus", str(folder)])
    assert corpus.main() == 1
    assert "1 crashed" in capsys.readouterr().out
