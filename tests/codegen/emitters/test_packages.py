import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from questlog_codegen.contracts import Version
from questlog_codegen.emitters import packages
from tests.codegen.project import Project
from tests.warehouse.contracts import catalog, quest

RELEASED = replace(quest(1, 0), status="released")


def drafts(versions: Sequence[Version]) -> Any:
    """The drafts a hook knows of, read as Python reads them."""
    module = ast.parse(packages.emit(catalog(*versions))["sdk/hatch_build.py"])
    (value,) = (
        statement.value
        for statement in module.body
        if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == "DRAFTS"
    )
    assert value is not None
    return ast.literal_eval(value)


def test_every_package_that_carries_contracts_gets_the_same_hook(project: Project) -> None:
    files = packages.emit(project.load())
    assert set(files) == {"sdk/hatch_build.py", "api/hatch_build.py", "warehouse/hatch_build.py"}
    assert len(set(files.values())) == 1


def test_a_hook_says_that_it_is_generated() -> None:
    hook = packages.emit(catalog(RELEASED))["api/hatch_build.py"]
    assert hook.startswith("# Generated from schemas/. Do not edit; run `nox -s codegen`.\n")


def test_a_hook_names_the_drafts_and_no_released_version() -> None:
    assert drafts([RELEASED, quest(1, 1)]) == ("quest/1.1",)


def test_a_hook_names_nothing_when_all_is_released() -> None:
    assert drafts([RELEASED]) == ()


def test_an_event_that_was_never_released_is_a_draft(project: Project) -> None:
    assert "quest/1.0" in packages.emit(project.load())["warehouse/hatch_build.py"]
