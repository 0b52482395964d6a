"""What an author does to a released event, and the version that comes of it: each as a user would do it."""

import json
from typing import Any

import pytest

from questlog_codegen.__main__ import main
from questlog_codegen.changes import Change
from questlog_codegen.reference import violations
from tests.codegen.project import ENVELOPE, Project

BOOLEAN = {"description": "Whether it was won.", "type": "boolean", "x-pii": "none"}
MODE = {"description": "How it was played.", "type": "string", "enum": ["easy", "hard"], "x-pii": "none"}


@pytest.fixture
def released(project: Project) -> Project:
    """The project with `quest` 1.0 released: `points` 0 to 99, and an optional `mode`."""
    project.write("quest/schema.json", project.schema(mode=MODE))
    assert main(["release", "--yes", "--root", str(project.root)]) == 0
    return project


def changed(project: Project, **properties: Any) -> dict[str, Any]:
    """The schema with some properties replaced."""
    schema = project.schema(mode=MODE)
    schema["properties"].update(properties)
    return schema


def edit(
    project: Project, schema: dict[str, Any], valid: dict[str, Any] | None = None
) -> tuple[str, list[Change]]:
    """Save the schema and return the version it makes, and the changes that are not only text."""
    project.write("quest/schema.json", schema)
    if valid is not None:
        project.write("quest/examples/valid/won.json", {**ENVELOPE, **valid})
        invalid = {"pointer": "/points", "keyword": "minimum", "event": {**ENVELOPE, **valid, "points": -1}}
        project.write("quest/examples/invalid/negative.json", invalid)
    contract = project.load().contracts[0]
    assert contract.comparison is not None
    changes = [change for change in contract.comparison.changes if change.rule != "text-changed"]
    return contract.newest.number, changes


def assert_witness(project: Project, change: Change) -> None:
    """The witness was valid, and no longer is."""
    before, after = project.load().contracts[0].versions[-2:]
    assert change.witness is not None
    assert violations(before.schema, change.witness) == []
    assert violations(after.schema, {**change.witness, "schema_version": after.number}) != []


def points(project: Project) -> dict[str, Any]:
    return dict(project.schema()["properties"]["points"])


def test_an_optional_field_makes_a_minor(released: Project) -> None:
    number, [change] = edit(released, changed(released, won=BOOLEAN))
    assert (number, change.rule, change.verdict) == ("1.1", "property-added", "compatible")


def test_one_more_value_makes_a_minor(released: Project) -> None:
    mode = {**MODE, "enum": ["easy", "hard", "expert"]}
    number, [change] = edit(released, changed(released, mode=mode))
    assert (number, change.rule) == ("1.1", "enum-value-added")


def test_a_wider_bound_makes_a_minor(released: Project) -> None:
    number, [change] = edit(released, changed(released, points={**points(released), "maximum": 100_000}))
    assert (number, change.rule) == ("1.1", "limit-loosened")


def test_a_field_no_longer_required_makes_a_minor(released: Project) -> None:
    number, [change] = edit(released, {**changed(released), "required": []})
    assert (number, change.rule) == ("1.1", "required-removed")


def test_a_required_field_makes_a_major_with_a_witness(released: Project) -> None:
    schema = {**changed(released, won=BOOLEAN), "required": ["points", "won"]}
    number, [change] = edit(released, schema, {"points": 3, "won": True})
    assert (number, change.rule, change.verdict) == ("2.0", "property-added-required", "breaking")
    assert_witness(released, change)


def test_a_field_that_becomes_required_makes_a_major_with_a_witness(released: Project) -> None:
    schema = {**changed(released), "required": ["points", "mode"]}
    number, [change] = edit(released, schema, {"points": 3, "mode": "easy"})
    assert (number, change.rule) == ("2.0", "required-added")
    assert_witness(released, change)


def test_a_narrower_bound_makes_a_major_with_a_witness(released: Project) -> None:
    number, [change] = edit(released, changed(released, points={**points(released), "maximum": 50}))
    assert (number, change.rule, change.verdict) == ("2.0", "limit-tightened", "breaking")
    assert change.witness is not None
    assert change.witness["points"] > 50
    assert_witness(released, change)


def test_a_value_that_goes_makes_a_major_with_a_witness(released: Project) -> None:
    number, [change] = edit(released, changed(released, mode={**MODE, "enum": ["easy"]}))
    assert (number, change.rule) == ("2.0", "enum-value-removed")
    assert change.witness is not None
    assert change.witness["mode"] == "hard"


def test_a_field_that_goes_makes_a_major_with_a_witness(released: Project) -> None:
    schema = changed(released)
    del schema["properties"]["mode"]
    number, [change] = edit(released, schema)
    assert (number, change.rule) == ("2.0", "property-removed")
    assert_witness(released, change)


