r"""The dialect's regular expressions: those that mean the same in every engine, read into a small tree.

The grammar resembles I-Regexp (RFC 9485) and is a subset of ECMA-262 with the `u` flag, of Python's `re`, of
Rust's `regex` and of RE2:

    pattern   = "^" sequence "$"
    sequence  = *(atom [quantifier])
    atom      = character / escape / class / ("(" / "(?:") sequence *("|" sequence) ")"
    quantifier = "*" / "+" / "?" / "{n}" / "{n,}" / "{n,m}"
    class     = "[" ["^"] 1*(character / escape / range) "]"
    escape    = "\" one of ^$\.*+?()[]{}|/ntr, and - in a class / "\uXXXX"
"""

import re
import warnings

import jsonschema_rs

from questlog_codegen.patterns.regular import (
    SURROGATES,
    Characters,
    Choice,
    Interval,
    Node,
    Repeat,
    Sequence,
    copies,
    unbounded,
)

__all__ = ["Characters", "Choice", "Node", "PatternError", "Repeat", "Sequence", "parse", "unsafe"]

_MAX_COUNT = 1000  # DuckDB's engine, RE2, refuses more, and counts in counts that multiply to more
_MAX_NESTING = 32
_SYNTAX = frozenset("^$\\.*+?()[]{}|/")  # all that ECMA-262 lets one escape under the `u` flag
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}
_SET_SIGNS = frozenset("&-~|")
_QUANTIFIER = re.compile(r"\*|\+|\?|\{(?P<least>[0-9]+)(?P<comma>,(?P<most>[0-9]+)?)?\}", re.ASCII)
_SIGNS = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class PatternError(ValueError):
    """Raised for a pattern outside the grammar; the message is what is wrong and what to write instead."""


def parse(pattern: str) -> Node:
    """Return what a pattern says between its anchors.

    Raises:
        PatternError: when the pattern is outside the grammar.
    """
    return _Parser(pattern).whole()


def unsafe(pattern: str) -> str | None:
    """Return why a pattern cannot be used and what to write instead, None when it can."""
    try:
        parse(pattern)
    except PatternError as error:
        return str(error)
    if "$" in pattern[1:-1]:
        return "a $ inside is read as the end of the text by some validators: write \\u0024"
    return _refused_by_an_engine(pattern)


