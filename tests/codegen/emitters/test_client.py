import ast
import re

from questlog_codegen.emitters import client, models
from tests.codegen.project import ENVELOPE, Project


def method(project: Project, name: str) -> ast.FunctionDef:
    catalog = project.load()
    (text,) = client.emit(catalog, models.emit(catalog)).values()
    methods = next(node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)).body
    return next(node for node in methods if isinstance(node, ast.FunctionDef) and node.name == name)


def test_an_event_becomes_a_method_with_keywords_only(project: Project) -> None:
    project.field({"type": "boolean"})
    arguments = method(project, "quest").args
    assert [argument.arg for argument in arguments.args] == ["self"]
    names = [argument.arg for argument in arguments.kwonlyargs]
    assert names == ["points", "extra", "context", "event_id", "occurred_at"]


def test_required_fields_have_no_default(project: Project) -> None:
    project.field({"type": "boolean"})
    defaults = [
        None if default is None else ast.unparse(default)
        for default in method(project, "quest").args.kw_defaults
    ]
    assert defaults == [None, "None", "None", "None", "None"]


def test_the_docstring_explains_every_argument(project: Project) -> None:
    project.write("quest/schema.json", project.schema(extra={"$ref": "../shared/store.json"}))
    text = ast.get_docstring(method(project, "quest")) or ""
    assert text.startswith("A quest that was finished.")
    assert "points: Points won, in pieces." in text
    assert "extra: Store that distributed the app" in text


def test_types_are_imported_from_where_they_are_defined(project: Project) -> None:
    project.write("quest/schema.json", project.schema(extra={"$ref": "../shared/money.json"}))
    catalog = project.load()
    (text,) = client.emit(catalog, models.emit(catalog)).values()
    assert "from questlog._generated.models.shared.money import Money\n" in text
    assert "from questlog._generated.models.events.quest import Quest\n" in text


def test_the_type_of_an_arrays_items_is_imported(project: Project) -> None:
    item = {"description": "Name of a booster.", "type": "string", "maxLength": 9, "x-pii": "none"}
    project.field({"type": "array", "maxItems": 3, "items": item})
    catalog = project.load()
    (text,) = client.emit(catalog, models.emit(catalog)).values()
    (alias,) = re.findall(r"extra: list\[(\w+)\] \| None = None", text)
    assert alias == "str" or f"from questlog._generated.models.events.quest import {alias}\n" in text


def test_a_field_of_one_value_defaults_to_it(project: Project) -> None:
    kind = {"description": "The only kind there is.", "type": "string", "enum": ["only"], "x-pii": "none"}
    project.write("quest/schema.json", {**project.schema(kind=kind), "required": ["points", "kind"]})
    project.write("quest/examples/valid/won.json", {**ENVELOPE, "points": 3, "kind": "only"})
    broken = {"pointer": "/points", "keyword": "minimum", "event": {**ENVELOPE, "points": -1, "kind": "only"}}
    project.write("quest/examples/invalid/negative.json", broken)
    arguments = method(project, "quest").args
    default = arguments.kw_defaults[[a.arg for a in arguments.kwonlyargs].index("kind")]
    assert isinstance(default, ast.Constant)
    assert default.value == "only"
