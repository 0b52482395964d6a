"""The reference validator: jsonschema, taught the formats and the meaning of `$` that all layers share."""

import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from questlog_codegen.contracts import Schema
from questlog_codegen.keywords import FORMATS, detail

FORMAT_CHECKER = FormatChecker(formats=())
for _name, _pattern in FORMATS.items():
    FORMAT_CHECKER.checks(_name)(
        lambda value, pattern=_pattern: not isinstance(value, str) or pattern.fullmatch(value) is not None
    )


def _pattern_keyword(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    # ECMA-262's `$` is the end of the text; Python's also matches before a final newline.
    if isinstance(value, str) and not re.search(pattern.removesuffix("$") + r"\Z", value):
        yield ValidationError("does not match")


def _required_keyword(_: Any, names: list[str], value: Any, __: Any) -> Iterator[ValidationError]:
    for name in names:
        if isinstance(value, dict) and name not in value:
            yield ValidationError("is required", path=[name])


ReferenceValidator = extend(  # type: ignore[no-untyped-call]  # jsonschema leaves this one untyped
    Draft202012Validator, {"pattern": _pattern_keyword, "required": _required_keyword}
)


def violations(schema: Schema, event: Any) -> list[tuple[str, str, str]]:
    """Return (JSON Pointer, keyword, detail) of every violation; `required` points at the missing member."""
    errors = ReferenceValidator(schema, format_checker=FORMAT_CHECKER).iter_errors(event)
    return [
        (
            "".join(f"/{part}" for part in error.absolute_path),
            str(error.validator),
            detail(str(error.validator), error.validator_value),
        )
        for error in errors
    ]
