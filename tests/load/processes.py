"""Starts the tools for load as processes of their own, and keeps them on one processor."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.repository import ROOT

_STOP_SECONDS = 10


def command(module: str, options: Mapping[str, object], *arguments: str) -> list[str]:
    """Return what starts `module` with `options`; those that are None are left out, and True is a switch."""
    words = [sys.executable, "-m", module, *arguments]
    for name, value in options.items():
        if value is not None and value is not False:
            words += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
    return words


@contextmanager
def started(
    module: str, options: Mapping[str, object], *arguments: str
) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Start `module`, give its process and the first line it prints, and stop it in the end."""
    with subprocess.Popen(
        command(module, options, *arguments), cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline().strip()
            if not line:
                raise RuntimeError(f"{module} ended before it was ready; its errors stand above")
            yield process, line
        finally:
            stop(process)


def stop(process: "subprocess.Popen[str]") -> None:
    """End `process`, by force when it takes longer than 10 s."""
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def pin(cpu: int | None, pid: int = 0) -> None:
    """Keep a process, this one for 0, on one processor, where the system can; None leaves it free."""
    if cpu is not None and sys.platform == "linux":
        os.sched_setaffinity(pid, {cpu})


@contextmanager
def on(cpu: int | None) -> Iterator[None]:
    """Keep this process on one processor meanwhile; None leaves it free."""
    if cpu is None or sys.platform != "linux":
        yield
        return
    before = os.sched_getaffinity(0)
    pin(cpu)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
