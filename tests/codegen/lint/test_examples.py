from typing import Any

import pytest

from tests.codegen.project import ENVELOPE, Project

TEXT = {"type": "string", "maxLength": 9, "description": "Something about it.", "x-pii": "none"}


def claim(pointer: str, keyword: str, **event: Any) -> dict[str, Any]:
    return {"pointer": pointer, "keyword": keyword, "event": {**ENVELOPE, **event}}


def test_an_event_without_examples_is_refused(project: Project) -> None:
    (project.root / "schemas/quest/examples/valid/won.json").unlink()
    (project.root / "schemas/quest/examples/invalid/negative.json").unlink()
    assert [finding.code for finding in project.findings()] == ["EXAMPLE_MISSING", "EXAMPLE_MISSING"]


def test_a_valid_example_that_is_not_is_refused_with_what_it_breaks(project: Project) -> None:
    project.write("quest/examples/valid/won.json", {**ENVELOPE, "points": 100})
    finding = project.only_finding()
    assert (finding.code, finding.pointer) == ("EXAMPLE_INVALID", "/points")
    assert finding.message == "must be at most 99 (maximum): change the example or the schema"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pionts", "`pionts` is not in the schema: did you mean `points`?"),
        ("surprise", "take it out, or describe it"),
        ("schema_version", "code generation puts it in"),
    ],
)
def test_an_unknown_property_of_an_example_is_named_at_its_place(
    project: Project, name: str, words: str
) -> None:
    project.write("quest/examples/valid/won.json", {**ENVELOPE, "points": 1, name: 1})
    finding = project.only_finding()
    assert (finding.code, finding.pointer) == ("EXAMPLE_INVALID", f"/{name}")
    assert words in finding.message


def test_an_unknown_property_deep_in_an_example_is_named_at_its_place(project: Project) -> None:
    example: dict[str, Any] = {**ENVELOPE, "points": 1}
    example["device"] = {**example["device"], "modle": "x"}
    project.write("quest/examples/valid/won.json", example)
    finding = project.only_finding()
    assert finding.pointer == "/device/modle"
    assert "did you mean `model`?" in finding.message


@pytest.mark.parametrize(
    ("keyword", "words"), [("minmum", "did you mean minimum?"), ("size", "one of type, ")]
)
def test_a_reason_that_is_no_keyword_is_told_with_the_one_meant(
    project: Project, keyword: str, words: str
) -> None:
    project.write("quest/examples/invalid/negative.json", claim("/points", keyword, points=-1))
    finding = project.only_finding()
    assert (finding.code, finding.pointer) == ("EXAMPLE_REASON", "/keyword")
    assert words in finding.message


@pytest.mark.parametrize("keyword", ["required", "requried"])
def test_a_reason_is_not_judged_while_it_is_unclear_what_is_required(project: Project, keyword: str) -> None:
    schema = project.schema()
    del schema["required"]
    project.write("quest/schema.json", {**schema, keyword: "points"})
    project.write("quest/examples/invalid/no_points.json", claim("/points", "required"))
    assert project.only_finding().code == "DIALECT"


@pytest.mark.parametrize("keyword", ["maximum", "type"])
def test_an_invalid_example_that_breaks_something_else_is_refused(project: Project, keyword: str) -> None:
    project.write("quest/examples/invalid/negative.json", claim("/points", keyword, points=-1))
    assert "but breaks minimum at '/points'" in project.only_finding().message


def test_an_invalid_example_that_breaks_more_than_it_names_is_refused(project: Project) -> None:
    project.write("quest/examples/invalid/negative.json", claim("/points", "minimum", points=-1, extra=1))
    assert "additionalProperties at '' and minimum at '/points'" in project.only_finding().message


def test_an_invalid_example_that_is_valid_is_refused(project: Project) -> None:
    project.write("quest/examples/invalid/negative.json", claim("/points", "minimum", points=1))
    assert "but breaks nothing" in project.only_finding().message


@pytest.mark.parametrize(
    "example",
    [{**ENVELOPE, "points": -1}, {"pointer": 1, "keyword": "a", "event": {}}, claim("", "") | {"event": []}],
)
def test_an_invalid_example_of_another_shape_is_refused(project: Project, example: dict[str, Any]) -> None:
    project.write("quest/examples/invalid/negative.json", example)
    finding = project.only_finding()
    assert finding.code == "EXAMPLE_SHAPE"
    assert '"keyword"' in finding.message


def test_examples_are_judged_beside_a_field_that_is_broken(project: Project) -> None:
    project.field({"type": "string"})
    project.write("quest/examples/valid/won.json", {**ENVELOPE, "points": 100, "extra": 5})
    project.write("quest/examples/invalid/long.json", claim("/extra", "maxLength", points=1, extra="long"))
    found = {(finding.code, finding.pointer) for finding in project.lint() if finding.severity == "error"}
    assert found == {("DIALECT", "/properties/extra"), ("EXAMPLE_INVALID", "/points")}


def test_examples_are_judged_beside_an_event_whose_root_is_broken(project: Project) -> None:
    schema = project.schema()
    del schema["x-owner"]
    project.write("quest/schema.json", schema)
    project.write("quest/examples/valid/won.json", {**ENVELOPE, "points": 100})
    assert project.codes() == {"DIALECT", "EXAMPLE_INVALID"}


def test_examples_are_not_judged_without_the_envelope(project: Project) -> None:
    (project.root / "schemas/shared/envelope.json").write_text("?", encoding="utf-8")
    assert project.codes() == {"UNREADABLE"}


@pytest.mark.parametrize("pattern", ["^(a$", "^(a+)+$"])
def test_examples_are_judged_beside_a_pattern_that_cannot_be_run(project: Project, pattern: str) -> None:
    project.field({**TEXT, "maxLength": 99, "pattern": pattern})
    project.write("quest/examples/valid/won.json", {**ENVELOPE, "points": 100, "extra": "a" * 60 + "!"})
    assert project.codes() == {"PATTERN", "EXAMPLE_INVALID"}
