import json

import pytest

from questlog_codegen.errors import Finding
from tests.codegen.project import ENVELOPE, Project


def strays(project: Project) -> list[Finding]:
    return [finding for finding in project.lint() if finding.code == "STRAY_FILE"]


def unused(project: Project) -> set[str]:
    return {finding.file for finding in project.lint() if finding.code == "UNUSED_FRAGMENT"}


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("price.json", "call it schema.json in a folder of its own"),
        ("quest/notes.json", "move it into examples/valid/"),
        ("quest/examples/won.json", "move it into examples/valid/"),
        ("quest/examples/vaild/won.json", "move it into examples/valid/"),
        ("quest/examples/valid/more/won.json", "move it into examples/valid/"),
        ("shared/money/money.json", "move it into schemas/shared/"),
    ],
)
def test_a_file_that_nothing_reads_is_told_where_it_belongs(project: Project, file: str, words: str) -> None:
    project.write(file, ENVELOPE)
    (finding,) = strays(project)
    assert (finding.file, finding.severity) == (f"schemas/{file}", "error")
    assert words in finding.message


@pytest.mark.parametrize(
    "file", ["task/versions/1.0.json", "task/examples/valid/won.json", "a/task/schema.json"]
)
def test_a_folder_without_a_schema_is_told_once(project: Project, file: str) -> None:
    folder, _, _ = file.partition("/")
    project.write(file, {})
    project.write(f"{folder}/another.json", {})
    (finding,) = strays(project)
    assert finding.file == f"schemas/{folder}"
    assert "has no schema.json" in finding.message


@pytest.mark.parametrize(
    "file", ["quest/versions/1.0.json", "quest/README.md", "README.md", ".editor/settings.json"]
)
def test_what_is_read_and_what_is_no_contract_is_fine(project: Project, file: str) -> None:
    project.write(file, {})
    assert strays(project) == []


def test_a_released_event_that_was_removed_is_told_elsewhere(project: Project) -> None:
    project.write("task/versions/1.0.json", {})
    project.write("released.json", {"contracts": {"task/1.0": ""}, "migrations": {}})
    assert strays(project) == []


def test_a_fragment_is_used_by_an_event_by_the_envelope_or_by_one_that_is(project: Project) -> None:
    shared = {f"schemas/shared/{name}.json" for name in ("money", "currency", "store")}
    assert unused(project) == shared
    project.write("quest/schema.json", project.schema(paid={"$ref": "../shared/money.json"}))
    assert unused(project) == {"schemas/shared/store.json"}


def test_a_fragment_of_an_event_that_cannot_be_read_may_be_used(project: Project) -> None:
    (project.root / "schemas/quest/schema.json").write_text("?", encoding="utf-8")
    assert unused(project) == set()


def test_an_unused_fragment_is_a_warning(project: Project) -> None:
    fragment = json.loads((project.root / "schemas/shared/store.json").read_text(encoding="utf-8"))
    project.write("shared/shop.json", {**fragment, "title": "Shop"})
    assert project.codes() == set()