def test_integer_to_number_makes_a_major_for_the_warehouse(released: Project) -> None:
    number, changes = edit(released, changed(released, points={**points(released), "type": "number"}))
    assert [(change.rule, change.verdict) for change in changes] == [
        ("type-widened", "compatible"),
        ("column-cannot-follow", "breaking"),
    ]
    assert number == "2.0"
    assert changes[1].detail == "NUMBER cannot become FLOAT"


def test_a_rename_by_case_is_refused(released: Project) -> None:
    schema = changed(released)
    schema["properties"]["Mode"] = schema["properties"].pop("mode")
    released.write("quest/schema.json", schema)
    assert any("mode" in finding.message for finding in released.findings())


@pytest.mark.parametrize(
    ("before", "after", "bump"),
    [
        ("^[a-z]*$", "^[a-z0-9]*$", "minor"),
        ("^[a-z]{1,4}$", "^[a-z]{1,8}$", "minor"),
        ("^(ab|cd)$", "^[a-d]*$", "minor"),
        ("^[a-z0-9]*$", "^[a-z]*$", "major"),
        ("^[a-z]*$", "^[A-Z]*$", "major"),
    ],
)
def test_a_changed_pattern_is_decided_exactly(project: Project, before: str, after: str, bump: str) -> None:
    text = {"description": "Code of the quest.", "type": "string", "maxLength": 9, "x-pii": "none"}
    project.write("quest/schema.json", project.schema(code={**text, "pattern": before}))
    main(["release", "--yes", "--root", str(project.root)])
    project.write("quest/schema.json", project.schema(code={**text, "pattern": after}))
    comparison = project.load().contracts[0].comparison
    assert comparison is not None
    assert comparison.bump == bump
    assert [change.rule for change in comparison.changes] == ["pattern-changed"]
    assert (comparison.changes[0].witness is None) == (bump == "minor")


def test_the_report_says_what_others_must_know(released: Project, capsys: pytest.CaptureFixture[str]) -> None:
    released.write("quest/schema.json", changed(released, won=BOOLEAN))
    capsys.readouterr()
    main(["--root", str(released.root)])
    report = capsys.readouterr().out
    assert "quest 1.0 -> 1.1 (minor: every event valid before is valid now)" in report
    assert "property-added /properties/won" in report
    assert "notice: SDK: a new optional argument `won`." in report
    assert "migration: V0012__quest_1_1.sql" in report
    assert "ADD COLUMN IF NOT EXISTS WON BOOLEAN" in report
    assert report.index("Warehouse: deploy") < report.index("API: deploy") < report.index("SDK: publish")


def test_the_report_of_a_major_shows_the_witness_and_the_table_that_stays(
    released: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    released.write("quest/schema.json", changed(released, points={**points(released), "maximum": 50}))
    capsys.readouterr()
    main(["--markdown", "--root", str(released.root)])
    report = capsys.readouterr().out
    assert "### quest 1.0 -> 2.0 (major" in report
    assert "| limit-tightened | `/properties/points/maximum` | breaking |" in report
    assert '"points": ' in report
    assert "CORE.QUEST_1 goes on taking 1.x; MART.QUEST shows both majors" in report


def test_the_report_for_a_script_is_json(released: Project, capsys: pytest.CaptureFixture[str]) -> None:
    released.write("quest/schema.json", changed(released, won=BOOLEAN))
    capsys.readouterr()
    main(["--json", "--root", str(released.root)])
    [draft] = json.loads(capsys.readouterr().out)["drafts"]
    assert (draft["event"], draft["old"], draft["new"], draft["bump"]) == ("quest", "1.0", "1.1", "minor")
    assert draft["migrations"] == ["V0012__quest_1_1.sql"]


def test_an_author_hears_of_the_major_before_all_examples_are_right(
    released: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    released.write("quest/schema.json", {**changed(released, won=BOOLEAN), "required": ["points", "won"]})
    assert main(["--root", str(released.root)]) == 1
    error = capsys.readouterr().err
    assert "EXAMPLE_INVALID" in error
    assert "With the examples put right: quest 1.0 -> 2.0" in error


def test_a_new_title_is_told_to_those_who_name_the_class(
    released: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    released.write("quest/schema.json", {**changed(released), "title": "Mission"})
    assert main(["--root", str(released.root)]) == 0
    assert (
        "TITLE_RENAMED warning: /title: renames the SDK's class Quest to Mission" in capsys.readouterr().err
    )


def test_a_limit_that_a_list_of_values_gives_way_to_is_no_loss(
    released: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    free = {"description": "How it was played.", "type": "string", "maxLength": 40, "x-pii": "none"}
    released.write("quest/schema.json", changed(released, mode=free))
    assert main(["--root", str(released.root)]) == 0
    report = capsys.readouterr().out
    assert "quest 1.0 -> 1.1" in report
    assert "(proven to take every event that was valid)" in report
    assert "refuses values it took" not in report
