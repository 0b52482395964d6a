"""Old clients live for years: the whole service with an event of several versions, over HTTP."""

from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest

from tests.api.serving import HEADERS, running, sources_with
from tests.api.versions import EVENTS, QUESTS, released
from tests.warehouse.contracts import catalog

SENT_AT = "2026-11-02T18:04:06Z"
NUMBERS = [version.number for version in QUESTS]
OLDER = [(older, newer) for index, newer in enumerate(NUMBERS) for older in NUMBERS[:index]]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service that allows no drafts, and has none."""
    sources = sources_with(catalog(*released(*QUESTS)), tmp_path_factory.mktemp("versions"))
    with (
        running({"ALLOW_DRAFTS": "false"}, sources=sources) as (_, url),
        httpx.Client(base_url=url, headers=HEADERS) as client,
    ):
        yield client


def post(service: httpx.Client, event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    response = service.post("/v1/events/quest", json=event)
    return response.status_code, response.json()


@pytest.mark.parametrize("number", NUMBERS)
def test_an_event_of_every_version_is_accepted(service: httpx.Client, number: str) -> None:
    assert post(service, EVENTS[number])[0] == 202


def test_events_of_all_versions_are_accepted_in_one_batch(service: httpx.Client) -> None:
    response = service.post("/v1/events", json={"sent_at": SENT_AT, "events": list(EVENTS.values())})
    assert (response.status_code, response.json()["accepted"]) == (202, len(EVENTS))


@pytest.mark.parametrize(("older", "newer"), OLDER)
def test_an_event_is_judged_by_the_version_it_names_and_no_newer_one(
    service: httpx.Client, older: str, newer: str
) -> None:
    status, problem = post(service, EVENTS[newer] | {"schema_version": older})
    assert (status, problem["type"]) == (422, "urn:questlog:problem:invalid-event")
    assert ("", "additionalProperties") in [
        (error["pointer"], error["keyword"]) for error in problem["errors"]
    ]


@pytest.mark.parametrize("number", ["1.1", "1.2", "2.1", "01.0", "1.100", ""])
def test_a_version_that_never_was_has_a_problem_of_its_own(service: httpx.Client, number: str) -> None:
    status, problem = post(service, EVENTS["1.0"] | {"schema_version": number})
    assert (status, problem["type"]) == (422, "urn:questlog:problem:unknown-version")
    assert [(error["pointer"], error["keyword"]) for error in problem["errors"]] == [
        ("/schema_version", "enum")
    ]


def test_one_unknown_version_in_a_batch_refuses_no_other_event(service: httpx.Client) -> None:
    events = [EVENTS["1.0"], EVENTS["1.0"] | {"schema_version": "3.0"}, EVENTS["2.0"]]
    response = service.post("/v1/events", json={"sent_at": SENT_AT, "events": events})
    assert response.status_code == 207
    assert [result["status"] for result in response.json()["events"]] == ["accepted", "rejected", "accepted"]


def test_an_event_without_a_version_is_told_what_the_newest_one_asks_for(service: httpx.Client) -> None:
    _, problem = post(
        service, {name: value for name, value in EVENTS["1.10"].items() if name != "schema_version"}
    )
    places = [(error["pointer"], error["keyword"]) for error in problem["errors"]]
    assert ("/schema_version", "required") in places
    assert ("/guild", "required") in places


def test_versions_are_listed_by_number_and_not_as_text(service: httpx.Client) -> None:
    listed = service.get("/v1/schemas").json()["contracts"]
    assert [entry["version"] for entry in listed] == ["1.0", "1.9", "1.10", "2.0"]
    assert {entry["status"] for entry in listed} == {"released"}


@pytest.mark.parametrize("version", QUESTS, ids=NUMBERS)
def test_the_contract_of_every_version_is_served(service: httpx.Client, version: Any) -> None:
    assert service.get(f"/v1/schemas/quest/{version.number}").json() == version.schema


@pytest.mark.parametrize("number", NUMBERS)
def test_the_document_takes_an_event_as_exactly_one_version(service: httpx.Client, number: str) -> None:
    document = service.get("/openapi.json").json()
    single, batch = (
        document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        for path in ("/v1/events/quest", "/v1/events")
    )
    for schema in (single, batch["properties"]["events"]["items"]):
        judge = jsonschema.Draft202012Validator({**schema, "components": document["components"]})
        assert judge.is_valid(EVENTS[number])
        assert not judge.is_valid(EVENTS[number] | {"schema_version": "3.0"})
