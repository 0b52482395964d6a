"""Random patterns of the dialect, and the languages of two that are often alike."""

import re
from typing import Any

from hypothesis import strategies as st

from questlog_codegen.patterns.automata import Texts
from questlog_codegen.patterns.grammar import unsafe

_ATOMS = ("a", "b", "-", "é", r"\.", r"\u0062", "[a-c]", "[^a]", "[0-9A-Z_-]", r"[\^\]b]", "\U0001f409")
_QUANTIFIERS = ("?", "*", "+", "{2}", "{0,2}", "{1,3}", "{2,}", "{0}")


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    groups = st.lists(inner, max_size=3).map(lambda options: f"({'|'.join(options)})")
    quantified = st.tuples(st.sampled_from(_ATOMS) | groups, st.sampled_from(_QUANTIFIERS)).map("".join)
    return groups | quantified | st.lists(inner, max_size=4).map("".join)


PATTERNS: st.SearchStrategy[str] = (
    st.recursive(st.sampled_from(_ATOMS), _larger, max_leaves=8)
    .map(lambda inner: f"^{inner}$")
    .filter(lambda pattern: unsafe(pattern) is None)
)


@st.composite
def texts(draw: st.DrawFn) -> Texts:
    patterns = draw(st.lists(PATTERNS, max_size=2).map(tuple))
    least = draw(st.integers(0, 4))
    return Texts(patterns, least, draw(st.none() | st.integers(least, 8)))


def drawn(pattern: str) -> st.SearchStrategy[str]:
    """Texts of the pattern, made by somebody else."""
    return st.from_regex(pattern[1:-1], fullmatch=True)


def takes(limits: Texts, text: str) -> bool:
    """Tell whether `text` is within `limits`, as Python's `re` sees it."""
    long_enough = limits.least <= len(text) and (limits.most is None or len(text) <= limits.most)
    return long_enough and all(re.fullmatch(pattern[1:-1], text) for pattern in limits.patterns)


def only(text: str) -> Texts:
    """Return the constraint that takes this text alone."""
    return Texts((f"^{''.join(map(_spelt, text))}$",))


def _spelt(character: str) -> Any:
    return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else character
