import os
import subprocess
import sys

from questlog_codegen.generate import generate
from tests.codegen.project import Project
from tests.repository import ROOT, shipped_catalog


def test_the_same_contracts_give_the_same_bytes_whatever_the_hash_seed(project: Project) -> None:
    program = (
        "import hashlib, sys, pathlib;"
        "from questlog_codegen.loader import load_catalog; from questlog_codegen.generate import generate;"
        "files = generate(load_catalog(pathlib.Path(sys.argv[1])));"
        "print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest())"
    )
    digests = set()
    for seed in ("0", "1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"Etc/GMT+{seed}"}
        command = [sys.executable, "-c", program, str(project.root)]
        digests.add(
            subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout
        )
    assert len(digests) == 1


def test_nobody_has_edited_what_is_generated() -> None:
    files = generate(shipped_catalog())
    assert [path for path, text in files.items() if (ROOT / path).read_text(encoding="utf-8") != text] == []
