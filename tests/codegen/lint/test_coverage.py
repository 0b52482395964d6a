from typing import Any

import pytest

from questlog_codegen.errors import Finding
from tests.codegen.project import ENVELOPE, Project

TEXT = {"type": "string", "maxLength": 9, "description": "Something about it.", "x-pii": "none"}
KIND = {"type": "string", "enum": ["daily", "weekly"], "description": "How often it comes.", "x-pii": "none"}


def claim(pointer: str, keyword: str, **event: Any) -> dict[str, Any]:
    return {"pointer": pointer, "keyword": keyword, "event": {**ENVELOPE, **event}}


def uncovered(project: Project) -> list[Finding]:
    return [finding for finding in project.lint() if finding.code == "EXAMPLE_COVERAGE"]


def test_an_optional_field_that_no_valid_example_has_is_a_warning_at_the_field(project: Project) -> None:
    project.field(TEXT)
    found = uncovered(project)
    assert ("/properties/extra", "warning") in {(finding.pointer, finding.severity) for finding in found}
    project.write("quest/examples/valid/more.json", {**ENVELOPE, "points": 1, "extra": "x"})
    assert "/properties/extra" not in {finding.pointer for finding in uncovered(project)}


def test_a_required_field_that_no_invalid_example_leaves_out_is_a_warning(project: Project) -> None:
    assert [finding.pointer for finding in uncovered(project)] == ["/properties/points"]
    project.write("quest/examples/invalid/no_points.json", claim("/points", "required"))
    assert uncovered(project) == []


@pytest.mark.parametrize("listed", [False, True])
def test_values_of_an_enum_that_no_valid_example_shows_are_a_warning(
    project: Project, *, listed: bool
) -> None:
    node = (
        {"type": "array", "maxItems": 3, "items": KIND, "description": "All of them.", "x-pii": "none"}
        if listed
        else KIND
    )
    project.write("quest/schema.json", project.schema(items=node))
    project.write("quest/examples/invalid/no_points.json", claim("/points", "required"))
    value = ["daily"] if listed else "daily"
    project.write("quest/examples/valid/daily.json", {**ENVELOPE, "points": 1, "items": value})
    (finding,) = uncovered(project)
    assert "`weekly`" in finding.message
    assert "`daily`" not in finding.message
