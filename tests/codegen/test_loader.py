from tests.codegen.project import ENVELOPE, Project


def test_the_discriminators_and_the_envelope_come_before_the_events_own_fields(project: Project) -> None:
    schema = project.load().contracts[0].newest.schema
    names = list(schema["properties"])
    assert names[:4] == ["event", "schema_version", "event_id", "occurred_at"]
    assert names[-1] == "points"
    assert schema["required"][:2] == ["event", "schema_version"]


def test_a_version_has_no_reference_left(project: Project) -> None:
    project.write("quest/schema.json", project.schema(extra={"$ref": "../shared/money.json"}))
    schema = project.load().contracts[0].newest.schema
    assert "$ref" not in str(schema)
    assert "EUR" in schema["properties"]["extra"]["properties"]["currency"]["enum"]


def test_a_description_beside_a_reference_wins(project: Project) -> None:
    text = "What the player won, in real money."
    field = {"$ref": "../shared/money.json", "description": text}
    project.write("quest/schema.json", project.schema(extra=field))
    assert project.load().contracts[0].newest.schema["properties"]["extra"]["description"] == text


def test_examples_get_the_discriminators(project: Project) -> None:
    contract = project.load().contracts[0]
    example = contract.valid_examples["won"]
    assert example == {"event": "quest", "schema_version": "1.0", **ENVELOPE, "points": 3}
    assert contract.invalid_examples["negative"].event["schema_version"] == "1.0"


def test_the_envelope_is_no_fragment_of_its_own(project: Project) -> None:
    assert sorted(project.load().fragments) == ["app", "currency", "device", "money", "store"]


def test_the_source_keeps_its_references(project: Project) -> None:
    assert project.load().contracts[0].source["properties"]["app"] == {"$ref": "app.json"}
