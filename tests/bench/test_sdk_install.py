"""Peers are installed once, each by itself."""

import subprocess
import zipfile
from pathlib import Path

from tests.bench.sdk_install import _PYTHON, Sdk, install

PEER = Sdk("peer", "peer", "peer==1.0")
METADATA = "Metadata-Version: 2.1\nName: peer\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel(folder: Path) -> None:
    """Write the wheel of a package that has nothing but a version."""
    with zipfile.ZipFile(folder / "peer-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("peer.py", "VERSION = '1.0'\n")
        archive.writestr("peer-1.0.dist-info/METADATA", METADATA)
        archive.writestr("peer-1.0.dist-info/WHEEL", WHEEL)
        archive.writestr("peer-1.0.dist-info/RECORD", "")


def test_what_is_installed_can_be_imported_and_is_not_installed_again(tmp_path: Path) -> None:
    wheel(tmp_path)
    environment = tmp_path / "environment"

    assert install([PEER], environment, ["--no-index", "--find-links", str(tmp_path)]) == {}
    assert install([PEER], environment, ["--an-option-that-pip-refuses"]) == {}

    code = "import peer; print(peer.VERSION)"
    assert subprocess.check_output([environment / _PYTHON, "-c", code], text=True) == "1.0\n"


def test_one_that_cannot_be_installed_does_not_keep_others_out(tmp_path: Path) -> None:
    wheel(tmp_path)
    nobody = Sdk("nobody", "nobody", "nobody==1.0")

    failures = install(
        [nobody, PEER], tmp_path / "environment", ["--no-index", "--find-links", str(tmp_path)]
    )

    assert list(failures) == ["nobody"]
    assert "No matching distribution found for nobody==1.0" in failures["nobody"]
