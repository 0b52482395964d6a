from typing import Any

from questlog_codegen.contracts import Version, strip_annotations

SCHEMA: dict[str, Any] = {
    "title": "A",
    "type": "object",
    "required": ["price"],
    "properties": {
        "price": {
            "description": "d",
            "type": "object",
            "required": ["micros"],
            "properties": {
                "micros": {"type": "integer", "x-pii": "none"},
                "note": {"type": "string", "x-pii": "personal"},
            },
        },
        "tags": {"type": "array", "items": {"title": "t", "type": "string"}},
    },
}
VERSION = Version("a", 2, 3, SCHEMA)


def test_fields_are_the_leaves_with_their_pointers() -> None:
    assert [field.pointer for field in VERSION.fields] == ["/price/micros", "/price/note", "/tags"]


def test_a_field_is_required_only_when_all_objects_on_the_way_are() -> None:
    assert [field.required for field in VERSION.fields] == [True, False, False]


def test_a_field_knows_its_pii_class() -> None:
    assert [field.pii for field in VERSION.fields] == ["none", "personal", "none"]


def test_a_version_has_a_name_for_every_place() -> None:
    assert (VERSION.number, VERSION.key, VERSION.slug) == ("2.3", "a/2.3", "a_2_3")


def test_annotations_are_no_part_of_the_digest() -> None:
    assert VERSION.digest == Version("a", 2, 3, strip_annotations(SCHEMA)).digest


def test_every_bound_is_part_of_the_digest() -> None:
    bounded = {"type": "array", "items": {"type": "string"}, "maxItems": 1}
    properties = {**SCHEMA["properties"], "tags": bounded}
    assert VERSION.digest != Version("a", 2, 3, {**SCHEMA, "properties": properties}).digest


def test_a_property_named_like_an_annotation_is_kept() -> None:
    schema = {"type": "object", "required": [], "properties": {"title": {"type": "string"}}}
    assert strip_annotations(schema) == schema
