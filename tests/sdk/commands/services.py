"""What may listen where an API should be, and files to give to the commands."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from questlog.__main__ import main
from questlog.testing._http import LoopbackServer, Request
from questlog.testing._replies import Reply

KEY = "fake-write-key"


@contextmanager
def listening(respond: Callable[[Request], Reply | None]) -> Iterator[str]:
    """Answer on a free port of this machine; yield the URL."""
    server = LoopbackServer(respond)
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.stop()


def replying(status: HTTPStatus, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
    """Always the same answer."""
    return lambda _: Reply(status, json.dumps(body).encode(), headers or {})


def run(*arguments: str | Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Run a command; return its status, and what it printed for scripts and for people."""
    try:
        status = main([str(argument) for argument in arguments])
    except SystemExit as error:  # of argparse
        status = int(error.code or 0)
    printed = capsys.readouterr()
    assert KEY not in printed.out + printed.err
    return status, printed.out, printed.err
