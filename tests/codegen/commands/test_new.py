import json

import pytest

from questlog_codegen.__main__ import main
from questlog_codegen.scaffold import KINDS
from tests.codegen.project import Project


def new(project: Project, *arguments: str) -> int:
    return main(["new", *arguments, "--root", str(project.root)])


def test_a_new_event_lints_and_generates_at_once(project: Project) -> None:
    assert new(project, "level_complete", "level:integer") == 0
    assert main(["lint", "--root", str(project.root)]) == 0
    assert main(["--root", str(project.root)]) == 0
    assert [contract.event for contract in project.load().contracts] == ["level_complete", "quest"]


def told_of(project: Project, event: str) -> set[str]:
    return {found.code for found in project.lint() if f"/{event}/" in found.file}


def test_a_new_event_of_every_kind_of_field_is_only_told_to_describe_them(
    project: Project,
) -> None:
    fields = [f"the_{kind}{'_at' if kind == 'time' else ''}:{kind}" for kind in KINDS]
    optional = [f"{field.replace('the_', 'maybe_')}?" for field in fields]
    assert new(project, "everything", *fields, *optional, "--owner", "growth") == 0
    assert told_of(project, "everything") == {"PLACEHOLDER"}


@pytest.mark.parametrize(
    ("field", "pii"),
    [
        ("email:text", "personal"),
        ("device_id:uuid", "pseudonymous"),
        ("ip_count:integer", "personal"),
        ("emails:texts", "none"),
        ("phone:texts", "personal"),
    ],
)
def test_a_field_whose_name_promises_personal_data_is_classed_as_such(
    project: Project, field: str, pii: str
) -> None:
    assert new(project, "contact", field) == 0
    assert told_of(project, "contact") == {"PLACEHOLDER"}
    schema = json.loads((project.root / "schemas/contact/schema.json").read_text(encoding="utf-8"))
    assert schema["properties"][field.partition(":")[0]]["x-pii"] == pii


def test_how_a_time_is_called_is_told_with_the_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["new", "--help"])
    assert "the name of a time ends in _at" in " ".join(capsys.readouterr().out.split())


def test_the_files_written_are_named(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    new(project, "level_complete", "level:integer", "--json")
    written = json.loads(capsys.readouterr().out)
    assert "schemas/level_complete/schema.json" in written
    assert "schemas/level_complete/examples/invalid/level_missing.json" in written


def test_an_event_that_is_there_is_left_alone(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    before = (project.root / "schemas/quest/schema.json").read_bytes()
    assert new(project, "quest") == 1
    assert "is there already" in capsys.readouterr().err
    assert (project.root / "schemas/quest/schema.json").read_bytes() == before


def test_the_examples_stay_valid_when_bounds_are_narrowed(project: Project) -> None:
    new(project, "level_complete", "level:integer", "share:number", "name:text?", "names:texts", "paid:money")
    path = project.root / "schemas/level_complete/schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    schema["properties"]["level"] |= {"minimum": 1, "maximum": 3}
    schema["properties"]["share"] |= {"maximum": 1}
    schema["properties"]["name"] |= {"maxLength": 8, "pattern": "^[a-z]*$"}
    schema["properties"]["names"]["items"] |= {"maxLength": 8}
    schema["properties"]["names"] |= {"minItems": 1, "maxItems": 1}
    path.write_text(json.dumps(schema), encoding="utf-8")
    assert told_of(project, "level_complete") == {"PLACEHOLDER"}


def test_a_broken_fragment_is_told_in_place_of_the_event(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.write("shared/envelope.json", {"type": "object"})
    assert new(project, "level_complete") == 1
    assert "schemas/shared/envelope.json:1:1 DIALECT" in capsys.readouterr().err


def test_what_is_wrong_with_an_event_of_a_longer_name_does_not_matter(project: Project) -> None:
    (project.root / "schemas/quest/examples/valid/won.json").unlink()
    assert new(project, "que") == 0


def test_the_first_event_of_a_repository_needs_no_other_one(project: Project) -> None:
    (project.root / "schemas/quest").rename(project.root / "elsewhere")
    assert new(project, "level_complete") == 0
    assert project.codes() == set()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("LevelComplete",), "snake_case"),
        (("level_complete", "level:int"), "kinds: integer, number"),
        (("level_complete", "event_id:text"), "choose another name"),
        (("track",), "the SDK's client"),
        (("../outside",), "snake_case"),
        (("",), "snake_case"),
        (("a" * 300,), "more than 64 characters"),
        (("shared",), "is there already"),
        (("level_complete", "level:integer", "level:text"), "`level` is written twice"),
        (("level_complete", "level:integer??"), "not level:integer??"),
        (("level_complete", "level"), "not level; kinds"),
    ],
)
def test_what_would_not_lint_is_refused_and_nothing_is_written(
    arguments: tuple[str, ...], words: str, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(project.root.rglob("*"))
    assert new(project, *arguments) == 1
    assert words in capsys.readouterr().err
    assert sorted(project.root.rglob("*")) == before
