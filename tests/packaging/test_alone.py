import shutil
import sys
from pathlib import Path

import pytest

from tests.packaging.alone import import_alone, install_alone
from tests.repository import ROOT

PACKAGES = {
    "codegen": ("questlog_codegen", ()),
    "sdk": ("questlog", ("pytest_plugin",)),
    # Traces need the extra `otel`.
    "api": ("questlog_api", ("otel",)),
    # The stand-in needs the extra `local`.
    "warehouse": ("questlog_warehouse", ("local",)),
}


@pytest.mark.parametrize("folder", PACKAGES)
def test_a_package_installs_alone_and_imports_what_it_declares(folder: str, tmp_path: Path) -> None:
    package, skip = PACKAGES[folder]
    install_alone(ROOT / folder, tmp_path / "site")
    result = import_alone(tmp_path / "site", package, skip=skip)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) >= 3


@pytest.mark.parametrize(
    ("folder", "wrong"),
    [
        ("sdk", "questlog_api"),
        ("sdk", "questlog_codegen"),
        ("api", "questlog"),
        ("api", "questlog_codegen"),
        ("warehouse", "questlog_api"),
        ("sdk", "pydantic"),
    ],
)
def test_an_import_in_the_wrong_direction_fails(folder: str, wrong: str, tmp_path: Path) -> None:
    project = shutil.copytree(ROOT / folder, tmp_path / folder)
    package, skip = PACKAGES[folder]
    (project / "src" / package / "wrong.py").write_text(f"import {wrong}\n")
    install_alone(project, tmp_path / "site")
    result = import_alone(tmp_path / "site", package, skip=skip)
    assert f"No module named '{wrong}'" in result.stderr


def test_the_sdk_needs_httpx_and_nothing_else(tmp_path: Path) -> None:
    install_alone(ROOT / "sdk", tmp_path / "site")
    top = {path.name for path in (tmp_path / "site").iterdir() if not path.name.endswith(".dist-info")}
    httpx_and_its_own = {"httpx", "httpcore", "h11", "anyio", "certifi", "idna", "typing_extensions.py"}
    assert top - {"__pycache__"} <= {"questlog", *httpx_and_its_own}
    assert sys.version_info >= (3, 11)


def test_the_sdk_brings_its_license_and_its_readme(tmp_path: Path) -> None:
    install_alone(ROOT / "sdk", tmp_path / "site")
    (metadata,) = (tmp_path / "site").glob("questlog-*.dist-info")
    license_text = (metadata / "licenses" / "LICENSE").read_text(encoding="utf-8")
    assert license_text == (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "client.purchase(" in (metadata / "METADATA").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", PACKAGES)
def test_generated_files_are_in_the_wheel(folder: str, tmp_path: Path) -> None:
    package, _ = PACKAGES[folder]
    install_alone(ROOT / folder, tmp_path / "site")
    source = ROOT / folder / "src" / package
    wanted = {
        path.relative_to(source)
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    installed = {
        path.relative_to(tmp_path / "site" / package) for path in (tmp_path / "site" / package).rglob("*")
    }
    assert wanted <= installed
