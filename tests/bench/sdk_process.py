"""A process that uses an SDK, on one processor: it says a line when it has done something, and waits."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from tests.bench.ingest_servers import LOAD_CPU
from tests.bench.sdk_install import ENVIRONMENT, SOURCES, Sdk
from tests.load import processes
from tests.repository import ROOT

_END_SECONDS = 15.0
_ERROR_BYTES = 2000


class Client:
    """The process of an SDK; what it writes to stderr is kept in `errors`."""

    def __init__(self, name: str, process: "subprocess.Popen[str]", errors: IO[bytes]) -> None:
        self._name = name
        self._process = process
        self._errors = errors

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def line(self) -> str:
        """Wait for what it says next; "" when it has ended."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def expect(self, word: str) -> str:
        """Wait for a line that starts with `word`, and return the rest, as `check` does."""
        return self.check(self.line(), word)

    def check(self, said: str, word: str) -> str:
        """Return what stands behind `word` in what was `said`.

        Raises:
            RuntimeError: when it said anything else, or has ended; with the end of its errors.
        """
        if not said.startswith(word):
            self._errors.seek(max(0, self._errors.seek(0, 2) - _ERROR_BYTES))
            errors = self._errors.read().decode(errors="replace")
            raise RuntimeError(f"{self._name} said {said!r} instead of {word!r}; its errors:\n{errors}")
        return said.removeprefix(word)

    def go_on(self) -> None:
        """Let it go on."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def wait(self) -> None:
        """Wait until it has ended."""
        self._process.wait()

    @contextmanager
    def killed_after(self, seconds: float) -> Iterator[threading.Event]:
        """Kill it when this takes longer; the event is set then."""
        over = threading.Event()
        timer = threading.Timer(seconds, self._kill, [over])
        timer.start()
        try:
            yield over
        finally:
            timer.cancel()

    def _kill(self, over: threading.Event) -> None:
        over.set()
        self._process.kill()


@contextmanager
def client(sdk: Sdk, what: str, url: str, *numbers: int) -> Iterator[Client]:
    """Start `python -m tests.bench.sdk_peers` with these words, and end it, by force after 15 s."""
    # Beside the environments, not where temporary files are: those may be in memory, and never meet a disk.
    ENVIRONMENT.parent.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="sdk-bench-", dir=ENVIRONMENT.parent) as folder,
        tempfile.TemporaryFile() as errors,
    ):
        words = ["-m", "tests.bench.sdk_peers", what, sdk.name, url, folder, *map(str, numbers)]
        with started(sdk, *words, errors=errors) as process:
            yield Client(sdk.name, process, errors)


@contextmanager
def started(sdk: Sdk, *words: str, errors: IO[bytes] | None = None) -> Iterator["subprocess.Popen[str]"]:
    """Start the SDK's interpreter with these words, and end it: stdin is closed, and by force after 15 s."""
    with processes.on(LOAD_CPU):
        process = subprocess.Popen(
            [sdk.python, *words],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(SOURCES)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    with process:
        try:
            yield process
        finally:
            _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
