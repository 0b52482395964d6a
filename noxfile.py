"""Every command of the project. `nox -l` lists them; arguments go behind `--`.

All sessions share one environment, `.nox/questlog`, so that the second command installs nothing. nox itself
makes an environment a session, so the sessions here have none and run the shared one's Python.
"""

import hashlib
import os
import shutil
import sys
import venv
from pathlib import Path

import nox

nox.options.sessions = ["demo"]
nox.options.default_venv_backend = "none"

ENVIRONMENT = Path(".nox", "questlog")
BIN = "Scripts" if os.name == "nt" else "bin"
PACKAGES = ("codegen", "sdk", "api", "warehouse")
EDITABLE = [
    word
    for package in ("codegen", "sdk", "api[otel,redis]", "warehouse[local]")
    for word in ("-e", f"./{package}")
]
QUIET = ("--quiet", "--disable-pip-version-check")
CONSTRAINTS = Path("constraints.txt")
INSTALLED_FROM = [
    CONSTRAINTS,
    Path("pyproject.toml"),
    *(Path(package, "pyproject.toml") for package in PACKAGES),
]


def run(session: nox.Session, *command: str) -> None:
    """Run Python from the shared environment, which is made and filled first where it is not."""
    install(session)
    session.run(str(ENVIRONMENT / BIN / "python"), *command, external=True)


def install(session: nox.Session) -> None:
    """Install packages and tools, once for every state of the files that name them."""
    wanted = sys.version + hashlib.sha256(b"".join(path.read_bytes() for path in INSTALLED_FROM)).hexdigest()
    stamp = ENVIRONMENT / "installed-from"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    session.log("Installing everything once (about 600 MB, a minute or two); later sessions reuse it.")
    install_into(session, ENVIRONMENT, "--constraint", str(CONSTRAINTS))
    stamp.write_text(wanted)


def install_into(session: nox.Session, environment: Path, *options: str) -> None:
    """Make an environment with everything; the build backend first, so that no isolated build fetches one."""
    shutil.rmtree(environment, ignore_errors=True)
    venv.create(environment, with_pip=True)
    groups = nox.project.load_toml("pyproject.toml")["dependency-groups"]
    tools = [requirement for group in groups.values() for requirement in group]
    pip = [str(environment / BIN / "python"), "-m", "pip", "install", *QUIET, *options]
    session.run(*pip, *groups["build"], external=True)
    session.run(*pip, "--no-build-isolation", *tools, *EDITABLE, external=True)


@nox.session
def demo(session: nox.Session) -> None:
    """Run the whole pipeline on this machine and check its books: `-- --events N`, `-- --json`."""
    run(session, "-m", "tests.pipeline.demo", *session.posargs)


@nox.session
def serve(session: nox.Session) -> None:
    """Keep the demo's set-up running and print a curl line that works; Ctrl-C stops it."""
    run(session, "-m", "tests.pipeline.serve", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests; arguments go to pytest."""
    run(session, "-m", "pytest", *session.posargs)


@nox.session
def contract(session: nox.Session) -> None:
    """Fuzz the API over HTTP with schemathesis, deeper than `tests`: `-- --examples N`, `-- --seed N`."""
    run(session, "-m", "tests.contract.deep", *session.posargs)


@nox.session
def codegen(session: nox.Session) -> None:
    """Generate everything from `schemas/`: `-- --check`, `--watch`, `--markdown`; `-- --help` has more."""
    run(session, "-m", "questlog_codegen", *session.posargs)


@nox.session
def new(session: nox.Session) -> None:
    """Write a new event that lints, with examples: `-- level_complete level:integer 'seconds:number?'`."""
    run(session, "-m", "questlog_codegen", "new", *session.posargs)


@nox.session
def release(session: nox.Session) -> None:
    """Freeze the drafts of contracts and migrations for good; shows them and asks first: `-- --yes`."""
    run(session, "-m", "questlog_codegen", "release", *session.posargs)


@nox.session
def agreement(session: nox.Session) -> None:
    """Let three validators judge random values of random schemas: `-- --schemas N`, `-- --seed N`."""
    run(session, "-m", "tests.schemas.agreement", *session.posargs)


@nox.session
def laws(session: nox.Session) -> None:
    """Try the warehouse's laws at length: `-- agreement --count N`, `-- money`; both without arguments."""
    run(session, "-m", "tests.warehouse.laws", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Feed mutated and random JSON to loader and linter: `-- --count N`, `-- --seed N`."""
    run(session, "-m", "tests.codegen.fuzz", *session.posargs)


@nox.session
def corpus(session: nox.Session) -> None:
    """Give a folder of foreign JSON Schemas to the compiler: `-- PATH`."""
    run(session, "-m", "tests.codegen.corpus", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure: `-- codegen`, `-- ingest`, `-- sdk`, `-- warehouse`; options go behind: `-- ingest --help`."""
    run(session, "-m", "tests.bench", *session.posargs)


@nox.session
def chaos(session: nox.Session) -> None:
    """Kill the service while Firehose fails, and look for lost events: `-- --kills N`, `-- --seed N`."""
    run(session, "-m", "tests.chaos", *session.posargs)


@nox.session
def overload(session: nox.Session) -> None:
    """Send the service ten times what it can take, and watch its memory: `-- --seconds 60`."""
    run(session, "-m", "tests.chaos.overload", *session.posargs)


@nox.session
def hostile(session: nox.Session) -> None:
    """Send what nobody should: broken HTTP, JSON and gzip: `-- --requests N`, `-- --seed N`."""
    run(session, "-m", "tests.hostile", *session.posargs)


@nox.session
def seeded(session: nox.Session) -> None:
    """Break the code in known ways, one at a time, and let the tests find out: `-- --only NAME`."""
    run(session, "-m", "tests.seeded", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, security (ruff's bandit rules) and types: ruff, mypy --strict."""
    run(session, "-m", "ruff", "check", ".")
    run(session, "-m", "ruff", "format", "--check", ".")
    run(
        session,
        "-m",
        "mypy",
        *(f"{package}/src" for package in PACKAGES),
        "api/deploy",
        "tests",
        "noxfile.py",
    )


@nox.session
def audit(session: nox.Session) -> None:
    """Look the pinned versions up among the known vulnerabilities; needs a network."""
    install(session)
    environment = Path(".nox", "audit")
    venv.create(environment, with_pip=True)
    python = str(environment / BIN / "python")
    session.run(python, "-m", "pip", "install", *QUIET, "pip-audit", external=True)
    session.run(
        python, "-m", "pip_audit", "--no-deps", "-r", str(CONSTRAINTS), *session.posargs, external=True
    )


@nox.session
def pin(session: nox.Session) -> None:
    """Resolve everything afresh and write the exact versions to constraints.txt."""
    fresh = Path(".nox", "pin")
    install_into(session, fresh)
    command = [str(fresh / BIN / "python"), "-m", "pip", "freeze", "--exclude-editable"]
    frozen = session.run(*command, external=True, silent=True)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    header = f"# Exact versions of everything, written by `nox -s pin` on Python {python}.\n"
    CONSTRAINTS.write_text(f"{header}{frozen}", encoding="utf-8")
