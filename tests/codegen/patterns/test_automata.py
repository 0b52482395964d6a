import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from questlog_codegen.patterns.automata import (
    Texts,
    Undecided,
    difference,
    longest_of,
    shortest,
    shortest_of,
)
from questlog_codegen.patterns.grammar import PatternError
from tests.codegen.patterns.random_patterns import PATTERNS, drawn, only, takes, texts


@pytest.mark.parametrize(
    ("pattern", "least", "most", "text"),
    [
        ("^[a-z]*$", 0, None, ""),
        ("^[!-~]+$", 0, None, "a"),
        ("^[0-9a-f]{4}$", 0, None, "aaaa"),
        ("^[2-9]$", 0, None, "2"),
        (r"^[^\u0000-\u007f]$", 0, None, "\u00a1"),
        ("^[a-z]{2,3}(-[A-Z]{2})?$", 5, None, "aa-AA"),
        ("^(ab)*$", 3, 5, "abab"),
        ("^x(ab)*$", 6, None, "xababab"),
        ("^(ab)*$", 3, 3, None),
        ("^(ab)*$", 4, 3, None),
        ("^[a-z]{0,1000}$", 1000, None, "a" * 1000),
        ("^[a-z]{0,1000}$", 1001, None, None),
        ("^(a|bb)*c$", 60_000, 60_001, "a" * 59_999 + "c"),
        (None, 2, 2, "aa"),
    ],
)
def test_the_shortest_text_within_the_lengths_reads_well(
    pattern: str | None, least: int, most: int | None, text: str | None
) -> None:
    assert shortest(pattern, least, most) == text


def test_characters_that_no_text_has_match_nothing() -> None:
    assert shortest("^[^\0-\U0010ffff]$") is None


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (Texts(("^[a-z]*$",)), Texts(("^[a-z0-9]*$",)), None),
        (Texts(("^[a-z0-9]*$",)), Texts(("^[a-z]*$",)), "0"),
        (Texts(("^[a-z]*$",), 0, 8), Texts(("^[a-z]*$",), 0, 7), "a" * 8),
        (Texts(("^[a-z]*$",), 0, 8), Texts(("^[a-z]*$",), 1, 8), ""),
        (Texts(("^[a-z]{0,4}$",), 0, 9), Texts(("^[a-z]*$",), 0, 7), None),
        (Texts(("^[a-z]{2,}$",)), Texts((), 2), None),
        (Texts((), 0, 4), Texts(("^[^a]*$",)), "a"),
        (Texts(("^[a-m]*$", "^[k-z]*$")), Texts(("^[klm]*$",)), None),
        (Texts(("^[a-m]*$",)), Texts(("^[a-m]*$", "^[b-m]*$")), "a"),
        (Texts(("^(ab)*$",), 1), Texts(("^(ab|c)*$",), 2, 5), "ababab"),
        (Texts(("^((a|b)(a|b))*$",)), Texts(("^[ab]*$",)), None),
        (Texts(("^[a-z]{0,1000}$",)), Texts(("^[a-z]{0,999}$",)), "a" * 1000),
        (Texts(("^[!-~]*$",), 60_000, 65_536), Texts(("^[!-}]*$",)), "a" * 59_999 + "~"),
        (Texts(("^[!-~]*$",), 1, 65_536), Texts(("^[ -~]*$",), 0, 65_536), None),
    ],
)
def test_the_difference_is_a_shortest_text_of_the_old_alone(old: Texts, new: Texts, text: str | None) -> None:
    found = difference(old, new)
    assert found is text is None or (found is not None and text is not None and len(found) == len(text))
    assert found is None or (takes(old, found) and not takes(new, found))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("^[ab]*a[ab]{40}$", "^(a|b)*a(a|b){40}$"),
        ("^[ab]*a[ab]{500}$", "^(a|b)*a(a|b){500}$"),
        ("^((a|bb|c){0,30}c){0,30}$", "^((a|b|c){0,60}c){0,10}$"),
        ("^((a?){30}){30}$", "^(a?){900}$"),
    ],
)
def test_what_would_take_too_many_states_is_undecided(old: str, new: str) -> None:
    with pytest.raises(Undecided):
        difference(Texts((old,)), Texts((new,)))


def test_a_text_that_is_found_is_told_even_when_another_question_is_undecided() -> None:
    old, new = "^[ab]*a[ab]{40}$", "^(a|b)*a(a|b){40}$"
    assert difference(Texts((old,), 41), Texts((new,), 42)) is not None


def test_a_pattern_that_did_not_change_is_not_looked_at() -> None:
    same = "^((a|bb|c){0,30}c){0,30}$"
    assert difference(Texts((same,), 1, 8), Texts((same,), 1, 9)) is None


def test_a_pattern_outside_the_dialect_is_an_error() -> None:
    with pytest.raises(PatternError):
        difference(Texts(("[a-z]",)), Texts())


@given(PATTERNS, st.data())
def test_a_drawn_text_is_taken(pattern: str, data: st.DataObject) -> None:
    text = data.draw(drawn(pattern))
    assert difference(only(text), Texts((pattern,))) is None


@given(PATTERNS, st.text("abc-.é", max_size=4))
def test_a_text_is_refused_when_python_refuses_it(pattern: str, text: str) -> None:
    refused = re.fullmatch(pattern[1:-1], text) is None
    assert difference(only(text), Texts((pattern,))) == (text if refused else None)


@given(texts(), texts(), st.data())
def test_a_difference_is_in_the_old_alone_and_none_means_there_is_none(
    old: Texts, new: Texts, data: st.DataObject
) -> None:
    found = difference(old, new)
    if found is not None:
        assert takes(old, found)
        assert not takes(new, found)
        return
    text = data.draw(drawn(old.patterns[0]) if old.patterns else st.text(max_size=9))
    assert not takes(old, text) or takes(new, text)


@given(texts(), st.data())
def test_no_drawn_text_is_shorter_than_the_shortest_or_longer_than_the_longest(
    limits: Texts, data: st.DataObject
) -> None:
    first, last = shortest_of(limits), longest_of(limits, 12)
    assert all(text is None or takes(limits, text) for text in (first, last))
    text = data.draw(drawn(limits.patterns[0]) if limits.patterns else st.text(max_size=9))
    assume(takes(limits, text))
    assert first is not None
    assert len(first) <= len(text)
    assert len(text) > 12 or (last is not None and len(text) <= len(last))


@given(PATTERNS, st.integers(0, 12), st.data())
def test_a_text_of_a_length_has_it(pattern: str, length: int, data: st.DataObject) -> None:
    text = shortest(pattern, length, length)
    assert text is None or takes(Texts((pattern,), length, length), text)
    other = data.draw(drawn(pattern))
    assert len(other) != length or text is not None
