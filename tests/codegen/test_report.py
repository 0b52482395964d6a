from typing import Any

import pytest

from questlog_codegen.changes import Change
from questlog_codegen.report import as_markdown, change_lines, notices


def limit(pointer: str, witness: dict[str, Any] | None = None) -> Change:
    return Change("limit-tightened", pointer, "breaking", "9 -> 5", witness)


@pytest.mark.parametrize(
    ("pointer", "witness", "point"),
    [
        ("/properties/level/maximum", {"level": 9}, "level = 9 was valid"),
        ("/properties/price/properties/micros/maximum", {"price": {"micros": 9}}, "price.micros = 9 was"),
        ("/properties/properties/maximum", {"properties": 9}, "properties = 9 was valid"),
        ("/properties/items_won/maximum", {"items_won": 9}, "items_won = 9 was valid"),
        ("/properties/tags/items/maxLength", {"tags": ["aa"]}, 'tags = ["aa"] was valid'),
        ("/properties/tags/items/properties/a/maximum", {"tags": [{"a": 9}]}, "           was valid"),
        ("/properties/level", {"mode": "easy"}, "without level, was valid"),
        ("", {"level": 9}, "           was valid"),
    ],
)
def test_a_witness_is_introduced_by_what_matters_in_it(
    pointer: str, witness: dict[str, Any], point: str
) -> None:
    _, line = change_lines(limit(pointer, witness))
    assert point in line


def test_a_notice_names_the_field_and_is_told_once() -> None:
    changes = [
        limit("/properties/price/properties/micros/maximum"),
        limit("/properties/price/properties/micros/minimum"),
    ]
    assert notices(changes) == ["SDK: `price.micros` refuses values it took."]


def test_a_pull_request_without_drafts_says_so() -> None:
    assert as_markdown([]) == "## Contracts\n\nNo contract changes."
