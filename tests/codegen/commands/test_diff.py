import json
from pathlib import Path
from typing import Any

import pytest

from questlog_codegen.__main__ import main
from questlog_codegen.reference import violations
from tests.codegen.project import Project
from tests.repository import ROOT

PURCHASE = ROOT / "schemas/purchase/versions/1.0.json"


def written(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def diff(capsys: pytest.CaptureFixture[str], old: Path, new: Path) -> dict[str, Any]:
    assert main(["diff", str(old), str(new), "--json", "--root", str(ROOT)]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_a_file_compared_with_itself_has_no_changes(capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(capsys, PURCHASE, PURCHASE) == {"bump": "none", "changes": []}


def test_a_change_has_rule_pointer_verdict_and_witness(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = json.loads(PURCHASE.read_text(encoding="utf-8"))
    new = json.loads(PURCHASE.read_text(encoding="utf-8"))
    new["properties"]["quantity"]["maximum"] = 10
    told = diff(capsys, PURCHASE, written(tmp_path / "new.json", new))
    [change] = told["changes"]
    assert told["bump"] == "major"
    assert (change["rule"], change["pointer"]) == ("limit-tightened", "/properties/quantity/maximum")
    assert change["verdict"] == "breaking"
    assert violations(old, change["witness"]) == []
    assert violations(new, change["witness"]) != []


def test_a_person_reads_each_change_and_the_bump(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = json.loads(PURCHASE.read_text(encoding="utf-8"))
    new["required"].append("placement")
    assert main(["diff", str(PURCHASE), str(written(tmp_path / "new.json", new))]) == 0
    first, witness, bump = capsys.readouterr().out.splitlines()
    assert first.startswith("breaking   required-added /properties/placement: an optional field became")
    assert '"event":"purchase","schema_version":"1.0"' in witness
    assert bump == "bump: major"


def test_an_authors_file_is_compared_complete_with_envelope_and_fragments(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(project.root)]) == 0
    capsys.readouterr()
    version, author = (project.root / f"schemas/quest/{name}.json" for name in ("versions/1.0", "schema"))
    assert diff(capsys, version, author) == {"bump": "none", "changes": []}


def test_an_authors_file_may_lie_anywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    author = ROOT / "schemas/purchase/schema.json"
    copy = written(tmp_path / "new.json", json.loads(author.read_text(encoding="utf-8")))
    assert diff(capsys, author, copy)["changes"] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{,}", "is no JSON Schema: Expecting property name"),
        ("[]", "must be a JSON object"),
        ('{"type": 5}', "is no JSON Schema"),
        ('{"items": ' * 2000 + "{}" + "}" * 2000, "nested too deeply"),
        ('{"properties": {"a": {"$ref": "../shared/reward.json"}}}', "shared/reward.json"),
        ('{"properties": {"a": {"$ref": "shared"}}, "pattern": "("}', "is no JSON Schema"),
    ],
)
def test_what_is_no_schema_is_told_with_status_2(
    text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text(text, encoding="utf-8")
    assert main(["diff", str(PURCHASE), str(broken)]) == 2
    assert words in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told_with_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(PURCHASE), "nowhere.json"]) == 2
    assert "nowhere.json: cannot be read" in capsys.readouterr().err
