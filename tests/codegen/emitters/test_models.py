import ast
import signal

import pytest

from questlog_codegen.contracts import Catalog
from questlog_codegen.emitters import models
from questlog_codegen.errors import CodegenError
from tests.codegen.project import Project

QUEST = f"{models.MODELS}/events/quest.py"


def test_an_event_becomes_a_frozen_keyword_only_dataclass(project: Project) -> None:
    text = models.emit(project.load())[QUEST]
    assert "@dataclass(frozen=True, kw_only=True, slots=True)\nclass Quest(Event):" in text
    assert '    """A quest that was finished."""' in text
    assert '    points: int\n    """Points won, in pieces."""' in text


def test_optional_fields_default_to_absent(project: Project) -> None:
    project.field({"type": "boolean"})
    assert "extra: bool | None = None" in models.emit(project.load())[QUEST]


def test_a_fragment_is_one_class_for_all_events(project: Project) -> None:
    project.write("quest/schema.json", project.schema(extra={"$ref": "../shared/money.json"}))
    files = models.emit(project.load())
    assert "from ..shared.money import Money" in files[QUEST]
    assert "class Money(ExactMoney):" in files[f"{models.MODELS}/shared/money.py"]
    assert sum("class Money(" in text for text in files.values()) == 1


def test_no_path_of_the_temporary_folder_is_left(project: Project) -> None:
    assert not any("questlog-" in text or "/tmp" in text for text in models.emit(project.load()).values())  # noqa: S108 - looked for, not used


def test_every_module_is_python(project: Project) -> None:
    for text in models.emit(project.load()).values():
        ast.parse(text)


def test_what_the_generator_refuses_is_an_error(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    catalog = project.load()
    broken = Catalog(
        catalog.contracts,
        {**catalog.fragments, "app": {"title": "App", "type": "object", "$ref": "gone.json"}},
    )
    with pytest.raises(CodegenError, match="refused the contracts"):
        models.emit(broken)
    assert capsys.readouterr().err


def test_generating_leaves_ctrl_c_as_it_was(project: Project) -> None:
    models.emit(project.load())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
