"""`nox -s contract`: schemathesis over HTTP against the served document, with more examples than `tests`."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.pipeline.service import running_service

CONFIG = Path(__file__).with_name("schemathesis.toml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the API with a sink in memory, fuzz it, and return schemathesis's exit status."""
    parser = argparse.ArgumentParser(prog="nox -s contract --", description=__doc__)
    parser.add_argument("--examples", type=int, default=300, help="per operation (default: %(default)s)")
    parser.add_argument("--seed", type=int, help="another seed, other examples (default: the tests' seed)")
    options = parser.parse_args(arguments)
    with running_service({"QUESTLOG_SINK": "memory"}) as service:
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)),
            *("run", f"{service.url}/openapi.json", "--max-examples", str(options.examples)),
            *([] if options.seed is None else ["--seed", str(options.seed)]),
        ]
        environment = {**os.environ, "QUESTLOG_TEST_WRITE_KEY": service.write_key}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
