import shutil
from typing import Any

import pytest

from tests.codegen.project import ENVELOPE, Project

TEXT = {"type": "string", "maxLength": 9}


def test_the_project_of_these_tests_is_clean(project: Project) -> None:
    assert project.load().contracts[0].event == "quest"


@pytest.mark.parametrize(
    ("field", "pointer", "words"),
    [
        ({"type": "string"}, "/properties/extra", "upper bound"),
        ({"type": "integer", "minimum": 0}, "/properties/extra", "'maximum' is a required property"),
        ({"type": ["string", "null"]}, "/properties/extra/type", "string or integer"),
        ({**TEXT, "format": "email"}, "/properties/extra/format", "uuid or date-time or date"),
        ({**TEXT, "default": "x"}, "/properties/extra", "absent means unknown"),
        ({**TEXT, "maxlength": 9}, "/properties/extra", "did you mean `maxLength`?"),
        ({"oneOf": [TEXT]}, "/properties/extra", "'type' is a required property"),
        ({"type": "integer", "minimum": 0, "maximum": 2**60}, "/properties/extra/maximum", "maximum"),
        ({**TEXT, "x-pii": "secret"}, "/properties/extra/x-pii", "none or pseudonymous or personal"),
        ({**TEXT, "pattern": "[a-z]"}, "/properties/extra/pattern", "Anchored"),
        ({"type": "array", "items": {**TEXT, "x-pii": "none"}}, "/properties/extra", "'maxItems'"),
        ({"type": "object"}, "/properties/extra/type", "write it into schemas/shared/ and $ref it"),
        ({"type": "string", "enum": ["a\tb"]}, "/properties/extra/enum/0", "without control characters"),
        ({"$ref": "https://example.com/a.json"}, "/properties/extra/$ref", "must match"),
    ],
)
def test_what_the_dialect_does_not_allow_is_named_with_what_to_write(
    project: Project, field: dict[str, Any], pointer: str, words: str
) -> None:
    project.field(field)
    found = [finding for finding in project.findings() if finding.pointer == pointer]
    assert [finding.code for finding in found][:1] == ["DIALECT"]
    assert any(words in finding.message for finding in found)


@pytest.mark.parametrize("name", ["Extra", "extra_", "extra__name", "1st", "extra-name"])
def test_a_field_name_is_snake_case(project: Project, name: str) -> None:
    project.write("quest/schema.json", project.schema(**{name: {**TEXT, "x-pii": "none"}}))
    assert {finding.code for finding in project.findings()} == {"DIALECT"}


def test_an_event_without_an_owner_is_refused(project: Project) -> None:
    schema = project.schema()
    del schema["x-owner"]
    project.write("quest/schema.json", schema)
    assert "'x-owner' is a required property" in project.only_finding().message


def test_a_folder_that_is_no_event_name_is_refused(project: Project) -> None:
    (project.root / "schemas/quest").rename(project.root / "schemas/Quest-2")
    assert project.only_finding().code == "EVENT_NAME"


@pytest.mark.parametrize("name", ["track", "close", "import", "datetime", "order", "sale"])
def test_an_event_that_the_client_could_not_offer_is_refused(project: Project, name: str) -> None:
    (project.root / "schemas/quest").rename(project.root / "schemas" / name)
    finding = project.only_finding()
    assert (finding.code, finding.file) == ("EVENT_NAME", f"schemas/{name}")


@pytest.mark.parametrize(("title", "owner"), [("Money", "schemas/shared/money.json"), ("Client", "the SDK")])
def test_a_title_that_is_taken_is_refused_with_who_has_it(project: Project, title: str, owner: str) -> None:
    project.write("quest/schema.json", {**project.schema(), "title": title})
    finding = project.only_finding()
    assert (finding.code, finding.pointer) == ("TITLE_TAKEN", "/title")
    assert owner in finding.message


def test_a_tree_without_events_is_refused(project: Project) -> None:
    shutil.rmtree(project.root / "schemas/quest")
    assert project.only_finding().code == "NO_EVENTS"


def test_a_reference_to_nothing_lists_what_there_is(project: Project) -> None:
    project.write("quest/schema.json", project.schema(extra={"$ref": "../shared/reward.json"}))
    finding = project.only_finding()
    assert finding.code == "REFERENCE"
    assert "app, currency, device, money, store" in finding.message


def test_fragments_that_refer_in_a_circle_are_refused(project: Project) -> None:
    loop = {
        "$schema": "../dialect.json",
        "title": "Loop",
        "description": "Refers to itself.",
        "type": "object",
        "additionalProperties": False,
        "required": [],
        "properties": {"again": {"$ref": "loop.json"}},
    }
    project.write("shared/loop.json", loop)
    assert project.only_finding().code == "REFERENCE"


def test_a_required_name_that_is_not_described_is_refused(project: Project) -> None:
    project.write("quest/schema.json", {**project.schema(), "required": ["points", "score"]})
    finding = project.only_finding()
    assert (finding.code, finding.pointer) == ("REQUIRED_UNKNOWN", "/required")
    assert "`score`" in finding.message


def test_bounds_that_exclude_everything_are_refused(project: Project) -> None:
    project.field({"type": "integer", "minimum": 5, "maximum": 4})
    assert project.only_finding().code == "BOUNDS"


