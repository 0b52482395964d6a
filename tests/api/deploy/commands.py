"""Runs a command line of the service as far as its settings, which are wrong on purpose."""

import os
import subprocess
import sys
from collections.abc import Sequence

WRONG_SETTINGS = 2


def refused_settings(command: Sequence[str]) -> bool:
    """Return whether `command` was understood: argparse is content, and only the settings are wrong."""
    done = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, "QUESTLOG_SINK": "nowhere"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == WRONG_SETTINGS, done.stderr
    return "usage:" not in done.stderr and "QUESTLOG_SINK" in done.stderr
