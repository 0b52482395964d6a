from collections.abc import Callable
from typing import Any

import pytest

from questlog_codegen.emitters import writers
from tests.codegen.project import ENVELOPE, Project

PATH = "sdk/src/questlog/_generated/writers.py"
Writer = Callable[..., str | None]


def source(project: Project) -> str:
    (text,) = writers.emit(project.load()).values()
    return text


def writer(project: Project, event: str = "quest") -> Writer:
    """Return the generated function; what it imports of the SDK is the SDK's."""
    namespace: dict[str, Any] = {}
    exec(source(project), namespace)  # noqa: S102 - the code under test
    write: Writer = namespace[f"write_{event}"]
    return write


def optional(project: Project, **schema: Any) -> Writer:
    """Return the writer of an event with the optional field `extra`."""
    project.field(schema)
    return writer(project)


def test_there_is_one_module_with_one_function_an_event(project: Project) -> None:
    assert list(writers.emit(project.load())) == [PATH]
    assert "\ndef write_quest(\n    points: Any,\n) -> str | None:\n" in source(project)


def test_required_members_are_written_and_optional_ones_if_they_are_there(project: Project) -> None:
    write = optional(project, type="boolean")
    assert write(3, None) == ',"points":3'
    assert write(3, True) == ',"points":3,"extra":true'  # noqa: FBT003 - the value
    assert write(3, False) == ',"points":3,"extra":false'  # noqa: FBT003 - the value


@pytest.mark.parametrize("points", [None, True, "3", 3.0, -1, 100, [3]])
def test_what_is_not_plain_or_not_valid_is_left_to_the_model(project: Project, points: object) -> None:
    assert writer(project)(points) is None


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "string", "maxLength": 3}, "abc", "abcd"),
        ({"type": "string", "minLength": 2, "maxLength": 3}, "ab", "a"),
        ({"type": "string", "maxLength": 9, "pattern": "^[a-z]*$"}, "abc", "abC"),
        ({"type": "string", "maxLength": 9, "pattern": "^[a-z]*$"}, "abc", "abc\n"),
        ({"type": "string", "maxLength": 9}, "Käse", "\ud800"),
        ({"type": "string", "enum": ["red", "blue"]}, "red", "green"),
    ],
)
def test_text_is_written_if_the_contract_takes_it(
    project: Project, schema: dict[str, Any], good: str, bad: str
) -> None:
    write = optional(project, **schema)
    assert write(3, good) == f',"points":3,"extra":"{good}"'
    assert write(3, bad) is None


def test_text_is_written_as_json(project: Project) -> None:
    write = optional(project, type="string", maxLength=9)
    assert write(3, 'a"b\\c\n') == ',"points":3,"extra":"a\\"b\\\\c\\n"'


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number", "minimum": 0, "maximum": 9},
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "uuid"},
        {
            "type": "array",
            "maxItems": 3,
            "items": {"description": "A booster's name.", "type": "string", "maxLength": 9, "x-pii": "none"},
        },
    ],
    ids=["number", "time", "uuid", "array"],
)
def test_what_only_the_model_can_write_is_left_to_it_unless_it_is_not_there(
    project: Project, schema: dict[str, Any]
) -> None:
    write = optional(project, **schema)
    assert write(3, None) == ',"points":3'
    assert write(3, 1.5) is None


def test_a_required_field_that_only_the_model_can_write_leaves_all_to_it(project: Project) -> None:
    share = {
        "description": "How much of the way was walked, from 0 to 1.",
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "x-pii": "none",
    }
    project.write("quest/schema.json", {**project.schema(share=share), "required": ["points", "share"]})
    project.write("quest/examples/valid/won.json", {**ENVELOPE, "points": 3, "share": 0.5})
    broken = {"pointer": "/points", "keyword": "minimum", "event": {**ENVELOPE, "points": -1, "share": 0.5}}
    project.write("quest/examples/invalid/negative.json", broken)
    assert writer(project)(3, 0.5) is None


def test_a_shared_fragment_is_written_from_its_model(project: Project) -> None:
    from questlog import Money  # noqa: PLC0415 - only here code generation meets the SDK

    project.write("quest/schema.json", project.schema(extra={"$ref": "../shared/money.json"}))
    write = writer(project)
    price = Money.of("4.99", "EUR")
    assert write(3, price) == ',"points":3,"extra":{"amount_micros":4990000,"currency":"EUR"}'
    assert write(3, {"amount_micros": 4990000, "currency": "EUR"}) is None
    assert write(3, Money(amount_micros=1.0, currency="EUR")) is None  # type: ignore[arg-type]  # on purpose


def test_a_fragment_with_free_text_is_left_to_the_model(project: Project) -> None:
    project.write("quest/schema.json", project.schema(extra={"$ref": "../shared/app.json"}))
    assert writer(project)(3, None) == ',"points":3'
    assert "import App" not in source(project)


@pytest.mark.parametrize("name", ["quoted", "writers", "re", "is_unicode", "members"])
def test_no_name_of_a_field_hides_what_the_function_uses(project: Project, name: str) -> None:
    field = {"description": "Some text of it.", "type": "string", "maxLength": 9, "x-pii": "none"}
    project.write("quest/schema.json", project.schema(**{name: field, "last": field}))
    assert writer(project)(3, "ä", "ö") == f',"points":3,"{name}":"ä","last":"ö"'


@pytest.mark.parametrize("event", ["type", "len", "quoted"])
def test_no_name_of_an_event_hides_what_the_others_use(project: Project, event: str) -> None:
    schema = project.schema()
    project.write(f"{event}/schema.json", {**schema, "title": "Another"})
    project.write(f"{event}/examples/valid/won.json", {**ENVELOPE, "points": 3})
    broken = {"pointer": "/points", "keyword": "minimum", "event": {**ENVELOPE, "points": -1}}
    project.write(f"{event}/examples/invalid/negative.json", broken)
    assert writer(project, event)(3) == ',"points":3'
    assert writer(project, "quest")(3) == ',"points":3'


def test_what_is_not_used_is_not_imported(project: Project) -> None:
    assert "questlog._generated.models" not in source(project)
    assert "_is_unicode" not in source(project)
