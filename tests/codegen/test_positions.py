import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questlog_codegen.positions import locate

TEXT = """{
  "a": {"x/y": 1, "m~n": [true, {"deep": null}]},
  "b": "text with } and \\" in it",
  "c": [1,
    2]
}
"""


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("", (1, 1)),
        ("/a", (2, 3)),
        ("/a/x~1y", (2, 9)),
        ("/a/m~0n/1", (2, 33)),
        ("/a/m~0n/1/deep", (2, 34)),
        ("/b", (3, 3)),
        ("/c/1", (5, 5)),
    ],
)
def test_a_pointer_leads_to_a_key_or_an_element(pointer: str, place: tuple[int, int]) -> None:
    assert locate(TEXT, pointer) == place


@pytest.mark.parametrize(
    ("pointer", "place"), [("/none", (1, 1)), ("/a/none/at/all", (2, 3)), ("/c/7", (4, 3)), ("/b/0", (3, 3))]
)
def test_a_pointer_to_nothing_stops_at_the_nearest_place(pointer: str, place: tuple[int, int]) -> None:
    assert locate(TEXT, pointer) == place


@pytest.mark.parametrize(
    ("text", "place"), [("", (1, 1)), ('{"a": 1,\n  ?}', (2, 3)), ("[1\n2]", (2, 1)), ("[" * 100_000, (1, 1))]
)
def test_a_text_that_is_no_json_has_the_place_of_its_error(text: str, place: tuple[int, int]) -> None:
    assert locate(text, "/a/b") == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"a": 1,\n "b": {"a": 2},\n "a": 3}', (3, 2)),
        ('{"a": [{"b": "a:"},\n {"b": 1, "\\u0062": 2}]}', (2, 11)),
        ('{"a": "NaN",\n "b": NaN}', (2, 7)),
        ("[1,\n -Infinity]", (2, 2)),
        ("[true, 1e9,\n 1e999]", (2, 2)),
        ("[1,\n " + "1" * 9000 + "]", (2, 2)),
    ],
)
def test_what_python_takes_and_others_refuse_has_its_place(text: str, place: tuple[int, int]) -> None:
    assert locate(text, "") == place


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def pointers(value: Any, here: str = "") -> list[tuple[str, Any]]:
    found = [(here, value)]
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in parts:
        found += pointers(child, f"{here}/{str(key).replace('~', '~0').replace('/', '~1')}")
    return found


@given(json_values, st.sampled_from([{}, {"indent": 1}, {"indent": 4, "ensure_ascii": False}]))
def test_what_stands_at_a_pointers_place_is_what_it_names(value: Any, form: dict[str, Any]) -> None:
    text = json.dumps(value, **form)
    lines = text.split("\n")
    for pointer, named in pointers(value):
        line, column = locate(text, pointer)
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        found, end = json.JSONDecoder().raw_decode(rest)
        is_key = rest[end:].lstrip().startswith(":")
        assert is_key or found == named


@given(st.text(max_size=60), st.text(alphabet="/~01ab", max_size=8))
def test_no_text_and_no_pointer_make_it_fail(text: str, pointer: str) -> None:
    line, column = locate(text, pointer)
    assert line >= 1
    assert column >= 1
