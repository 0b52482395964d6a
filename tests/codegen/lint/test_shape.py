from typing import Any

import pytest

from tests.codegen.project import Project

TEXT = {"type": "string", "maxLength": 9}
FRAGMENT = {
    "$schema": "../dialect.json",
    "description": "A part of a quest.",
    "type": "object",
    "additionalProperties": False,
    "required": [],
}


def test_a_reference_to_nothing_lists_what_there_is(project: Project) -> None:
    project.write("quest/schema.json", project.schema(extra={"$ref": "../shared/reward.json"}))
    finding = project.only_finding()
    assert (finding.code, finding.pointer) == ("REFERENCE", "/properties/extra/$ref")
    assert "app, currency, device, money, store" in finding.message


def test_a_reference_that_is_nearly_right_is_told_the_fragment_meant(project: Project) -> None:
    project.write("quest/schema.json", project.schema(extra={"$ref": "../shared/mony.json"}))
    assert project.only_finding().message.endswith("did you mean ../shared/money.json?")


def test_a_reference_from_an_event_says_where_the_fragment_lies(project: Project) -> None:
    project.write("quest/schema.json", project.schema(extra={"$ref": "money.json"}))
    finding = project.only_finding()
    assert (finding.code, finding.pointer) == ("REFERENCE", "/properties/extra/$ref")
    assert finding.message.endswith("write ../shared/money.json")


def test_the_envelope_is_no_fragment_to_refer_to(project: Project) -> None:
    project.write("quest/schema.json", project.schema(extra={"$ref": "../shared/envelope.json"}))
    assert project.only_finding().code == "REFERENCE"


@pytest.mark.parametrize("way", [["ring"], ["ring", "chain"], ["ring", "chain", "loop"]])
def test_fragments_that_refer_in_a_circle_are_each_told_once(project: Project, way: list[str]) -> None:
    for name, following in zip(way, [*way[1:], way[0]], strict=True):
        fields = {f"next_{name}": {"$ref": f"{following}.json"}}
        project.write(f"shared/{name}.json", {**FRAGMENT, "title": name.capitalize(), "properties": fields})
    project.write("quest/schema.json", project.schema(extra={"$ref": "../shared/ring.json"}))
    found = project.lint()
    assert [finding.file for finding in found if finding.code == "REFERENCE"] == [
        f"schemas/shared/{name}.json" for name in sorted(way)
    ]
    assert project.codes() == {"REFERENCE"}


def test_fragments_that_grow_with_every_level_are_refused_and_not_put_together(project: Project) -> None:
    for level in range(12):
        inner = {"$ref": f"level_{level + 1}.json"} if level < 11 else {"$ref": "store.json"}
        fields = {f"way_{level}_{n}": inner for n in range(90)}
        project.write(
            f"shared/level_{level}.json", {**FRAGMENT, "title": f"Level{level}", "properties": fields}
        )
    project.write("quest/schema.json", project.schema(extra={"$ref": "../shared/level_0.json"}))
    assert project.codes() == {"DEPTH", "SIZE"}


def test_bounds_that_exclude_everything_are_told_once(project: Project) -> None:
    project.field({"type": "integer", "minimum": 5, "maximum": 4})
    assert project.only_finding().code == "BOUNDS"


@pytest.mark.parametrize(
    ("field", "keyword"),
    [
        ({"type": "string", "format": "uuid", "minLength": 36}, "minLength"),
        ({"type": "string", "format": "date", "pattern": "^[0-9-]*$"}, "pattern"),
        ({"type": "string", "enum": ["a"], "maxLength": 9}, "maxLength"),
        ({"type": "string", "enum": ["2026-01-01"], "format": "date"}, "format"),
    ],
)
def test_nothing_stands_beside_what_fixes_a_text(
    project: Project, field: dict[str, Any], keyword: str
) -> None:
    project.field(field)
    finding = project.only_finding()
    assert (finding.code, finding.pointer) == ("FORMAT_ALONE", f"/properties/extra/{keyword}")
    assert f"drop {keyword}" in finding.message


@pytest.mark.parametrize(
    "field",
    [
        {**TEXT, "pattern": "^[a-z]{10,}$"},
        {**TEXT, "minLength": 5, "pattern": "^(a|bb)?$"},
        {**TEXT, "maxLength": 0, "pattern": "^a$"},
    ],
)
def test_a_text_that_cannot_be_written_is_refused(project: Project, field: dict[str, Any]) -> None:
    project.field(field)
    assert project.only_finding().code == "UNSATISFIABLE"


@pytest.mark.parametrize("pattern", [r"^\d+$", "^a|b$", "^(?=a)a$", "^(a+)+$"])
def test_a_pattern_that_engines_read_differently_is_told_once(project: Project, pattern: str) -> None:
    project.field({**TEXT, "pattern": pattern})
    assert project.only_finding().code == "PATTERN"


@pytest.mark.parametrize("pattern", ["^[a-z]{1,3}(-[0-9]+)?$", "^(a|b)$", "^[|]$", "^(?:ab)*$"])
def test_a_plain_pattern_is_fine(project: Project, pattern: str) -> None:
    project.field({**TEXT, "pattern": pattern})
    assert project.codes() == set()


def test_an_event_needs_a_folder(project: Project) -> None:
    (project.root / "schemas/quest").rename(project.root / "elsewhere")
    assert project.only_finding().code == "NO_EVENTS"
