"""Which regular expressions mean the same in every engine, and take linear time in all of them."""

import re
import warnings

import jsonschema_rs

_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_GROUP = re.compile(r"\((?:\?:)?([^()]*)\)([*+?]|\{[0-9,]*\})?")
_UNBOUNDED = re.compile(r"[*+]|\{[0-9]+,\}")
_MAX_COUNT = 1000  # DuckDB's engine, RE2, refuses more


def unsafe(pattern: str) -> str | None:
    """Return why a pattern cannot be used and what to write instead, None when it can."""
    classes, rest = _CLASS.findall(pattern), _CLASS.sub("x", pattern)
    if re.search(r"\\[dDwWsSbBAZpPk1-9]|\(\?(?!:)", pattern):
        return "use explicit ranges such as [0-9]: classes, look-around and back-references differ by engine"
    if any(re.search(r"\[.*\[|&&|--|~~|\|\|", text) for text in classes):
        return "a class with [[, &&, --, ~~ or || means a set operation in some engines: write the characters"
    if re.search(r"[*+?}][+?]", rest):
        return "lazy and possessive quantifiers differ by engine: drop the second sign"
    return _counts(rest) or _repetition(rest) or _refused_by_an_engine(pattern)


def _counts(rest: str) -> str | None:
    if re.search(r"\{(?![0-9]+(?:,[0-9]*)?\})", rest):
        return "a { that is no {n}, {n,} or {n,m} differs by engine: write [{]"
    if any(
        int(number) > _MAX_COUNT for number in re.findall(r"[0-9]+", " ".join(re.findall(r"\{[^}]*\}", rest)))
    ):
        return f"counts above {_MAX_COUNT} are refused by some engines: use maxLength"
    return None


def _repetition(rest: str) -> str | None:
    """Fold the groups from the inside out; what is left over at the top has no parentheses around it."""
    while match := _GROUP.search(rest):
        inner, quantifier = match.group(1), match.group(2) or ""
        if _UNBOUNDED.search(inner) and quantifier not in {"", "?"}:
            return "repeats a repetition, which can take exponential time: flatten it"
        folded = "x*" if _UNBOUNDED.search(inner) or _UNBOUNDED.search(quantifier) else "x"
        rest = rest[: match.start()] + folded + rest[match.end() :]
    return "put alternatives in parentheses: ^(a|b)$" if "|" in rest else None


def _refused_by_an_engine(pattern: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (re.error, FutureWarning, ValueError) as error:
        return f"is not a regular expression in every engine: {str(error).splitlines()[0]}"
    return None
