"""Rules on text: what a description says, and which personal data a name admits to."""

import re
from collections.abc import Iterator
from itertools import pairwise

from questlog_codegen.lint.nodes import Node, Told
from questlog_codegen.lint.rule import Rule, field, fields, text
from questlog_codegen.lint.subject import Subject
from questlog_codegen.names import words

_PLACEHOLDER = re.compile(r"\b(to-?do|tbd|tba|fix-?me|xxx+|lorem|ipsum|placeholder|n/a)\b", re.IGNORECASE)
_ASKED = re.compile(r"\bsay here (what|when)\b", re.IGNORECASE)
_EMPTY = """
a an and any are as at be being by can contains each field for from given has have holds if in into is it its
of on or our property stands string text that the their this to value was were which whole with
"""
_PERSONAL_WORDS = """
aaid address birthdate birthday dob email firstname fullname gaid gps idfa idfv imei ip iban lastname lat
latitude lng location lon longitude mail msisdn nickname passport phone postcode realname ssn surname
telephone url username zipcode
"""
_PERSONAL = frozenset(_PERSONAL_WORDS.split())
_PERSONAL_PAIRS = frozenset(
    {
        *(("first", "name"), ("last", "name"), ("full", "name"), ("real", "name"), ("middle", "name")),
        *(("user", "name"), ("player", "name"), ("display", "name"), ("family", "name"), ("given", "name")),
        *(("advertising", "id"), ("device", "id"), ("vendor", "id"), ("android", "id"), ("push", "token")),
        *(
            ("birth", "date"),
            ("birth", "day"),
            ("birth", "year"),
            ("e", "mail"),
            ("zip", "code"),
            ("postal", "code"),
        ),
    }
)


def description(subject: Subject) -> Iterator[Told]:
    """A description says something that the name does not."""
    names: dict[str, str] = {}
    for node in subject.nodes:
        # An element of a list is called what the list is.
        name = node.name or names.get(f"{node.file}{node.pointer.removesuffix('/items')}") or _title(node)
        names[f"{node.file}{node.pointer}"] = name
        message = _says_nothing(node.schema.get("description"), name)
        if message:
            yield node.says(message, "description")


def _title(node: Node) -> str:
    return str(node.schema.get("title", ""))


def _says_nothing(written: str | None, name: str) -> str | None:
    if written is None:
        return None
    if found := _PLACEHOLDER.search(written):
        return f"says {found.group()}: write what the value means, with its unit"
    said = set(map(_stem, words(written)))
    if len(said) < 2 or not said - _STEMS - set(map(_stem, words(name))):  # noqa: PLR2004 - one word is no sentence
        return f"says no more than the name `{name}`: write what the value means, with its unit"
    return None


def _stem(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word  # noqa: PLR2004 - plurals of words, not `is`


_STEMS = frozenset(map(_stem, _EMPTY.split()))


def placeholder(subject: Subject) -> Iterator[Told]:
    """A description is its author's: what `new` wrote only asks for one."""
    for node in subject.nodes:
        if _ASKED.search(node.schema.get("description", "")):
            yield node.says("replace the text that `new` wrote: write what it means", "description")


def pii(subject: Subject) -> Iterator[Told]:
    """An array is as personal as what is in it: its column has one tag."""
    for node in subject.nodes:
        items = subject.assembly.resolved(node).get("items", {}) if "items" in node.schema else {}
        if "x-pii" in items and items["x-pii"] != node.schema["x-pii"]:
            yield node.says(f'must be the class of the items: write "x-pii": "{items["x-pii"]}"', "x-pii")


def pii_name(subject: Subject) -> Iterator[Told]:
    """A name that promises personal data does not say `x-pii: none`."""
    for node in subject.nodes:
        said = promise(node.name or "")
        if said and subject.assembly.resolved(node).get("x-pii") == "none":
            message = f'`{said}` is personal data: write "x-pii": "personal" or "pseudonymous", or rename it'
            yield node.says(message, *(() if "$ref" in node.schema else ("x-pii",)))


def promise(name: str) -> str | None:
    """Return the words of a name that stand for personal data."""
    parts = words(name)
    pairs = ("_".join(pair) for pair in pairwise(parts) if pair in _PERSONAL_PAIRS)
    return next((word for word in parts if word in _PERSONAL), None) or next(pairs, None)


_TAGS = {"type": "array", "maxItems": 3}
_TAG = {"description": "One of the friends the player named.", **text(), "x-pii": "personal"}

RULES = (
    Rule(
        "DESCRIPTION",
        description,
        valid=field(**text(description="Reward shown, as its id in the shop.")),
        invalid=field(**text(description="The value of extra.")),
        waivable=True,
    ),
    Rule(
        "PLACEHOLDER",
        placeholder,
        valid=field(**text(description="Reward shown, as its id in the shop.")),
        invalid=field(**text(description="Say here what the extra means, with its unit.")),
        severity="warning",
    ),
    Rule(
        "PII",
        pii,
        valid=field(**_TAGS, items=_TAG, x_pii="personal"),
        invalid=field(**_TAGS, items=_TAG, x_pii="none"),
    ),
    Rule(
        "PII_NAME",
        pii_name,
        valid=fields(email=text(x_pii="personal")),
        invalid=fields(email=text(x_pii="none")),
        waivable=True,
    ),
)