class _Parser:
    """Reads a pattern from left to right; `at` is the next character's place."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at, self.nesting = pattern, 0, 0

    def whole(self) -> Node:
        if not self._take("^"):
            raise PatternError("write ^ at the start: a pattern describes the whole text")
        node = self._sequence()
        if self._next == "|":
            raise PatternError("put alternatives in parentheses: ^(a|b)$")
        if self._next == ")":
            raise PatternError("a ) closes no group: write \\) for the character")
        if not self._take("$"):
            raise PatternError("write $ at the end: a pattern describes the whole text")
        if self._next:
            raise PatternError("a $ inside would end the text: write \\$ for the character")
        return node

    @property
    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _take(self, text: str) -> bool:
        found = self.pattern.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def _sequence(self) -> Node:
        parts = []
        while self._next not in {"", "|", ")", "$"}:
            parts.append(self._quantified(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _quantified(self, node: Node) -> Node:
        match = _QUANTIFIER.match(self.pattern, self.at)
        if match is None:
            return node  # a { that is no quantifier is refused as the next atom
        self.at = match.end()
        if self._next and self._next in "+?":
            raise PatternError("lazy and possessive quantifiers differ by engine: drop the second sign")
        least, most = _SIGNS.get(match.group()) or _counts(match)
        if unbounded(node) and match.group() != "?":
            raise PatternError("repeats a repetition, which can take exponential time: flatten it")
        repeat = Repeat(node, least, most)
        if copies(repeat) > _MAX_COUNT:
            raise PatternError(f"counts above {_MAX_COUNT} are refused by some engines: use maxLength")
        return repeat

    def _atom(self) -> Node:
        if self._take("("):
            return self._group()
        if self._take("["):
            return self._class()
        if self._take("\\"):
            return _one(self._escape(_SYNTAX))
        character = self._next
        if advice := _ADVICE.get(character):
            raise PatternError(advice)
        return _one(self._character())

    def _group(self) -> Node:
        if self._next == "?" and not self._take("?:"):
            raise PatternError("look-around, flags and named groups differ by engine: write ( or (?:")
        self.nesting += 1
        if self.nesting > _MAX_NESTING:
            raise PatternError(f"nests more than {_MAX_NESTING} groups: flatten it")
        options = [self._sequence()]
        while self._take("|"):
            options.append(self._sequence())
        if not self._take(")"):
            raise PatternError("a group is not closed: write ) before the $, or \\( for the character")
        self.nesting -= 1
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _class(self) -> Node:
        negated = self._take("^")
        if self._next == "]":
            raise PatternError("engines differ on a class that begins with ]: write \\]")
        ranges = [self._range(first=True)]
        while not self._take("]"):
            ranges.append(self._range(first=False))
        return Characters(tuple(ranges), negated)

    def _range(self, *, first: bool) -> Interval:
        stray = self._next == "-" and not first and self.pattern[self.at + 1 : self.at + 2] != "]"
        low = self._class_character()
        if stray:
            raise PatternError("a - between others means a range: write it first, last or \\-")
        if self._next != "-" or self.pattern.startswith("-]", self.at):
            return ord(low), ord(low)
        self._class_character()  # the sign itself; refuses a second one
        high = self._class_character()
        if high < low:
            raise PatternError(f"the range {low}-{high} is upside down: write {high}-{low}")
        return ord(low), ord(high)

    def _class_character(self) -> str:
        if self.at >= len(self.pattern) - 1:  # the last one is the $
            raise PatternError("a class is not closed: write ] before the $, or \\[ for the character")
        if self._take("\\"):
            return self._escape(_SYNTAX | {"-"})
        character = self._character()
        if character == "[" or (character in _SET_SIGNS and self._next == character):
            raise PatternError(
                "a class with [, &&, --, ~~ or || means a set operation in some engines: "
                "write each character once, and \\[ or \\-"
            )
        return character

    def _character(self) -> str:
        character = self._next
        if _is_surrogate(ord(character)):
            raise PatternError("half a character (a lone surrogate) is in no text: write the whole one")
        self.at += 1
        return character

    def _escape(self, allowed: frozenset[str]) -> str:
        character = self._next
        self.at += 1
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character == "u":
            return self._code_point()
        if character in allowed:
            return character
        raise PatternError(_wrong_escape(character))

    def _code_point(self) -> str:
        digits = self.pattern[self.at : self.at + 4]
        if not re.fullmatch("[0-9A-Fa-f]{4}", digits):
            raise PatternError("\\u needs four hexadecimal digits: write \\u0041, or the character itself")
        if _is_surrogate(int(digits, 16)):
            raise PatternError(f"\\u{digits} is half a character: write the character itself")
        self.at += 4
        return chr(int(digits, 16))


_ADVICE = {
    ".": "engines differ on what . takes (line ends): write what is meant, e.g. [^\\u0000-\\u001f] or \\.",
    "^": "a ^ inside would begin the text: write \\^ for the character",
    "{": "a { that is no {n}, {n,} or {n,m} differs by engine: write \\{ for the character",
    **{sign: f"a {sign} has nothing to repeat: write \\{sign} for the character" for sign in "*+?"},
    **{sign: f"a lone {sign} is refused by some engines: write \\{sign}" for sign in "]}"},
}
"""What to write instead of a character that cannot stand for itself."""


def _wrong_escape(character: str) -> str:
    if not character:
        return "ends in a backslash: write \\\\ for the character"
    if character.isalnum():
        return (
            f"\\{character} is not the same in every engine: use explicit ranges such as [0-9] for a class, "
            "\\u and four digits for a character; there are no boundaries and back-references"
        )
    return f"\\{character} is refused by some engines: write {character} without the backslash"


def _counts(match: re.Match[str]) -> tuple[int, int | None]:
    # A count of many digits is cut: Python refuses to convert thousands of them.
    least = int(match["least"].lstrip("0")[:5] or "0")
    if match["comma"] is None:
        return least, least
    if match["most"] is None:
        return least, None
    most = int(match["most"].lstrip("0")[:5] or "0")
    if most < least:
        raise PatternError(f"the count {match.group()} is upside down: write the smaller number first")
    return least, most


def _one(character: str) -> Characters:
    return Characters(((ord(character), ord(character)),))


def _is_surrogate(code_point: int) -> bool:
    return SURROGATES[0] <= code_point <= SURROGATES[1]


def _refused_by_an_engine(pattern: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (re.error, FutureWarning, ValueError) as error:
        return f"is not a regular expression in every engine: {str(error).splitlines()[0]}"
    return None
