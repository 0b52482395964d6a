"""The service as an operator starts it: its own process, a free port, and the contracts a test chooses."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from questlog_api.gate.keys import key_hash
from questlog_codegen.contracts import Catalog
from questlog_codegen.emitters import catalog as bundle
from questlog_codegen.emitters import openapi, validators
from questlog_codegen.writer import write
from tests.api.conftest import ORION_KEY
from tests.repository import ROOT

HASH = key_hash(ORION_KEY.encode())
HEADERS = {"Authorization": f"Bearer {ORION_KEY}"}

_SOURCES = Path("api", "src")


def sources_with(catalog: Catalog, folder: Path) -> Path:
    """Copy the API's sources to `folder`, with these contracts instead of the shipped ones; return where."""
    left_out = shutil.ignore_patterns("__pycache__", "_generated")
    shutil.copytree(ROOT / _SOURCES, folder / _SOURCES, ignore=left_out)
    files = {**bundle.emit(catalog), **validators.emit(catalog), **openapi.emit(catalog)}
    write(folder, {**files, "api/src/questlog_api/_generated/__init__.py": ""}, ())
    return folder / _SOURCES


@contextmanager
def running(
    settings: Mapping[str, str] | None = None, *, sources: Path | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the service with drafts allowed, unless `settings` differ; give the process and its address."""
    with starting({"ALLOW_DRAFTS": "true", **(settings or {})}, sources=sources) as process:
        assert process.stderr is not None
        address = next(found for line in process.stderr if (found := re.search(r"http://[\d.:]+", line)))
        yield process, address.group()


@contextmanager
def starting(
    settings: Mapping[str, str], *, sources: Path | None = None
) -> Iterator["subprocess.Popen[str]"]:
    """Start the service with a sink in memory, unless `settings` differ; nothing else of it is set."""
    chosen = {"WRITE_KEYS": f'{{"orion": ["{HASH}"]}}', "SINK": "memory", **settings}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("QUESTLOG_")}
    environment = inherited | {f"QUESTLOG_{name}": value for name, value in chosen.items()}
    if sources is not None:
        environment["PYTHONPATH"] = str(sources)
    command = [sys.executable, "-m", "questlog_api", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
