import ast

from questlog_codegen.emitters import client, models
from tests.codegen.project import Project


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


def test_an_object_written_in_place_is_a_class_of_its_event(project: Project) -> None:
    reward = {
        "description": "What the player got.",
        "type": "object",
        "additionalProperties": False,
        "required": ["item"],
        "properties": {
            "item": {"description": "Item the player got.", "type": "string", "maxLength": 9, "x-pii": "none"}
        },
    }
    project.write("quest/schema.json", project.schema(reward=reward))
    catalog = project.load()
    (text,) = client.emit(catalog, models.emit(catalog)).values()
    assert "reward: Reward | None = None" in text
    assert "from questlog._generated.models.events.quest import Reward\n" in text
