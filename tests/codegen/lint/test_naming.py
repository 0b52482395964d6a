import json
from typing import Any

import pytest

from tests.codegen.project import ENVELOPE, Project

TEXT = {"type": "string", "maxLength": 9, "description": "Something about it.", "x-pii": "none"}


def with_fields(project: Project, **fields: Any) -> None:
    project.write("quest/schema.json", project.schema(**fields))


def second_event(project: Project, name: str, **fields: Any) -> None:
    schema = {**project.schema(**fields), "title": "Second"}
    project.write(f"{name}/schema.json", schema)
    project.write(f"{name}/examples/valid/won.json", {**ENVELOPE, "points": 3})
    broken = {"pointer": "/points", "keyword": "required", "event": ENVELOPE}
    project.write(f"{name}/examples/invalid/no_points.json", broken)


@pytest.mark.parametrize("name", ["Quest-2", "quest_", "2quest"])
def test_a_folder_that_is_no_event_name_is_told_what_to_call_it(project: Project, name: str) -> None:
    (project.root / "schemas/quest").rename(project.root / "schemas" / name)
    finding = project.only_finding()
    assert (finding.code, finding.file) == ("EVENT_NAME", f"schemas/{name}")
    assert "rename it to" in finding.message


@pytest.mark.parametrize("name", ["track", "close", "import", "datetime", "order", "sale"])
def test_an_event_that_the_client_could_not_offer_is_refused(project: Project, name: str) -> None:
    (project.root / "schemas/quest").rename(project.root / "schemas" / name)
    assert project.only_finding().code == "EVENT_NAME"


@pytest.mark.parametrize(("title", "owner"), [("Money", "schemas/shared/money.json"), ("Client", "the SDK")])
def test_a_title_that_is_taken_is_refused_with_who_has_it(project: Project, title: str, owner: str) -> None:
    project.write("quest/schema.json", {**project.schema(), "title": title})
    finding = project.only_finding()
    assert (finding.code, finding.pointer) == ("TITLE_TAKEN", "/title")
    assert owner in finding.message


@pytest.mark.parametrize("released", ["quest", "task"])
def test_a_title_or_type_is_told_of_the_event_that_is_not_released(project: Project, released: str) -> None:
    with_fields(project, grade=TEXT)
    flag = {"type": "boolean", "description": "Something about it.", "x-pii": "none"}
    second_event(project, "task")
    project.write("task/schema.json", project.schema(grade=flag))
    project.write("released.json", {"contracts": {f"{released}/1.0": ""}, "migrations": {}})
    found = {(found.code, found.file) for found in project.lint() if found.severity == "error"}
    other = {"quest": "task", "task": "quest"}[released]
    assert found == {(code, f"schemas/{other}/schema.json") for code in ("TITLE_TAKEN", "SAME_TYPE")}


def test_a_title_is_told_of_a_new_fragment_beside_a_released_event(project: Project) -> None:
    money = json.loads((project.root / "schemas/shared/money.json").read_text(encoding="utf-8"))
    project.write("shared/coin.json", {**money, "title": "Quest"})
    assert project.only_finding().file == "schemas/quest/schema.json"
    project.write("released.json", {"contracts": {"quest/1.0": ""}, "migrations": {}})
    (finding,) = [finding for finding in project.lint() if finding.severity == "error"]
    assert (finding.code, finding.file) == ("TITLE_TAKEN", "schemas/shared/coin.json")


@pytest.mark.parametrize("name", ["event", "schema_version", "event_id", "device", "context"])
def test_a_name_the_envelope_has_is_refused(project: Project, name: str) -> None:
    with_fields(project, **{name: TEXT})
    assert project.only_finding().code == "NAME_TAKEN"


@pytest.mark.parametrize("name", ["class", "list", "print", "self", "to_json", "date", "order"])
def test_a_name_python_or_snowflake_has_is_refused(project: Project, name: str) -> None:
    with_fields(project, **{name: TEXT})
    assert project.only_finding().code == "NAME_RESERVED"


def test_two_fields_of_an_event_differ_by_more_than_case(project: Project) -> None:
    with_fields(project, level=TEXT, Level=TEXT)
    (finding,) = [finding for finding in project.lint() if finding.code == "CASE"]
    assert finding.pointer == "/properties/Level"
    assert "`level` only by case (schemas/quest/schema.json#/properties/level)" in finding.message


def test_fields_of_two_events_differ_by_more_than_case(project: Project) -> None:
    with_fields(project, Level=TEXT)
    second_event(project, "task", level=TEXT)
    (finding,) = [finding for finding in project.lint() if finding.code == "CASE"]
    assert finding.file == "schemas/quest/schema.json"
    assert "schemas/task/schema.json#/properties/level" in finding.message


def test_a_field_differs_from_the_envelopes_by_more_than_case(project: Project) -> None:
    with_fields(project, Event_ID=TEXT)
    assert "CASE" in project.codes()


def test_two_events_differ_by_more_than_case(project: Project) -> None:
    second_event(project, "Quest")
    (finding,) = [finding for finding in project.lint() if finding.code == "CASE"]
    assert finding.file == "schemas/Quest"


@pytest.mark.parametrize(
    "other",
    [
        {**TEXT, "type": "boolean", "maxLength": None},
        {**TEXT, "format": "date", "maxLength": None},
        {"$ref": "../shared/money.json"},
        {**TEXT, "type": "array", "maxLength": None, "maxItems": 3, "items": TEXT},
    ],
)
def test_a_name_is_of_one_type_in_all_events(project: Project, other: dict[str, Any]) -> None:
    with_fields(project, grade=TEXT)
    second_event(project, "task", grade={key: value for key, value in other.items() if value is not None})
    finding = project.only_finding()
    assert (finding.code, finding.file, finding.pointer) == (
        "SAME_TYPE",
        "schemas/task/schema.json",
        "/properties/grade",
    )
    assert "string in schemas/quest/schema.json#/properties/grade" in finding.message


def test_a_text_of_another_length_is_of_the_same_type(project: Project) -> None:
    with_fields(project, grade=TEXT)
    second_event(project, "task", grade={**TEXT, "maxLength": 99})
    assert project.codes() == set()
