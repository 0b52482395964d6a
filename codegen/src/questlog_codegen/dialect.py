"""Says what to write instead when a schema uses a keyword outside the dialect."""

import re
from typing import Any

from jsonschema.exceptions import ValidationError

_INSTEAD = {
    "$defs": "put the fragment into schemas/shared/ and $ref it",
    "allOf": "write the fields out, or share them as a fragment",
    "anyOf": "use one type; make two events of two shapes",
    "oneOf": "use one type; make two events of two shapes",
    "not": "list what is allowed with enum or pattern",
    "if": "make the field optional and describe when it is present",
    "const": "use enum with one value",
    "default": "leave the field out: absent means unknown",
    "exclusiveMinimum": "use minimum with the next whole number",
    "exclusiveMaximum": "use maximum with the previous whole number",
    "multipleOf": "store whole units, e.g. micros",
    "uniqueItems": "describe it; validators disagree on equality",
    "patternProperties": "use an array of objects with a key field",
    "prefixItems": "use an object with named fields",
    "dependentRequired": "group the fields in one optional object",
    "nullable": "make the field optional: absent is the only null",
    "contentEncoding": "use maxLength and describe the encoding",
}


def explain(error: ValidationError) -> str:
    """Return what is wrong and what to write instead, for an error against `dialect.json`."""
    if error.validator == "additionalProperties":
        return _unknown_keyword(error)
    if error.validator == "anyOf":
        return "text needs an upper bound: add maxLength, enum or format"
    if error.validator == "required":
        return f"{error.message}: add it"
    if error.validator in {"enum", "const"}:
        return f"must be {_shown(error.validator_value)}{_why(error)}"
    if error.validator == "pattern":
        name = f"`{error.instance}` " if "propertyNames" in error.absolute_schema_path else ""
        return f"{name}must match {error.validator_value}{_why(error)}"
    return error.message


def _unknown_keyword(error: ValidationError) -> str:
    allowed = error.schema["properties"] if isinstance(error.schema, dict) else {}
    written: Any = error.instance
    unknown = sorted(set(written) - set(allowed))
    hints = [f"`{name}` is not in the dialect{_hint(name, list(allowed))}" for name in unknown]
    return "; ".join(hints)


def _hint(name: str, allowed: list[str]) -> str:
    close = [known for known in allowed if known.lower() == name.lower() or _same_letters(known, name)]
    if close:
        return f": did you mean `{close[0]}`?"
    return f": {_INSTEAD[name]}" if name in _INSTEAD else f"; here are allowed: {', '.join(allowed)}"


def _same_letters(known: str, name: str) -> bool:
    return sorted(re.sub(r"[^a-z]", "", known.lower())) == sorted(re.sub(r"[^a-z]", "", name.lower()))


def _shown(value: Any) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list) else repr(value)


def _why(error: ValidationError) -> str:
    description = error.schema.get("description") if isinstance(error.schema, dict) else None
    return f" ({description})" if description else ""
