import json
from typing import Any

import pytest

from tests.codegen.project import Project
from tests.codegen.releases.released import version_file


def test_an_edited_version_file_is_found_by_its_hash(released: Project) -> None:
    path = version_file(released)
    path.write_text(path.read_text(encoding="utf-8").replace('"maximum": 99', '"maximum": 100'))
    finding = released.only_finding()
    assert (finding.code, finding.file) == ("RELEASED_CHANGED", "schemas/quest/versions/1.0.json")
    assert "git checkout -- schemas/quest/versions/1.0.json" in finding.message


def test_a_removed_version_file_is_missed(released: Project) -> None:
    version_file(released).unlink()
    assert released.only_finding().code == "RELEASED_MISSING"


def test_a_removed_event_is_missed(released: Project) -> None:
    (released.root / "schemas/quest").rename(released.root / "schemas/mission")
    findings = released.findings()
    assert ("schemas/quest/schema.json", "RELEASED_MISSING") in [(f.file, f.code) for f in findings]
    assert any('"deprecated": true' in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("properties", 5),
        ("required", 5),
        ("required", [1, "a"]),
        ("items", 3),
        ("type", "\ud800"),
    ],
)
def test_a_version_file_that_is_no_schema_any_more_is_found(
    released: Project, member: str, value: Any
) -> None:
    path = version_file(released)
    damaged = {**json.loads(path.read_text(encoding="utf-8")), member: value}
    path.write_text(json.dumps(damaged), encoding="utf-8")
    assert released.only_finding().code == "RELEASED_CHANGED"


def test_what_is_wrong_with_releases_and_with_schemas_is_told_at_once(released: Project) -> None:
    version_file(released).unlink()
    released.field({"type": "string"})
    assert {finding.code for finding in released.findings()} == {"DIALECT", "RELEASED_MISSING"}
