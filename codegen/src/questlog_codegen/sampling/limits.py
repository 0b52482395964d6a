"""What the keywords of a schema leave open: kinds, ranges, sizes, texts."""

import math
import re
from collections.abc import Mapping
from typing import Any

from questlog_codegen.contracts import Schema
from questlog_codegen.patterns.automata import Texts
from questlog_codegen.reference import FORMAT_CHECKER, ReferenceValidator

_SPAN = 100  # between the bounds of a number, where one is missing
_MORE_ITEMS = 3
MODERATE = 24
"""Characters of a text that may be shorter and longer."""
_TELLING = {"properties": "object", "items": "array", "minimum": "number", "maximum": "number"}

_NOT_YEAR_0 = "([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"
_DAY = (
    f"({_NOT_YEAR_0}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    "|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    "|([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)"
)
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
FORMAT_PATTERNS = {
    "uuid": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    "date-time": f"^{_DAY}T{_CLOCK}:[0-5][0-9](\\.[0-9]{{1,9}})?(Z|[+-]{_CLOCK})$",
    "date": f"^{_DAY}$",
}
"""The formats as patterns of the dialect, which `Texts` takes as it takes any other."""


class Unsatisfiable(ValueError):  # noqa: N818  # says what the schema is
    """Raised where no value is valid, or none was found; `pointer` is the value's place in the event."""

    def __init__(self, pointer: str, reason: str) -> None:
        self.pointer = pointer
        super().__init__(f"no value at '{pointer}': {reason}")


def checked(schema: Any, pointer: str) -> Schema:
    """Return a schema as the mapping it is; `true` takes anything.

    Raises:
        Unsatisfiable: for `false`, what is no schema, and a `$ref` that was not inlined.
    """
    if schema is True:
        return {}
    if not isinstance(schema, Mapping):
        raise Unsatisfiable(pointer, f"{schema!r} takes none")
    if "$ref" in schema:
        raise Unsatisfiable(pointer, "inline the $ref first")
    return schema


def kind(schema: Schema) -> str:
    """Return the type of the values to make: the first of several, a guess where there is none."""
    match schema.get("type"):
        case str(name) | [str(name), *_]:
            return name
        case _:
            return next((name for keyword, name in _TELLING.items() if keyword in schema), "string")


def listed(schema: Schema, pointer: str) -> list[Any]:
    """Return the values that `const` or `enum` lists and the other keywords allow, at least one."""
    options = [schema["const"]] if "const" in schema else schema["enum"]
    others = {keyword: value for keyword, value in schema.items() if value is not options}
    is_valid = ReferenceValidator(others, format_checker=FORMAT_CHECKER).is_valid
    if values := [value for value in options if is_valid(value)]:
        return values
    raise Unsatisfiable(pointer, "const or enum lists none that the other keywords allow")


def integers(schema: Schema, pointer: str) -> tuple[int, int]:
    """Return the lowest and the highest integer."""
    low, high = numbers(schema, pointer)
    if math.ceil(low) > math.floor(high):
        raise Unsatisfiable(pointer, "no integer lies between minimum and maximum")
    return math.ceil(low), math.floor(high)


def numbers(schema: Schema, pointer: str) -> tuple[float, float]:
    """Return the lowest and the highest number; a missing bound is near the other one, or near 0."""
    low = schema.get("minimum", min(0, schema.get("maximum", 0) - _SPAN))
    high = schema.get("maximum", max(0, low) + _SPAN)
    if low > high:
        raise Unsatisfiable(pointer, "minimum is above maximum")
    return low, high


def sizes(schema: Schema, pointer: str) -> tuple[int, int]:
    """Return the fewest and the most items of an array."""
    least = schema.get("minItems", 0)
    most = schema.get("maxItems", least + _MORE_ITEMS)
    if least > most:
        raise Unsatisfiable(pointer, "minItems is above maxItems")
    return least, most


def texts_of(schema: Schema, pointer: str = "") -> Texts:
    """Return the texts that pattern, format and lengths allow."""
    stated = (schema.get("pattern"), FORMAT_PATTERNS.get(schema.get("format", "")))
    patterns = tuple(pattern for pattern in stated if pattern is not None)
    texts = Texts(patterns, schema.get("minLength", 0), schema.get("maxLength"))
    if texts.most is not None and texts.least > texts.most:
        raise Unsatisfiable(pointer, "minLength is above maxLength")
    return texts


def moderate(texts: Texts) -> tuple[int, int]:
    """Return the fewest characters, and as many as a reader likes to see."""
    high = max(texts.least, MODERATE)
    return texts.least, high if texts.most is None else min(texts.most, high)


def fits(text: str, texts: Texts) -> bool:
    """Tell whether `text` is one of `texts`."""
    low, high = texts.least, math.inf if texts.most is None else texts.most
    return low <= len(text) <= high and all(re.fullmatch(pattern, text) for pattern in texts.patterns)
