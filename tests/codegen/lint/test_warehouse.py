import json
from typing import Any

import pytest

from tests.codegen.project import Project

TEXT = {"type": "string", "maxLength": 9, "description": "Something about it.", "x-pii": "none"}
UUID = {"type": "string", "format": "uuid", "description": "What it is known by.", "x-pii": "none"}
MONEY = {"$ref": "../shared/money.json"}
NUMBER = {"type": "number", "minimum": 0, "maximum": 9, "description": "Something about it.", "x-pii": "none"}


def with_envelope(project: Project, required: list[str], **properties: Any) -> None:
    path = project.root / "schemas/shared/envelope.json"
    envelope = json.loads(path.read_text(encoding="utf-8"))
    kept = [name for name in envelope["required"] if name not in {"event_id", "occurred_at"}]
    fields = {name: node for name, node in {**envelope["properties"], **properties}.items() if node}
    project.write("shared/envelope.json", {**envelope, "required": kept + required, "properties": fields})


@pytest.mark.parametrize(
    ("required", "properties", "pointer", "words"),
    [
        (["occurred_at"], {}, "/required", "leaves `event_id` out"),
        (["event_id"], {}, "/required", "leaves `occurred_at` out"),
        (["event_id", "occurred_at"], {"event_id": TEXT}, "/properties/event_id", '"format": "uuid"'),
        (
            ["event_id", "occurred_at"],
            {"occurred_at": {**UUID, "format": "date"}},
            "/properties/occurred_at",
            '"format": "date-time"',
        ),
    ],
)
def test_the_envelope_has_what_an_event_is_known_by(
    project: Project, required: list[str], properties: dict[str, Any], pointer: str, words: str
) -> None:
    with_envelope(project, required, **properties)
    (finding,) = [finding for finding in project.lint() if finding.code == "ENVELOPE_KEY"]
    assert (finding.file, finding.pointer) == ("schemas/shared/envelope.json", pointer)
    assert words in finding.message


def test_a_key_that_the_envelope_does_not_describe_is_told(project: Project) -> None:
    with_envelope(project, ["occurred_at"], event_id=None)
    told = [finding.message for finding in project.lint() if finding.code == "ENVELOPE_KEY"]
    assert any("needs `event_id`" in message for message in told)


def test_a_key_may_be_a_fragment(project: Project) -> None:
    project.write("shared/key.json", {"$schema": "../dialect.json", "title": "Key", **UUID})
    with_envelope(project, ["event_id", "occurred_at"], event_id={"$ref": "key.json"})
    assert project.codes() == set()


@pytest.mark.parametrize("name", ["pionts", "prize", "tags"])
def test_a_table_is_clustered_by_a_column_it_has(project: Project, name: str) -> None:
    tags = {**TEXT, "type": "array", "maxItems": 3, "items": TEXT}
    del tags["maxLength"]
    schema = project.schema(prize=MONEY, tags=tags)
    project.write("quest/schema.json", {**schema, "x-cluster": name})
    finding = project.only_finding()
    assert finding.code == "CLUSTER"
    assert finding.message.endswith(": points")


def test_a_table_clustered_by_a_broken_reference_is_told_of_the_reference_alone(project: Project) -> None:
    schema = project.schema(prize={"$ref": "../shared/reward.json"})
    project.write("quest/schema.json", {**schema, "x-cluster": "prize"})
    assert project.only_finding().code == "REFERENCE"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"prize": MONEY, "prize_currency": TEXT}, "prize_currency"),
        ({"prize_currency": TEXT, "prize": MONEY}, "prize"),
        ({"game_id": TEXT}, "game_id"),
        ({"app_version": TEXT}, "app_version"),
    ],
)
def test_two_values_do_not_share_a_column(project: Project, fields: dict[str, Any], told: str) -> None:
    project.write("quest/schema.json", project.schema(**fields))
    finding = project.only_finding()
    assert (finding.code, finding.pointer) == ("COLUMN_TAKEN", f"/properties/{told}")


def test_a_pattern_that_snowflake_cannot_say_is_told_by_the_linter(project: Project) -> None:
    project.field({**TEXT, "pattern": "^[\\u00e0-\\u00ff]*$"})
    finding = project.only_finding()
    assert (finding.code, finding.pointer) == ("PATTERN_SNOWFLAKE", "/properties/extra/pattern")


def test_control_characters_can_be_said_in_snowflake(project: Project) -> None:
    project.field({**TEXT, "pattern": "^[^\\u0000-\\u001f\\u007f]*$"})
    assert project.codes() == set()


@pytest.mark.parametrize("name", ["price", "unit_price", "revenue", "tax", "store_fee"])
def test_money_is_no_number(project: Project, name: str) -> None:
    project.write("quest/schema.json", project.schema(**{name: NUMBER}))
    finding = project.only_finding()
    assert finding.code == "MONEY"
    assert f"`{name}_micros`" in finding.message


@pytest.mark.parametrize("name", ["taxi_speed", "priceless", "costume_size"])
def test_a_number_that_is_no_money_is_fine(project: Project, name: str) -> None:
    project.write("quest/schema.json", project.schema(**{name: NUMBER}))
    assert project.codes() == set()


@pytest.mark.parametrize(
    ("name", "instead"), [("end_time", "end_at"), ("clicked", "clicked_at"), ("timestamp", "happened_at")]
)
def test_a_moment_that_does_not_end_in_at_is_a_warning(project: Project, name: str, instead: str) -> None:
    moment = {**TEXT, "format": "date-time"}
    del moment["maxLength"]
    project.write("quest/schema.json", project.schema(**{name: moment}))
    (finding,) = [finding for finding in project.lint() if finding.code == "TIME_NAME"]
    assert (finding.severity, f"call it `{instead}`" in finding.message) == ("warning", True)
