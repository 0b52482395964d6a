"""The SDKs that are compared, and the environment that the peers are installed into, each once."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.repository import ROOT

ENVIRONMENT = ROOT / ".nox" / "sdk-peers"
_PYTHON = Path("Scripts", "python.exe") if os.name == "nt" else Path("bin", "python")
_PIP = ("--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "15")


@dataclass(frozen=True, slots=True)
class Sdk:
    """An SDK: a module of `tests.bench.sdk_peers` has its name, `module` is what its users import.

    `requirement` is what pip installs; of the one that is run from its sources here, what it needs.
    """

    name: str
    module: str
    requirement: str

    @property
    def python(self) -> str:
        """The interpreter that can import it, of the same version for all."""
        # In this environment httpx finds packages for its command line, which a game does not have.
        there = (ENVIRONMENT / f"installed-{self.name}").is_file()
        return str(ENVIRONMENT / _PYTHON) if there else sys.executable


QUESTLOG = Sdk("questlog", "questlog", "httpx==0.28.1")
PLAYERS = Sdk("questlog_players", "questlog", QUESTLOG.requirement)
"""Questlog in a game server."""
SOURCES = ROOT / "sdk" / "src"
PEERS = (
    Sdk("segment", "segment.analytics", "segment-analytics-python==2.4.0"),
    Sdk("rudder", "rudderstack.analytics", "rudder-sdk-python==2.1.9"),
    Sdk("posthog", "posthog", "posthog==7.91.1"),
    Sdk("snowplow", "snowplow_tracker", "snowplow-tracker==1.1.0"),
    Sdk("amplitude", "amplitude", "amplitude-analytics==1.3.0"),
    Sdk("mixpanel", "mixpanel", "mixpanel==5.4.1"),
)


def install(
    sdks: Iterable[Sdk], environment: Path = ENVIRONMENT, options: Iterable[str] = ()
) -> dict[str, str]:
    """Install the SDKs that are not yet there.

    Args:
        sdks: What to install.
        environment: Where; made anew when it is another Python's.
        options: More of pip's.

    Returns:
        Why, by name, for each that cannot be installed.
    """
    _make(environment)
    failures = {sdk.name: _install(sdk, environment, options) for sdk in sdks}
    return {name: failure for name, failure in failures.items() if failure}


def _make(environment: Path) -> None:
    made_by = environment / "made-by"
    if made_by.is_file() and made_by.read_text(encoding="utf-8") == sys.version:
        return
    shutil.rmtree(environment, ignore_errors=True)
    venv.create(environment)
    made_by.write_text(sys.version, encoding="utf-8")


def _install(sdk: Sdk, environment: Path, options: Iterable[str]) -> str:
    """Return the end of pip's complaint; "" when it has none, or nothing to do."""
    stamp = environment / f"installed-{sdk.name}"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == sdk.requirement:
        return ""
    pip = [sys.executable, "-m", "pip", "--python", str(environment / _PYTHON), "install", *_PIP, *options]
    done = subprocess.run([*pip, sdk.requirement], check=False, capture_output=True, text=True)
    if done.returncode == 0:
        stamp.write_text(sdk.requirement, encoding="utf-8")
        return ""
    return (done.stderr.strip().splitlines() or [f"pip ended with {done.returncode}"])[-1]
