"""Holds a schema object against `dialect.json`, and says what to write instead where it does not fit."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

from jsonschema_rs import Draft202012Validator, ValidationError, ValidationErrorKind

from questlog_codegen.advice import missing, sentence, unknown
from questlog_codegen.contracts import Schema
from questlog_codegen.names import snake_case

Kind: TypeAlias = Literal["event", "fragment", "field"]
"""What a schema object is: the root of an event, the root of a shared fragment, or a field in one of them."""

Misfit: TypeAlias = tuple[tuple[str, ...], str]
"""Where below a schema object the dialect is broken (keywords and list indices), and what to do."""

_WHOLE = ("minLength", "maxLength", "minItems", "maxItems")
_BOUNDS = ("minimum", "maximum")
_EXACT = 2**53 - 1  # beyond it the dialect says what is wrong
_SOME_FIELD = {"$ref": "field.json"}
_LONGEST_LIST = 300
_MOST_FIELDS = 101
_OF_FILES = frozenset({"$schema", "title"})


class Dialect:
    """The rules of form; each object is held against them alone, whatever the fields in it look like."""

    def __init__(self, document: Schema) -> None:
        """Compile `document`.

        Raises:
            ValueError: when it is no JSON Schema, or does not define events, fragments and fields.
        """
        self._document = document
        self._kinds = {kind: self._validator(kind) for kind in ("event", "fragment", "field")}
        self._name = self._validator("name")

    def misfits(self, kind: Kind, node: Any) -> Iterator[Misfit]:
        """Yield what keeps `node` from being a `kind`; the fields in it are not looked at."""
        alone = _alone(node)
        yield from _written_as_floats(alone)
        if self._kinds[kind].is_valid(alone):
            return
        errors = list(self._kinds[kind].iter_errors(alone))
        # Which keywords fit depends on the type: while that is wrong, the rest is not worth telling.
        of_type = [error for error in errors if error.instance_path == ["type"] and kind != "event"]
        yield from dict.fromkeys(
            misfit for error in of_type[:1] or errors for misfit in self._explained(error, kind)
        )

    def misnamed(self, name: str) -> str | None:
        """Return what to write instead of a field's `name`, None when it fits."""
        if self._name.is_valid(name):
            return None
        if len(name) > self._limit("name", "maxLength"):
            return f"must have at most {self._limit('name', 'maxLength')} characters: shorten the name"
        return f"`{name}` is not snake_case: write `{snake_case(name)}`"

    def _validator(self, kind: str) -> Draft202012Validator:
        return Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": self._document.get("$defs", {})})

    def _limit(self, definition: str, keyword: str) -> Any:
        return self._document["$defs"][definition][keyword]

    def _explained(self, error: ValidationError, kind: Kind) -> Iterator[Misfit]:
        place = tuple(map(str, error.instance_path))
        around = self._around(error)
        match error.kind:
            case ValidationErrorKind.AdditionalProperties(unexpected):
                allowed = around.get("properties", {}).keys() - (_OF_FILES if kind == "field" else set())
                for name in unexpected[:_MOST_FIELDS]:
                    yield (*place, name), unknown(name, tuple(sorted(allowed)))
            case ValidationErrorKind.Required():
                yield place, missing(error)
            case ValidationErrorKind.AnyOf():
                yield place, "text needs an upper bound: add maxLength, enum or format"
            case _:
                yield place, sentence(error, around)

    def _around(self, error: ValidationError) -> Mapping[str, Any]:
        """The part of the dialect that has the broken keyword."""
        part: Any = self._document
        for step in error.schema_path[:-1]:
            part = part[step]
        return part if isinstance(part, dict) else {}


def _written_as_floats(node: Any) -> Iterator[Misfit]:
    """Yield the sizes and bounds that JSON Schema takes for whole numbers, and SQL does not."""
    keywords = _WHOLE if isinstance(node, dict) else ()
    bounded = isinstance(node, dict) and node.get("type") == "integer"
    for keyword in (*keywords, *(_BOUNDS if bounded else ())):
        written = node.get(keyword)
        if isinstance(written, float) and written.is_integer() and abs(written) <= _EXACT:
            yield (keyword,), f"is written with a fraction or an exponent: write {int(written)}"


def _alone(node: Any) -> Any:
    """Return `node` with a plain field in place of each field in it, and cut where it is far too long."""
    if not isinstance(node, dict):
        return node
    alone = {key: _cut(value) for key, value in node.items()}
    if isinstance(node.get("properties"), dict):
        alone["properties"] = {
            f"f{n}": _SOME_FIELD for n in range(min(len(node["properties"]), _MOST_FIELDS))
        }
    if "items" in node:
        alone["items"] = _SOME_FIELD
    return alone


def _cut(value: Any) -> Any:
    """Leave out what no keyword of the dialect looks at, which a foreign schema may have much of."""
    if isinstance(value, list):
        return [_flat(element) for element in value[:_LONGEST_LIST]]
    return {} if isinstance(value, dict) else value


def _flat(element: Any) -> Any:
    if isinstance(element, dict):
        return {key: value if isinstance(value, str) else None for key, value in element.items()}
    return [] if isinstance(element, list) else element
