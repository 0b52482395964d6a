"""Seeds bugs into copies of the repository, one at a time, and sees which test fails first."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from time import monotonic

from tests.seeded.bug import Bug

SECONDS = 120.0
"""Seconds after which tests count as hanging. Nobody is told what is wrong by tests that hang: no catch."""

_ALL_PASSED, _SOME_FAILED = 0, 1  # https://docs.pytest.org/en/stable/reference/exit-codes.html
_PACKAGES = ("codegen", "sdk", "api", "warehouse")
# Only the plugins that these tests need: loading all of them takes longer than most of the tests.
_PLUGINS = ("-p", "anyio.pytest_plugin", "-p", "xdist.plugin", "-p", "no:cacheprovider")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+?(?:\[.*?\])?)(?: - .*)?$", re.MULTILINE)


class NotRunError(Exception):
    """Tests could not be run, which is no catch: a bug that breaks an import says nothing about the tests."""


@dataclass(frozen=True)
class Outcome:
    """What became of a bug; `caught_by` is the id of the test that failed first, None when it survived."""

    bug: Bug
    caught_by: str | None
    seconds: float


def hunt(
    bugs: Sequence[Bug], copies: Sequence[Path], tell: Callable[[Outcome], None], seconds: float = SECONDS
) -> list[Outcome]:
    """Seed each of `bugs` into one of `copies`, which end as they were; return the outcomes in order.

    Raises:
        StaleBugError: when a bug does not fit the source any more.
        NotRunError: when its tests cannot be run.
    """
    free: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def hunted(bug: Bug) -> Outcome:
        copy = free.get()
        try:
            outcome = _hunted(bug, copy, seconds)
        finally:
            free.put(copy)
        tell(outcome)
        return outcome

    with ThreadPoolExecutor(len(copies)) as threads:
        return list(threads.map(hunted, bugs))


def first_failure(copy: Path, tests: Sequence[str], seconds: float = SECONDS, *options: str) -> str | None:
    """Run `tests` in `copy`; return the id of the first one to fail, None if none does.

    Raises:
        NotRunError: when there are none, or they cannot be imported.
        TimeoutExpired: when they take longer than `seconds`.
    """
    how = options or ("-n0", "-x")
    command = [sys.executable, "-m", "pytest", *how, *_PLUGINS, "--tb=no", "-rfE", *tests]
    status, text = _run(command, copy, seconds)
    failed = _FAILED.search(text)
    if status == _SOME_FAILED and failed is not None:
        return failed[1]
    if status == _ALL_PASSED:
        return None
    raise NotRunError(f"{' '.join(tests)} in {copy}: pytest ended with {status}:\n{text[-2000:]}")


def failure_without_bug(copy: Path, bugs: Sequence[Bug], at_once: int) -> str | None:
    """Run all hunters of `bugs`, so many files at once; return one that fails anyway, None if none does."""
    tests = {test for bug in bugs for test in bug.hunters}
    once = sorted(test for test in tests if "::" not in test or test.partition("::")[0] not in tests)
    return first_failure(copy, once, len(bugs) * SECONDS, f"-n{at_once}", "--dist=loadfile")


def _hunted(bug: Bug, copy: Path, seconds: float) -> Outcome:
    begin = monotonic()
    with _seeded(bug, copy):
        try:
            caught_by = _catcher(copy, bug.hunters, seconds)
        except subprocess.TimeoutExpired:
            caught_by = None
    return Outcome(bug, caught_by, monotonic() - begin)


def _catcher(copy: Path, tests: Sequence[str], seconds: float) -> str | None:
    """Return the id of the first test that fails and, asked alone, fails again: once may be chance."""
    by_chance: list[str] = []
    while True:
        failed = first_failure(copy, [*tests, *(f"--deselect={test}" for test in by_chance)], seconds)
        if failed is None or first_failure(copy, [failed], seconds) is not None:
            return failed
        by_chance.append(failed)


@contextmanager
def _seeded(bug: Bug, copy: Path) -> Iterator[None]:
    file = copy / bug.file
    sound = file.read_text(encoding="utf-8")
    file.write_text(bug.seeded_in(sound), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(sound, encoding="utf-8")


def _run(command: Sequence[str], copy: Path, seconds: float) -> tuple[int, str]:
    """Return the exit status and all that was printed; whatever the tests have started ends with them."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(str(copy / package / "src") for package in _PACKAGES),
        # A bug may be as long as what it replaces, and within the same second: caches would not see it.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    out = subprocess.PIPE
    with subprocess.Popen(
        command,
        cwd=copy,
        env=environment,
        stdout=out,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            text, _ = process.communicate(timeout=seconds)
        finally:
            _end_group(process.pid)
    return process.returncode, text


def _end_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
