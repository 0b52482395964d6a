"""Which names an author can use: how they are spelt, and whether a layer has them already."""

import builtins
import keyword
import re
from collections.abc import Iterable
from difflib import get_close_matches

_MAX_LENGTH = 64
_ALIKE = 0.75  # of the letters: `minmum` is minimum, `requried` is not pattern
_CLIENT_MEMBERS = frozenset(
    {
        *("track", "flush", "close", "stats", "context", "consent", "purge", "stored", "for_player"),
        *("events", "of", "clear", "dropped"),  # of the recording one
    }
)
_TYPES_OF_MODELS = frozenset({"date", "datetime"})
_MODEL_MEMBERS = frozenset({"self", "to_json"})
_CLASSES = frozenset(
    {
        *("Client", "Context", "Event", "EventMethods", "EVENTS", "Model", "Rejection", "Stamp", "Stats"),
        *("AsyncClient", "PlayerClient", "Drop"),
        *("InvalidEvent", "QuestlogError", "Violation", "ABC", "Literal", "TypeAlias", "UUID"),
    }
)
_MART_VIEWS = frozenset(
    {"sale", "purchase_reporting", "refund_reporting", "revenue_daily", "fx_rate_used", "version_usage"}
)

# https://docs.snowflake.com/en/sql-reference/reserved-keywords
_RESERVED = """
ACCOUNT ALL ALTER AND ANY AS BETWEEN BY CASE CAST CHECK COLUMN CONNECT CONNECTION CONSTRAINT CREATE CROSS
CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DATABASE DELETE DISTINCT DROP ELSE EXISTS
FALSE FOLLOWING FOR FROM FULL GRANT GROUP GSCLUSTER HAVING ILIKE IN INCREMENT INNER INSERT INTERSECT INTO
IS ISSUE JOIN LATERAL LEFT LIKE LOCALTIME LOCALTIMESTAMP MINUS NATURAL NOT NULL OF ON OR ORDER
ORGANIZATION QUALIFY REGEXP REVOKE RIGHT RLIKE ROW ROWS SAMPLE SCHEMA SELECT SET SOME START TABLE
TABLESAMPLE THEN TO TRIGGER TRUE TRY_CAST UNION UNIQUE UPDATE USING VALUES VIEW WHEN WHENEVER WHERE WITH
"""
_SNOWFLAKE_RESERVED = frozenset(_RESERVED.split())


def misspelt(name: str) -> str | None:
    """Return how to spell the name of an event or a fragment instead, None when it is right."""
    if len(name) > _MAX_LENGTH:
        return f"`{name[:_MAX_LENGTH]}...` has more than {_MAX_LENGTH} characters: shorten the name"
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        return f"`{name}` is not snake_case: rename it to `{snake_case(name)}`"
    return None


def owner_of_event(name: str) -> str | None:
    """Return who has an event's name already, None when it is free."""
    if keyword.iskeyword(name) or name in _CLIENT_MEMBERS | _TYPES_OF_MODELS:
        return "the SDK's client"
    if name in _MART_VIEWS:
        return "a view in MART"
    return "Snowflake" if name.upper() in _SNOWFLAKE_RESERVED else None


def owner_of_field(name: str) -> str | None:
    """Return who has a field's name already, None when it is free."""
    if keyword.iskeyword(name) or hasattr(builtins, name):
        return "Python"
    if name in _TYPES_OF_MODELS | _MODEL_MEMBERS:
        return "the SDK's models"
    return "Snowflake" if name.upper() in _SNOWFLAKE_RESERVED else None


def owner_of_title(title: str) -> str | None:
    """Return who has a class of that name already, None when it is free."""
    if keyword.iskeyword(title):
        return "Python"
    return "the SDK" if title in _CLASSES else None


def closest(written: str, known: Iterable[str]) -> str | None:
    """Return which of the `known` names was meant, None when none is alike."""
    names = {name.lower(): name for name in known}
    found = get_close_matches(written[:_MAX_LENGTH].lower(), names, n=1, cutoff=_ALIKE)
    return names[found[0]] if found else None


def words(name: str) -> list[str]:
    """Return the words of a name in lower case, however they are joined: `playerLevel` -> player, level."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return re.findall(r"[a-z0-9]+", apart.lower())


def snake_case(name: str) -> str:
    """Return the spelling of `name` that a field or an event may have."""
    spelt = "_".join(words(name))[:_MAX_LENGTH].rstrip("_")
    return spelt if spelt[:1].isalpha() else f"n{spelt}"


def camel_case(name: str) -> str:
    """Return the spelling of `name` that a title may have."""
    spelt = "".join(word.capitalize() for word in words(name))[:_MAX_LENGTH]
    return spelt if spelt[:1].isalpha() else f"N{spelt}"
