import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questlog_codegen.names import camel_case, closest, snake_case, words

names = st.text(max_size=80)


@given(names)
def test_a_suggested_name_is_one_the_dialect_takes(name: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", snake_case(name))
    assert len(snake_case(name)) <= 64


@given(names)
def test_a_suggested_title_is_one_the_dialect_takes(name: str) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", camel_case(name))
    assert len(camel_case(name)) <= 64


@given(names)
def test_a_suggestion_needs_no_other(name: str) -> None:
    assert snake_case(snake_case(name)) == snake_case(name)


def test_words_are_found_however_they_are_joined() -> None:
    for name in ("player_level", "playerLevel", "PlayerLevel", "player-level", "player level"):
        assert words(name) == ["player", "level"]


@given(names, st.lists(names))
def test_what_is_closest_is_one_of_the_known(written: str, known: list[str]) -> None:
    assert closest(written, known) in {None, *known}


@pytest.mark.parametrize(
    ("written", "meant"),
    [("minmum", "minimum"), ("Maximum", "maximum"), ("descripton", "description"), ("x", None), ("", None)],
)
def test_a_slip_is_closest_to_what_was_meant(written: str, meant: str | None) -> None:
    assert closest(written, ["minimum", "maximum", "description", "type"]) == meant