DIFFERING = (
    *(r"^\d+$", "^a|b$", "^(a)|(b)$", "^(?=a)a$", "^(a$", r"^(a)\1$", "^(?i:a)$", "^[a-$"),
    *(
        "^a{,3}$",
        "^a{1,2000}$",
        "^a{$",
        "^a++$",
        "^a+?$",
        "^(a+)+$",
        "^([a-z]+,?)*$",
        "^[[a-z]]$",
        "^[a&&b]$",
    ),
)


@pytest.mark.parametrize("pattern", DIFFERING)
def test_a_pattern_that_engines_read_differently_is_refused(project: Project, pattern: str) -> None:
    project.field({**TEXT, "pattern": pattern})
    assert {finding.code for finding in project.findings()} <= {"PATTERN", "DIALECT"}


@pytest.mark.parametrize("pattern", ["^[a-z]{1,3}(-[0-9]+)?$", "^(a|b)$", "^[|]$", "^(?:ab)*$"])
def test_a_plain_pattern_is_fine(project: Project, pattern: str) -> None:
    project.field({**TEXT, "pattern": pattern})
    assert project.load().contracts


@pytest.mark.parametrize("name", ["event", "schema_version", "event_id", "device", "context"])
def test_a_name_the_envelope_has_is_refused(project: Project, name: str) -> None:
    project.write(
        "quest/schema.json", project.schema(**{name: {**TEXT, "description": "x" * 10, "x-pii": "none"}})
    )
    assert "NAME_TAKEN" in {finding.code for finding in project.findings()}


@pytest.mark.parametrize("name", ["class", "list", "print", "self", "to_json", "date", "order"])
def test_a_name_python_has_is_refused(project: Project, name: str) -> None:
    project.write(
        "quest/schema.json", project.schema(**{name: {**TEXT, "description": "x" * 10, "x-pii": "none"}})
    )
    assert project.only_finding().code == "NAME_RESERVED"


def test_a_title_within_a_file_is_refused(project: Project) -> None:
    project.field({**TEXT, "title": "Extra"})
    assert project.only_finding().code == "TITLE_PLACE"


def test_an_array_is_as_personal_as_its_items(project: Project) -> None:
    item = {"description": "Name of a friend.", **TEXT, "x-pii": "personal"}
    project.field({"type": "array", "maxItems": 3, "items": item})
    assert project.only_finding().code == "PII"


@pytest.mark.parametrize("name", ["pionts", "prize"])
def test_a_table_is_clustered_by_a_column_it_has(project: Project, name: str) -> None:
    schema = project.schema(prize={"$ref": "../shared/money.json"})
    project.write("quest/schema.json", {**schema, "x-cluster": name})
    assert project.only_finding().code == "CLUSTER"


def test_a_table_clustered_by_a_broken_reference_is_told_of_the_reference_alone(project: Project) -> None:
    schema = project.schema(prize={"$ref": "../shared/reward.json"})
    project.write("quest/schema.json", {**schema, "x-cluster": "prize"})
    assert project.only_finding().code == "REFERENCE"


def test_the_envelope_is_no_fragment_to_refer_to(project: Project) -> None:
    project.write("quest/schema.json", project.schema(extra={"$ref": "../shared/envelope.json"}))
    assert project.only_finding().code == "REFERENCE"


def test_one_mistake_is_told_once(project: Project) -> None:
    project.field({**TEXT, "maxlength": 9})
    assert project.only_finding().code == "DIALECT"


def test_an_event_without_examples_is_refused(project: Project) -> None:
    (project.root / "schemas/quest/examples/valid/won.json").unlink()
    (project.root / "schemas/quest/examples/invalid/negative.json").unlink()
    assert [finding.code for finding in project.findings()] == ["EXAMPLE_MISSING", "EXAMPLE_MISSING"]


def test_a_valid_example_that_is_not_is_refused(project: Project) -> None:
    project.write("quest/examples/valid/won.json", {**ENVELOPE, "points": 100})
    finding = project.only_finding()
    assert (finding.code, finding.pointer) == ("EXAMPLE_INVALID", "/points")
    assert finding.message == "must be at most 99 (maximum)"


def test_an_invalid_example_that_breaks_something_else_is_refused(project: Project) -> None:
    wrong = {"pointer": "/points", "keyword": "maximum", "event": {**ENVELOPE, "points": -1}}
    project.write("quest/examples/invalid/negative.json", wrong)
    assert "but breaks minimum at '/points'" in project.only_finding().message


def test_an_invalid_example_that_is_valid_is_refused(project: Project) -> None:
    wrong = {"pointer": "/points", "keyword": "minimum", "event": {**ENVELOPE, "points": 1}}
    project.write("quest/examples/invalid/negative.json", wrong)
    assert "but breaks nothing" in project.only_finding().message


def test_all_findings_come_at_once_sorted_by_place(project: Project) -> None:
    schema = {**project.schema(), "required": ["points", "score"]}
    schema["properties"]["points"]["minimum"] = 100
    project.write("quest/schema.json", schema)
    assert [finding.code for finding in project.findings()] == ["BOUNDS", "REQUIRED_UNKNOWN"]


def test_an_invalid_example_without_its_reason_is_refused(project: Project) -> None:
    project.write("quest/examples/invalid/negative.json", {**ENVELOPE, "points": -1})
    finding = project.only_finding()
    assert finding.code == "EXAMPLE_SHAPE"
    assert "pointer, keyword and event" in finding.message
