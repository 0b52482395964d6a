import errno
import logging
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import time

import pytest

from questlog_api.sinks import Cause, SinkUnavailable, Stream, spool_file
from questlog_api.sinks.spool_file import Row, Share, SpoolFile

MANY = 10**9
EVENTS, REJECTS = Stream.EVENTS, Stream.REJECTS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spool.sqlite"


@contextmanager
def opened(path: Path, max_bytes: int = MANY) -> Iterator[SpoolFile]:
    file = SpoolFile(path, max_bytes)
    try:
        yield file
    finally:
        file.close()


def drain(file: SpoolFile, stream: Stream = EVENTS) -> list[bytes]:
    """All lines of a stream, oldest first; they are removed."""
    lines = []
    while row := file.oldest(stream):
        lines += row.lines
        file.remove(row)
    return lines


def drained(path: Path, stream: Stream = EVENTS) -> list[bytes]:
    with opened(path) as file:
        return drain(file, stream)


def filled(path: Path, *writes: list[bytes]) -> None:
    with opened(path) as file:
        for lines in writes:
            file.append(EVENTS, lines)


def lines_of(number: int, count: int = 3) -> list[bytes]:
    return [b'{"number":%d,"line":%d}\n' % (number, line) for line in range(count)]


def test_what_is_written_is_there_in_the_order_of_writing() -> None:
    pass
