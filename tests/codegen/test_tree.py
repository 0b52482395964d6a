import pytest

from tests.codegen.project import Project


def test_a_file_that_is_not_json_is_named(project: Project) -> None:
    (project.root / "schemas/quest/schema.json").write_text("{,}", encoding="utf-8")
    finding = project.only_finding()
    assert (finding.file, finding.code) == ("schemas/quest/schema.json", "UNREADABLE")
    assert "line 1 column 2" in finding.message


def test_a_key_written_twice_is_refused(project: Project) -> None:
    (project.root / "schemas/quest/schema.json").write_text('{"type": 1, "type": 2}', encoding="utf-8")
    assert "same key twice" in project.only_finding().message


def test_a_file_that_is_no_object_is_refused(project: Project) -> None:
    project.write("quest/schema.json", [])
    assert "must be a JSON object" in project.only_finding().message


def test_a_deeply_nested_file_is_refused_and_does_not_crash(project: Project) -> None:
    (project.root / "schemas/quest/schema.json").write_text("[" * 100_000, encoding="utf-8")
    assert project.only_finding().code == "UNREADABLE"


def test_a_huge_file_is_refused_unread(project: Project) -> None:
    (project.root / "schemas/quest/schema.json").write_text(" " * 1_000_001, encoding="utf-8")
    assert "larger than" in project.only_finding().message


def test_every_unreadable_file_is_reported_at_once(project: Project) -> None:
    for name in ("quest/schema.json", "shared/app.json"):
        (project.root / "schemas" / name).write_text("?", encoding="utf-8")
    assert len(project.findings()) == 2


def test_a_missing_envelope_is_named(project: Project) -> None:
    (project.root / "schemas/shared/envelope.json").unlink()
    assert project.only_finding().file == "schemas/shared/envelope.json"


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_a_number_that_json_cannot_hold_is_refused(project: Project, number: str) -> None:
    path = project.root / "schemas/quest/schema.json"
    path.write_text(path.read_text().replace('"maximum": 99', f'"maximum": {number}'), encoding="utf-8")
    assert project.only_finding().code == "UNREADABLE"
