import json

from questlog_codegen.emitters import catalog
from questlog_codegen.writer import write
from tests.codegen.project import Project


def released(project: Project) -> None:
    """Freeze the draft of `quest` as a release does: its file, and its hash in released.json."""
    loaded = project.load()
    files = {path: text for path, text in catalog.emit(loaded).items() if path.startswith("schemas/")}
    write(project.root, files, ())
    digest = loaded.contracts[0].newest.digest
    project.write("released.json", {"contracts": {"quest/1.0": digest}, "migrations": {}})


def test_an_event_that_was_never_released_has_one_draft(project: Project) -> None:
    (version,) = project.load().contracts[0].versions
    assert (version.key, version.status) == ("quest/1.0", "draft")


def test_a_released_version_is_known_as_such(project: Project) -> None:
    released(project)
    assert project.load().contracts[0].newest.status == "released"


def test_the_text_of_a_released_version_may_change(project: Project) -> None:
    released(project)
    project.write("quest/schema.json", {**project.schema(), "description": "A quest, told better."})
    assert project.load().contracts[0].newest.schema["description"] == "A quest, told better."


def test_the_contract_of_a_released_version_may_not_change(project: Project) -> None:
    released(project)
    project.field({"type": "boolean"})
    finding = project.only_finding()
    assert finding.code == "RELEASED_CHANGED"
    assert "undo the change" in finding.message


def test_an_edited_version_file_is_found_by_its_hash(project: Project) -> None:
    released(project)
    path = project.root / "schemas/quest/versions/1.0.json"
    edited = json.loads(path.read_text(encoding="utf-8"))
    edited["properties"]["points"]["maximum"] = 100
    path.write_text(json.dumps(edited), encoding="utf-8")
    assert project.only_finding().code == "RELEASED_CHANGED"


def test_a_removed_version_file_is_missed(project: Project) -> None:
    released(project)
    (project.root / "schemas/quest/versions/1.0.json").unlink()
    assert project.only_finding().code == "RELEASED_MISSING"
