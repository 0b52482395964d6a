"""Sends what a process that will not come back left in its spool. Its lines were judged when they came."""

import sqlite3
from pathlib import Path

from questlog_api.replay.replay import Outlet
from questlog_api.replay.report import Report
from questlog_api.sinks import SinkUnavailable, Stream
from questlog_api.sinks.spool_damage import finished_save, sound_rows
from questlog_api.sinks.spool_file import SpoolFile

_MAGIC = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html#the_database_header


def is_spool(path: Path) -> bool:
    """Tell whether `path` is a file of SQLite.

    Raises:
        OSError: when it cannot be read.
    """
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


async def replay_spool(path: Path, max_bytes: int, outlet: Outlet, report: Report) -> None:
    """Send the lines of the spool `path` and remove what is stored; for a dry outlet, only count them.

    Events go first. It ends early when the sink fails or the report says stopped. A row that is stored, and
    not removed because this process dies, is sent again by the next replay. Counting changes no file.
    """
    report.place = str(path)
    if outlet.is_dry:
        _count(path, report)
        return
    try:
        file = SpoolFile(path, max_bytes)
    except SinkUnavailable as error:
        report.unreadable.append(str(error))
        return
    try:
        for stream in Stream:
            await _send(file, stream, outlet, report)
    except SinkUnavailable as error:
        report.stopped = str(error)
    finally:
        file.close()


async def _send(file: SpoolFile, stream: Stream, outlet: Outlet, report: Report) -> None:
    while report.stopped is None and (rows := file.oldest(stream, outlet.bytes_at_once)):
        await outlet.send(stream, rows.lines)
        file.remove(rows)
        report.sent[stream.value] += len(rows.lines)


def _count(path: Path, report: Report) -> None:
    saved = finished_save(path)
    try:
        for _, stream, _, lines, *_ in sound_rows(saved if saved.exists() else path):
            report.sent[stream] += lines
    except sqlite3.Error:
        report.unreadable.append(f"the spool {path}: another process uses it")
