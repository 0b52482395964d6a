"""Sends what a process that will not come back left in its spool. Its lines were judged when they came."""

from pathlib import Path

from questlog_api.replay import Outlet
from questlog_api.replay_report import Report
from questlog_api.sinks import SinkUnavailable, Stream
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
    """Send the lines of the spool `path` and remove what is stored; from a dry outlet, only count them.

    Events go first. It ends early when the sink fails or the report says stopped. A row that is stored, and
    not removed because this process dies, is sent again by the next replay.
    """
    report.place = str(path)
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
    if outlet.is_dry:
        report.sent[stream.value] += file.shares[stream].lines
        return
    while report.stopped is None and (row := file.oldest(stream)):
        await outlet.send(stream, row.lines)
        file.remove(row)
        report.sent[stream.value] += len(row.lines)
