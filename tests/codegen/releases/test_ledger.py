import pytest

from tests.codegen.project import Project


@pytest.mark.parametrize(
    "text", ["", "[]", '{"contracts": {}}', '{"contracts": {"quest": "1"}, "migrations": {}}']
)
def test_a_ledger_that_is_none_is_refused(project: Project, text: str) -> None:
    (project.root / "schemas/released.json").write_text(text, encoding="utf-8")
    assert {finding.code for finding in project.findings()} <= {"RELEASED_UNREADABLE", "UNREADABLE"}
