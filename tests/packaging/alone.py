"""An environment that holds one package and what it declares, and nothing else.

The package is built and installed as a wheel; its dependencies are linked from this environment, so no
network is needed. What is not declared is not there: an import in the wrong direction fails.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

_IMPORT_ALL = """
import importlib, pkgutil, sys, warnings
warnings.simplefilter("error")
package = importlib.import_module(sys.argv[1])
names = [m.name for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
for name in names:
    if not name.endswith("__main__") and not any(f".{skipped}" in name for skipped in sys.argv[2:]):
        importlib.import_module(name)
print(len(names))
"""


def install_alone(project: Path, target: Path) -> None:
    """Build `project`, a folder with a pyproject.toml, and lay it into `target` with what it declares."""
    wheels = target.with_name(f"{target.name}-wheels")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = [
        "wheel",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "--wheel-dir",
        str(wheels),
        str(project),
    ]
    # What is shipped may have drafts while its author works on it.
    environment = {**os.environ, "QUESTLOG_ALLOW_DRAFTS": "1"}
    subprocess.run([*pip, *build], check=True, capture_output=True, text=True, env=environment)
    (wheel,) = wheels.glob("*.whl")
    install = ["install", "--no-deps", "--no-index", "--target", str(target), str(wheel)]
    subprocess.run([*pip, *install], check=True, capture_output=True, text=True)
    (metadata,) = target.glob("*.dist-info")
    for dependency in _closure(Distribution.at(metadata)):
        _link(dependency, target)


def import_alone(
    target: Path, package: str, *, skip: tuple[str, ...] = ()
) -> "subprocess.CompletedProcess[str]":
    """Import every module of `package` with nothing but `target` and the standard library on the path."""
    program = f"import sys; sys.path.insert(0, {str(target)!r})\n{_IMPORT_ALL}"
    command = [sys.executable, "-I", "-S", "-c", program, package, *skip]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _closure(root: Distribution) -> list[Distribution]:
    found: dict[str, Distribution] = {}
    waiting = list(_required(root, extras=()))
    while waiting:
        requirement = waiting.pop()
        try:
            dependency = distribution(requirement.name)
        except PackageNotFoundError:
            continue  # a dependency for another platform
        if dependency.name not in found:
            found[dependency.name] = dependency
            waiting += _required(dependency, tuple(requirement.extras))
    return list(found.values())


def _required(dependency: Distribution, extras: tuple[str, ...]) -> Iterator[Requirement]:
    for text in dependency.requires or ():
        requirement = Requirement(text)
        environments = [{"extra": extra} for extra in ("", *extras)]
        if requirement.marker is None or any(requirement.marker.evaluate(e) for e in environments):
            yield requirement


def _link(dependency: Distribution, target: Path) -> None:
    for file in dependency.files or ():
        top = file.parts[0]
        source = Path(str(dependency.locate_file(top)))
        if top != ".." and source.exists() and not (target / top).exists():
            (target / top).symlink_to(source)
