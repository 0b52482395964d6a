# Generated from codegen/src/questlog_codegen/keywords.py. Do not edit; run `nox -s codegen`.
"""Formats and sentences every validator shares; code generation copies this file into the API and the SDK.

Formats are strict on purpose: one spelling of a value, so that no layer can disagree on it.
"""

import re

_DATE = (
    r"(?!0000)(?:"
    r"[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
_OFFSET = r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"

FORMATS: dict[str, re.Pattern[str]] = {
    # RFC 9562, lower case only: the same id in another case would pass the dedupe.
    "uuid": re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    # RFC 3339 section 5.6 with capital T and Z, without leap seconds, which warehouses cannot store.
    "date-time": re.compile(f"{_DATE}T{_TIME}{_OFFSET}"),
    "date": re.compile(_DATE),
}
"""Format name -> pattern that the whole string must match (`fullmatch`)."""

_FORMAT_EXAMPLES = {
    "uuid": "a UUID in lower case, e.g. 01930f3a-7c00-7001-8000-000000000001",
    "date-time": "a time with offset (RFC 3339), e.g. 2026-11-02T18:04:05.123Z",
    "date": "a day, e.g. 2026-11-02",
}

DETAILS: dict[str, str] = {
    "type": "must be of type {}",
    "const": "must be {}",
    "enum": "must be one of {}",
    "minLength": "must have at least {} character(s)",
    "maxLength": "must have at most {} character(s)",
    "pattern": "must match {}",
    "format": "must be {}",
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "minItems": "must have at least {} item(s)",
    "maxItems": "must have at most {} item(s)",
    "required": "is required",
    "additionalProperties": "has a property that the contract does not know",
}
"""Keyword -> what a value must be; `{}` is the keyword's value. Never the submitted value."""

_SHOWN_VALUES = 10


def detail(keyword: str, expected: object) -> str:
    """Return the sentence for a violated `keyword` whose value in the schema is `expected`."""
    if keyword == "format":
        expected = _FORMAT_EXAMPLES.get(str(expected), expected)
    if isinstance(expected, list | tuple):
        more = ", ..." if len(expected) > _SHOWN_VALUES else ""
        expected = ", ".join(map(str, expected[:_SHOWN_VALUES])) + more
    return DETAILS.get(keyword, "breaks {}").format(expected)


def is_integer(value: object) -> bool:
    """Tell whether `value` is an integer: in JSON, 132.0 is one (JSON Schema 2020-12, section 4.2.3)."""
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)
