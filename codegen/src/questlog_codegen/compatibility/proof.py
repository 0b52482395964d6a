"""The proof that one schema takes every event another one takes: `jsonschema_rs`' canonical form.

That part of the library is experimental, so this is the only module that asks it; its tests pin what we
count on. https://docs.rs/jsonschema/latest/jsonschema/canonical
"""

from typing import Any

from jsonschema_rs import CanonicalSchema, canonical, canonicalize

from questlog_codegen.contracts import Schema
from questlog_codegen.keywords import FORMATS

_DRAFT = 20  # as the library numbers 2020-12
_ANSWERS = {canonical.Containment.YES: True, canonical.Containment.NO: False}


def covers(new: Schema, old: Schema) -> bool | None:
    """Tell whether `new` takes every value `old` takes; None when that is neither proven nor disproven."""
    try:
        return _ANSWERS.get(_canonical(new).covers(_canonical(old)))
    except ValueError:
        return None


def _canonical(schema: Schema) -> CanonicalSchema:
    return canonicalize(_without_formats(schema), draft=_DRAFT, offline=True)


def _without_formats(schema: Any) -> Any:
    """Say our formats as the patterns they are: the library's own are laxer, or not asserted at all."""
    if isinstance(schema, list):
        return [_without_formats(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: _without_formats(value) for key, value in schema.items()}
    pattern = FORMATS.get(schema["format"]) if isinstance(schema.get("format"), str) else None
    if pattern is not None:
        del result["format"]
        result["allOf"] = [*result.get("allOf", ()), {"pattern": f"^(?:{pattern.pattern})$"}]
    return result
