"""Pins what we count on of an experimental part of jsonschema_rs: should one fail, read its changelog."""

from typing import Any

import pytest

from questlog_codegen.compatibility.proof import covers

TEXT = {"type": "string", "maxLength": 9}
WHOLE = {"type": "integer", "minimum": 0, "maximum": 99}


def closed(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (closed(a=TEXT), closed(a=TEXT)),
        (closed(a=TEXT), closed(a=TEXT, b=WHOLE)),
        (closed(("a",), a=TEXT), closed(a=TEXT)),
        (closed(a=TEXT), closed(a={**TEXT, "maxLength": 10})),
        (closed(a=WHOLE), closed(a={**WHOLE, "maximum": 100})),
        (closed(a=WHOLE), closed(a={**WHOLE, "type": "number"})),
        ({"enum": ["a", "b"]}, {"enum": ["c", "b", "a"]}),
        ({"type": "string", "enum": ["a", "b"]}, {"type": "string", "maxLength": 1}),
        ({"type": "string", "enum": ["a", "b"]}, {"type": "string", "pattern": "^[a-z]$"}),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "exclusiveMinimum": 0}),
        ({"type": "string", "format": "uuid"}, {"type": "string"}),
        ({"type": "array", "items": TEXT, "maxItems": 2}, {"type": "array", "items": TEXT, "maxItems": 3}),
    ],
)
def test_what_takes_more_is_proven_to_cover(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert covers(new, old) is True


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (closed(a=TEXT), closed(("b",), a=TEXT, b=WHOLE)),
        (closed(a=TEXT), closed(("a",), a=TEXT)),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}),
        (closed(a=WHOLE), closed(a={**WHOLE, "maximum": 98})),
    ],
)
def test_what_takes_less_is_proven_not_to_cover(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert covers(new, old) is False


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "pattern": "^[a-z]*$"}, {"type": "string", "pattern": "^[a-z0-9]*$"}),
        ({"type": "string", "maxLength": 36}, {"type": "string", "format": "uuid"}),
        (closed(a=TEXT, b=TEXT), closed(a=TEXT)),
    ],
)
def test_what_is_not_decided_is_never_called_compatible(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert covers(new, old) is not True


def test_an_upper_case_uuid_is_none_of_ours_whatever_the_library_thinks() -> None:
    old = {"type": "string", "enum": ["01930F3A-7C00-7001-8000-000000000001"]}
    assert covers({"type": "string", "format": "uuid"}, old) is not True


def test_the_same_format_on_both_sides_is_no_obstacle() -> None:
    old = {"type": "string", "format": "date-time", "pattern": "^2.*$"}
    assert covers({"type": "string", "format": "date-time"}, old) is True


@pytest.mark.parametrize("broken", [{"type": 3}, {"pattern": "("}, {"$ref": "https://example.com/a.json"}])
def test_what_the_library_cannot_read_is_undecided(broken: dict[str, Any]) -> None:
    assert covers(broken, TEXT) is None
