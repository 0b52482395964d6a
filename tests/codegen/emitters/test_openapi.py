import json
from typing import Any

import pytest

from questlog_codegen.emitters import openapi
from tests.api.versions import QUESTS
from tests.codegen.project import Project
from tests.repository import shipped_catalog
from tests.warehouse.contracts import catalog

DOCUMENT: dict[str, Any] = json.loads(openapi.emit(shipped_catalog())[openapi.DOCUMENT])


def test_every_component_is_the_contract_itself() -> None:
    for version in shipped_catalog().versions:
        component = dict(DOCUMENT["components"]["schemas"][version.slug])
        assert component.pop("x-schema-id") == version.schema["$id"]
        assert component == {
            key: value for key, value in version.schema.items() if key not in {"$schema", "$id"}
        }


def test_every_event_has_an_operation_that_takes_its_contract(project: Project) -> None:
    document = json.loads(openapi.emit(project.load())[openapi.DOCUMENT])
    content = document["paths"]["/v1/events/quest"]["post"]["requestBody"]["content"]["application/json"]
    assert content["schema"] == {"$ref": "#/components/schemas/quest_1_0"}
    assert content["examples"]["won"]["value"]["points"] == 3


def test_an_operation_finds_the_version_by_the_one_an_event_names() -> None:
    several = json.loads(openapi.emit(catalog(*QUESTS))[openapi.DOCUMENT])
    content = several["paths"]["/v1/events/quest"]["post"]["requestBody"]["content"]["application/json"]
    references = {v.number: f"#/components/schemas/{v.slug}" for v in QUESTS}
    assert [branch["$ref"] for branch in content["schema"]["oneOf"]] == list(references.values())
    assert content["schema"]["discriminator"] == {"propertyName": "schema_version", "mapping": references}


def test_a_batch_takes_any_contract() -> None:
    body = DOCUMENT["paths"]["/v1/events"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    items = body["properties"]["events"]["items"]["oneOf"]
    named = [item["$ref"].rsplit("/", 1)[-1] for item in items]
    assert named == [version.slug for version in shipped_catalog().versions]


@pytest.mark.parametrize("path", ["/v1/events", "/v1/events/purchase"])
def test_every_refusal_is_documented(path: str) -> None:
    responses = DOCUMENT["paths"][path]["post"]["responses"]
    assert {"202", "400", "401", "408", "413", "415", "422", "429", "503"} <= set(responses)


def test_a_probe_that_fails_asks_for_no_event_again() -> None:
    refused = DOCUMENT["paths"]["/readyz"]["get"]["responses"]["503"]["$ref"].rsplit("/", 1)[-1]
    response = DOCUMENT["components"]["responses"][refused]
    assert "send" not in response["description"]
    assert response["headers"]["Retry-After"]["required"]


def test_every_reference_leads_somewhere() -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if "$ref" in node else []
            return own + [found for child in node.values() for found in references(child)]
        return [found for child in node for found in references(child)] if isinstance(node, list) else []

    for reference in references(DOCUMENT):
        node: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_numbers_stay_what_the_author_wrote() -> None:
    maximum = DOCUMENT["components"]["schemas"]["purchase_1_0"]["properties"]["tax_micros"]["maximum"]
    assert (maximum, type(maximum)) == (10**15, int)
