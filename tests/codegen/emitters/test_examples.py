from typing import Any

import pytest

from questlog_codegen.emitters import examples
from tests.codegen.project import ENVELOPE, Project


def table(project: Project) -> dict[str, dict[str, str]]:
    (text,) = examples.emit(project.load()).values()
    namespace: dict[str, Any] = {}
    exec(text, namespace)  # noqa: S102 - the code under test
    found: dict[str, dict[str, str]] = namespace["EXAMPLES"]
    return found


def test_an_event_its_context_and_their_parts_have_the_values_of_an_example(project: Project) -> None:
    found = table(project)
    assert found["Quest"]["points"] == "3"
    assert found["Device"]["locale"] == '"de"'
    assert found["Context"]["app"] == found["Quest"]["app"] == 'App(version="1.0", build="1")'
    assert found["Context"]["session_id"] == "uuid7()"


def test_a_context_has_nothing_that_differs_between_events(project: Project) -> None:
    assert not {"event", "schema_version", "event_id", "occurred_at", "points"} & set(
        table(project)["Context"]
    )


@pytest.mark.parametrize(
    ("schema", "value", "text"),
    [
        ({"type": "boolean"}, True, "True"),
        ({"type": "string", "minLength": 0, "maxLength": 9}, "\u00fc", '"\u00fc"'),
        ({"type": "string", "format": "date"}, "2026-11-02", "date(2026, 11, 2)"),
    ],
)
def test_a_value_is_shown_as_a_game_writes_it(
    schema: dict[str, Any], value: object, text: str, project: Project
) -> None:
    project.field(schema)
    project.write("quest/examples/valid/won.json", {**ENVELOPE, "points": 3, "extra": value})
    assert table(project)["Quest"]["extra"] == text


def test_money_is_shown_as_the_guide_makes_it(project: Project) -> None:
    price = {"description": "What it costs.", "$ref": "../shared/money.json"}
    project.write("quest/schema.json", project.schema(extra=price))
    event = {**ENVELOPE, "points": 3, "extra": {"amount_micros": 1, "currency": "EUR"}}
    project.write("quest/examples/valid/won.json", event)
    assert table(project)["Quest"]["extra"] == 'Money.of("4.99", "EUR")'


def test_what_no_example_has_is_left_out(project: Project) -> None:
    project.field({"type": "boolean"})
    assert "extra" not in table(project)["Quest"]
