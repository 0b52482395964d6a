"""The second pass: all violations of a schema, by jsonschema. The generated checks stop at the first one."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from questlog_api._generated.keywords import FORMATS, detail
from questlog_api.violations import FieldError

MAX_ERRORS = 50
"""Violations reported of one event: enough to repair it, and a bound on answers."""

_FORMAT_CHECKER = FormatChecker(formats=())
for _name, _format in FORMATS.items():
    _FORMAT_CHECKER.checks(_name)(
        lambda value, pattern=_format: not isinstance(value, str) or pattern.fullmatch(value) is not None
    )


class Schema:
    """A JSON Schema (2020-12) that lists every violation."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._validator = _Validator(schema, format_checker=_FORMAT_CHECKER)

    def errors(self, value: object) -> list[FieldError]:
        """Return what is wrong with `value`, in the schema's order and at most `MAX_ERRORS`."""
        return [_field_error(error) for error in islice(self._validator.iter_errors(value), MAX_ERRORS)]


def _field_error(error: ValidationError) -> FieldError:
    # jsonschema's own messages quote the submitted value: only place, keyword and schema are used.
    pointer = "".join(f"/{part}" for part in error.absolute_path)
    keyword = str(error.validator)
    return FieldError(pointer, keyword, detail(keyword, error.validator_value))


@cache
def _ecma(pattern: str) -> re.Pattern[str]:
    # `$` is the end of the text in ECMA-262; Python's also matches before a final newline.
    return re.compile(re.sub(r"(?<!\\)\$", r"\\Z", pattern))


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and _ecma(pattern).search(value) is None:
        yield ValidationError("pattern")


def _required(_: Any, names: list[str], value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, dict):
        # The pointer is that of the missing member, not of its parent.
        yield from (ValidationError("required", path=[name]) for name in names if name not in value)


_Validator = extend(  # type: ignore[no-untyped-call]  # its type hints are incomplete
    Draft202012Validator, {"pattern": _pattern, "required": _required}
)
