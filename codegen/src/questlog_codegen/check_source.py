"""Python source that checks one schema: fastjsonschema's code generator, limited to the dialect.

fastjsonschema ignores keywords it does not know and writes the submitted value into its errors. This
subclass knows the dialect's keywords only, refuses every other one, and raises `(pointer, keyword, detail)`.
What it writes is straight-line: a value's type is checked once, and before everything else.
"""

from collections.abc import Callable, Iterable
from typing import Any

from fastjsonschema.draft2019 import CodeGeneratorDraft2019

from questlog_codegen.contracts import Schema, strip_annotations
from questlog_codegen.errors import CodegenError
from questlog_codegen.keywords import detail

_WIDTH = 100
_PYTHON_TYPES = {"string": "str", "boolean": "bool", "object": "dict", "array": "list"}


def check_source(schema: Schema, exception: str) -> tuple[str, str]:
    """Return (constants, function) as Python source; the function `check(data)` raises `exception`.

    Raises:
        CodegenError: when `schema` has a keyword outside the dialect.
    """
    generator = _CheckGenerator(dict(strip_annotations(schema)), exception)
    function = generator.func_code.strip()
    return "\n".join(generator.constants.values()), function


class _CheckGenerator(CodeGeneratorDraft2019):  # type: ignore[misc]  # fastjsonschema has no type hints
    def __init__(self, schema: dict[str, Any], exception: str) -> None:
        super().__init__(schema, use_default=False, detailed_exceptions=False)
        self.constants: dict[str, str] = {}
        self._exception = exception
        self._checked_bounds = ("", "")
        # The order is the order of the checks: first the type, then what only makes sense for it.
        self._json_keywords_to_function: dict[str, Callable[[], None]] = {
            "type": self._type,
            "const": self._const,
            "enum": self._enum,
            "minLength": lambda: self._bounds("minLength", "maxLength", "len({})"),
            "maxLength": lambda: self._bounds("minLength", "maxLength", "len({})"),
            "pattern": self._pattern,
            "format": self._format,
            "minimum": lambda: self._bounds("minimum", "maximum", "{}"),
            "maximum": lambda: self._bounds("minimum", "maximum", "{}"),
            "minItems": lambda: self._bounds("minItems", "maxItems", "len({})"),
            "maxItems": lambda: self._bounds("minItems", "maxItems", "len({})"),
            "required": self._required,
            "additionalProperties": self._closed,
            "properties": self._properties,
            "items": self._items,
        }

    def generate_func_code(self) -> None:
        with self.l("def check(data: Any) -> None:"):
            self.generate_func_code_block(self._root_definition, "data", "data")

    def _generate_func_code_block(self, definition: Any) -> int:
        unknown = sorted(set(definition) - set(self._json_keywords_to_function))
        if unknown:
            raise CodegenError(f"no validator can be generated for {', '.join(unknown)} at {self._name}")
        return int(self.run_generate_functions(definition))

    @property
    def _name(self) -> str:
        """Path of the value, JSON Pointer form; `{index}` where an array is on the way."""
        return str(self._variable_name)[len("data") :]

    def _fail(self, condition: str, keyword: str, pointer: str | None = None) -> None:
        text = detail(keyword, self._definition[keyword])
        place = self._name if pointer is None else pointer
        literal = f'f"{place}"' if "{" in place else f'"{place}"'
        with self.l("{}", f"if {condition}:"):
            self.l("{}", f"raise {self._exception}({literal}, {_quoted(keyword)}, {_quoted(text)})")

    def _bounds(self, least: str, most: str, size: str) -> None:
        """Write the check of both bounds, or of the one there is; called for each, it writes once."""
        size, bounds = size.format(self._variable), self._definition
        # "not >=" and not "<": a comparison with NaN is always false.
        checks = {k: f"not {size} {op} {bounds[k]}" for k, op in ((least, ">="), (most, "<=")) if k in bounds}
        if len(checks) == 1:
            [(keyword, condition)] = checks.items()
            self._fail(condition, keyword)
        elif self._checked_bounds != (self._variable, least):
            self._checked_bounds = self._variable, least
            # Mostly both hold, which is one question.
            with self.l("{}", f"if not {bounds[least]} <= {size} <= {bounds[most]}:"):
                for keyword, condition in checks.items():
                    self._fail(condition, keyword)

    def _type(self) -> None:
        kind, value = self._definition["type"], self._variable
        if kind == "integer":
            self._fail(f"type({value}) is not int and not is_integer({value})", "type")
        elif kind == "number":
            self._fail(f"isinstance({value}, bool) or not isinstance({value}, int | float)", "type")
        else:
            # JSON has no subclasses of these, so the first question is mostly the only one, and the cheaper.
            expected = _PYTHON_TYPES[kind]
            self._fail(f"type({value}) is not {expected} and not isinstance({value}, {expected})", "type")

    def _const(self) -> None:
        self._fail(f"{self._variable} != {_quoted(self._definition['const'])}", "const")

    def _enum(self) -> None:
        name = self._constant("VALUES", _set(self._definition["enum"]))
        self._fail(f"{self._variable} not in {name}", "enum")

    def _pattern(self) -> None:
        # The dialect anchors every pattern, so that the whole text has to match.
        inner = self._definition["pattern"][1:-1]
        name = self._constant("PATTERN", f"re.compile({inner!r})")
        self._fail(f"{name}.fullmatch({self._variable}) is None", "pattern")

    def _format(self) -> None:
        name = self._definition["format"]
        constant = name.upper().replace("-", "_")
        self.constants[constant] = f"{constant} = FORMATS[{_quoted(name)}]"
        self._fail(f"{constant}.fullmatch({self._variable}) is None", "format")

    def _constant(self, kind: str, value: str) -> str:
        name = "_".join([*self._variable.upper().split("__")[1:], kind])
        self.constants[name] = f"{name} = {value}"
        return name

    def _required(self) -> None:
        """Write the reading of what is required: only where that fails one has to ask what is missing."""
        names = self._definition["required"]
        if not names:
            return
        with self.l("try:"):
            for name in names:
                self._read(name)
        with self.l("except KeyError:"):
            for name in names:
                self._fail(f'"{name}" not in {self._variable}', "required", f"{self._name}/{name}")
            self.l("raise")

    def _closed(self) -> None:
        # After `required`: what has no more members than that has no unknown ones, and needs no closer look.
        known = len(self._definition.get("required", ()))
        name = self._constant("PROPERTIES", _set(self._definition["properties"]))
        self._fail(
            f"len({self._variable}) > {known} and not {name} >= {self._variable}.keys()",
            "additionalProperties",
        )

    def _properties(self) -> None:
        required = self._definition.get("required", ())
        for name, child in self._definition["properties"].items():
            if name in required:
                self._member(name, child)
            else:
                with self.l("{}", f'if "{name}" in {self._variable}:'):
                    self._read(name)
                    self._member(name, child)

    def _read(self, name: str) -> None:
        self.l("{}", f'{self._variable}__{name} = {self._variable}["{name}"]')

    def _member(self, name: str, child: Schema) -> None:
        self.generate_func_code_block(child, f"{self._variable}__{name}", f"{self._variable_name}/{name}")

    def _items(self) -> None:
        item, index = f"{self._variable}__item", f"{self._variable}__index"
        with self.l("{}", f"for {index}, {item} in enumerate({self._variable}):"):
            self.generate_func_code_block(
                self._definition["items"], item, f"{self._variable_name}/{{{index}}}"
            )


def _set(values: Iterable[str]) -> str:
    """Return the source of a frozenset, in lines that end between two values."""
    lines = [""]
    for value in values:
        literal = f"{_quoted(value)},"
        if len(lines[-1]) + len(literal) >= _WIDTH:
            lines.append("")
        lines[-1] = f"{lines[-1]} {literal}".strip()
    return "frozenset((\n" + "".join(f"    {line}\n" for line in lines) + "))"


def _quoted(value: object) -> str:
    """Return a Python literal in double quotes."""
    if not isinstance(value, str):
        return repr(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
