import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

import duckdb
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from questlog_codegen.patterns.grammar import (
    Characters,
    Choice,
    PatternError,
    Repeat,
    Sequence,
    parse,
    unsafe,
)
from tests.codegen.patterns.random_patterns import PATTERNS, drawn
from tests.repository import ROOT

A, B = Characters(((97, 97),)), Characters(((98, 98),))


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        *((pattern, "explicit ranges") for pattern in (r"^\d$", r"^\w+$", r"^[\s]$", r"^\bx$", r"^\p{L}$")),
        *((pattern, "back-references") for pattern in (r"^(a)\1$", r"^\k<a>$")),
        *((pattern, "four digits for a character") for pattern in (r"^\x41$", r"^\0$", r"^\cA$", r"^\Z$")),
        *((pattern, "look-around, flags") for pattern in ("^(?=a)a$", "^(?!a)$", "^(?<=a)$", "^(?i:a)$")),
        *((pattern, "look-around, flags") for pattern in ("^(?P<x>a)$", "^(?<x>a)$", "^(?>a)$", "^(?#a)$")),
        *((pattern, "drop the second sign") for pattern in ("^a+?$", "^a*+$", "^a??$", "^a{2}?$")),
        *((pattern, "set operation") for pattern in ("^[[a-z]]$", "^[a&&b]$", "^[a||b]$", "^[a~~b]$")),
        *((pattern, "set operation") for pattern in ("^[!--]$", "^[--a]$", "^[a[]$")),
        *((pattern, r"write \{") for pattern in ("^a{$", "^a{,3}$", "^{2}$", "^a{1 }$", "^a{-1}$")),
        *((pattern, "in parentheses") for pattern in ("^a|b$", "^(a)|(b)$")),
        *(
            (pattern, "above 1000")
            for pattern in ("^a{1001}$", "^a{1,2000}$", "^a{99999,}$", "^(a{40}){40}$")
        ),
        *((pattern, "flatten it") for pattern in ("^(a+)+$", "^([a-z]+,?)*$", "^(a*){2}$", "^((a*)?)+$")),
        *((pattern, "nothing to repeat") for pattern in ("^*$", "^(+a)$", "^a**$", "^(|?)$")),
        *((pattern, "is not closed") for pattern in ("^(a$", "^[a-$", "^[a", "^(a|b", "^[^a$")),
        *((pattern, "at the start") for pattern in ("", "a$", "[a-z]", "$")),
        *((pattern, "at the end") for pattern in ("^", "^a", r"^a\$")),
        *((pattern, "upside down") for pattern in ("^[z-a]$", "^a{3,2}$")),
        *((pattern, "half a character") for pattern in (r"^\ud83d\ude00$", "^\ud83d$", "^[a\udc00]$")),
        *((pattern, "without the backslash") for pattern in (r"^\-$", r"^\_$", r"^\"$", r"^[\&]$")),
        ("^.$", "line ends"),
        ("^a)$", "closes no group"),
        ("^a]$", r"write \]"),
        ("^a}$", r"write \}"),
        ("^a^$", r"write \^"),
        ("^a$b$", r"write \$"),
        ("^[]a]$", "begins with ]"),
        ("^[^]$", "begins with ]"),
        ("^[a-c-e]$", "first, last"),
        (r"^\u12$", "four hexadecimal digits"),
        (r"^\u{41}$", "four hexadecimal digits"),
        ("^a\\", "ends in a backslash"),
        (f"^{'(' * 40}a{')' * 40}$", "nests more than"),
    ],
)
def test_what_engines_read_differently_is_refused_with_what_to_write(pattern: str, words: str) -> None:
    with pytest.raises(PatternError) as refusal:
        parse(pattern)
    assert words in str(refusal.value)
    assert unsafe(pattern) == str(refusal.value)


@pytest.mark.parametrize(
    ("pattern", "node"),
    [
        ("^$", Sequence(())),
        ("^a$", A),
        ("^ab$", Sequence((A, B))),
        ("^(a|b)$", Choice((A, B))),
        ("^(?:a|)$", Choice((A, Sequence(())))),
        ("^a?b*$", Sequence((Repeat(A, 0, 1), Repeat(B, 0, None)))),
        ("^a{2,}$", Repeat(A, 2, None)),
        ("^(a{2,3}){04}$", Repeat(Repeat(A, 2, 3), 4, 4)),
        ("^(a*)?$", Repeat(Repeat(A, 0, None), 0, 1)),
        ("^[a-]$", Characters(((97, 97), (45, 45)))),
        ("^[-a]$", Characters(((45, 45), (97, 97)))),
        ("^[!-~]$", Characters(((33, 126),))),
        (r"^[\--\]]$", Characters(((45, 93),))),
        (r"^[^\u0000-\u001F]$", Characters(((0, 31),), negated=True)),
        (r"^[|.(){}*+?^\[]$", Characters(tuple((ord(sign), ord(sign)) for sign in "|.(){}*+?^["))),
        (r"^\n\t\r\/\\$", Sequence(tuple(Characters(((ord(sign),) * 2,)) for sign in "\n\t\r/\\"))),
    ],
)
def test_a_pattern_is_read_into_a_tree(pattern: str, node: Any) -> None:
    assert parse(pattern) == node
    assert unsafe(pattern) is None


def test_characters_are_disjoint_and_no_surrogates() -> None:
    assert Characters(((98, 99), (97, 98))).intervals == ((97, 99),)
    assert Characters(((0xD000, 0xE000),)).intervals == ((0xD000, 0xD7FF), (0xE000, 0xE000))
    assert Characters((), negated=True).intervals == ((0, 0xD7FF), (0xE000, 0x10FFFF))


def test_a_dollar_inside_is_refused_although_it_is_read() -> None:
    assert parse("^[#$]$") == Characters(((35, 35), (36, 36)))
    assert r"write \u0024" in (unsafe("^[#$]$") or "")


def _stated(node: Any) -> Iterator[str]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and isinstance(node.get("pattern"), str):
        yield node["pattern"]
    for child in children:
        yield from _stated(child)


def test_every_pattern_of_the_shipped_contracts_is_read() -> None:
    files = [*ROOT.glob("schemas/*/schema.json"), *ROOT.glob("schemas/shared/*.json")]
    stated = {pattern for file in files for pattern in _stated(json.loads(file.read_text(encoding="utf-8")))}
    assert stated
    assert {unsafe(pattern) for pattern in stated} == {None}


@given(st.text(st.sampled_from("ab-^$[](){}|\\*+?.,:&~12uné"), max_size=12).map(lambda inner: f"^{inner}$"))
def test_what_is_read_every_engine_accepts(pattern: str) -> None:
    try:
        parse(pattern)
    except PatternError:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        re.compile(pattern)
    jsonschema_rs.Draft202012Validator({"pattern": pattern})
    if "\\u" not in pattern:  # RE2 spells it another way
        duckdb.execute("SELECT regexp_full_match('', $1)", [pattern])


@given(PATTERNS, st.data())
def test_engines_agree_on_texts_of_what_is_read(pattern: str, data: st.DataObject) -> None:
    text = data.draw(drawn(pattern) | st.text("abc-.é\n", max_size=4))
    validator = jsonschema_rs.Draft202012Validator({"pattern": pattern})
    assert validator.is_valid(text) == (re.fullmatch(pattern[1:-1], text) is not None)
