from questlog_codegen.emitters import validators
from tests.codegen.project import Project

API = "api/src/questlog_api/_generated"
SDK = "sdk/src/questlog/_generated"


def test_the_api_gets_a_check_for_each_version_and_the_sdk_for_each_class(project: Project) -> None:
    files = validators.emit(project.load())
    assert f"{API}/validators/quest_1_0.py" in files
    assert {
        f"{SDK}/checks/{name}.py" for name in ("quest", "shared_app", "shared_device", "shared_money")
    } <= set(files)


def test_the_two_sides_differ_only_in_what_they_import_and_raise(project: Project) -> None:
    files = validators.emit(project.load())
    api = files[f"{API}/validators/quest_1_0.py"].replace("Violation", "InvalidEvent")
    sdk = files[f"{SDK}/checks/quest.py"]
    differing = [(a, b) for a, b in zip(api.splitlines(), sdk.splitlines(), strict=True) if a != b]
    assert all(a.startswith(("from", '"""')) for a, _ in differing)
    assert len(differing) == 3


def test_the_generated_checks_need_no_fastjsonschema(project: Project) -> None:
    assert not any("fastjsonschema" in text for text in validators.emit(project.load()).values())


def test_a_module_imports_only_what_it_uses(project: Project) -> None:
    money = validators.emit(project.load())[f"{SDK}/checks/shared_money.py"]
    assert "import re" not in money
    assert "FORMATS" not in money
    assert "import is_integer" in money


def test_the_table_finds_a_check_by_event_and_version(project: Project) -> None:
    table = validators.emit(project.load())[f"{API}/validators/__init__.py"]
    assert '"quest": {"1.0": quest_1_0.check},' in table
