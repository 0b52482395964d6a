"""Bugs of what sends refused events again after a fix."""

from tests.seeded.bug import Bug

_REPLAY = "api/src/questlog_api/replay/replay.py"
_FILES = "api/src/questlog_api/replay/reject_files.py"
_SPOOL_REPLAY = "api/src/questlog_api/replay/spool_files.py"
_COMMAND = "api/src/questlog_api/commands/replay.py"

BUGS = (
    Bug(
        "replayed events have a new time of arrival, and the dedupe does not find the first copy",
        _REPLAY,
        "await self._accept(name, arrival.accepted(text))",
        'arrival = arrival._replace(received_at="2026-11-24T00:00:00.000Z")\n'
        "            await self._accept(name, arrival.accepted(text))",
    ),
    Bug(
        "what is still refused is lost",
        _REPLAY,
        "            self._leave(arrival.rejected(refusal, Payload.of(event, text)))\n",
        "",
    ),
    Bug(
        "the last events of a replay are never sent",
        _REPLAY,
        "            await self._flush()\n        except SinkUnavailable",
        "        except SinkUnavailable",
    ),
    Bug(
        "events that the sink did not take are told as replayed",
        _REPLAY,
        "self._report.undelivered = len(self._waiting)",
        "self._report.undelivered = 0",
    ),
    Bug(
        "a replay of one game sends all games",
        _REPLAY,
        "self.game in {None, reject.arrival.game_id}\n            and ",
        "",
    ),
    Bug(
        "an event too large for the service is accepted by the replay",
        _REPLAY,
        "if len(text) > self._max_event_bytes:",
        "if len(text) > 1000 * self._max_event_bytes:",
    ),
    Bug(
        "a replay takes all of Firehose's quota from new events",
        _REPLAY,
        "            await asyncio.sleep(max(0.0, self._free_at - monotonic()))\n",
        "",
    ),
    Bug(
        "a payload that was cut is told as broken by whoever made the line",
        _FILES,
        "(self.size is None or self.size > len(self.payload.encode()))",
        "self.size is None",
    ),
    Bug(
        "of a gzip file only the first member is read",
        _FILES,
        "return cast(BinaryIO, gzip.open(file)) if packed else file",
        "return io.BytesIO(zlib.decompressobj(31).decompress(file.read())) if packed else file",
    ),
    Bug(
        "lines are gone from a dead process's spool before Firehose has them",
        _SPOOL_REPLAY,
        "        await outlet.send(stream, rows.lines)\n        file.remove(rows)\n",
        "        file.remove(rows)\n        await outlet.send(stream, rows.lines)\n",
    ),
    Bug(
        "a dry run sends",
        _COMMAND,
        "    if options.dry_run:\n        yield Outlet(None, rate)\n        return\n",
        "",
    ),
    Bug(
        "a replay overwrites the only copy of what was left by the one before",
        _COMMAND,
        "os.O_WRONLY | os.O_CREAT | os.O_EXCL",
        "os.O_WRONLY | os.O_CREAT | os.O_TRUNC",
    ),
    Bug(
        "payloads that may be personal are readable by everybody on the machine",
        _COMMAND,
        "os.O_EXCL, 0o600",
        "os.O_EXCL, 0o644",
    ),
    Bug(
        "a replay that left something ends as if it were complete",
        _COMMAND,
        "return 0 if report.is_complete else _LEFT",
        "return 0",
    ),
)
