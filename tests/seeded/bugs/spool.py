"""Bugs of the spool, which acknowledges on its own what Firehose does not take."""

from tests.seeded.bug import Bug

_SPOOL = "api/src/questlog_api/sinks/spool.py"
_ROWS = "api/src/questlog_api/sinks/spool_rows.py"
_FILE = "api/src/questlog_api/sinks/spool_file.py"
_SPOOLS = ("tests/api/sinks/test_spool.py", "tests/api/sinks/test_spool_file.py")

BUGS = (
    Bug(
        "a power cut takes what was acknowledged: commits are not synced",
        _FILE,
        '"synchronous = FULL"',
        '"synchronous = OFF"',
    ),
    Bug(
        "two processes use one spool, and everything is sent twice",
        _FILE,
        '"locking_mode = EXCLUSIVE", ',
        "",
    ),
    Bug(
        "the newest lines are sent first, and in a long outage the oldest never",
        _FILE,
        'damaged = 0 ORDER BY number"\n_OLDEST =',
        'damaged = 0 ORDER BY number DESC"\n_OLDEST =',
    ),
    Bug(
        "the spool fills the disk",
        _FILE,
        "        self._expect_room_for(stream, size)\n        rows",
        "        rows",
    ),
    Bug(
        "a flood of rejects fills the spool",
        _FILE,
        "max_bytes // _REJECTS_SHARE",
        "max_bytes",
    ),
    Bug(
        "a damaged row stops everything behind it",
        _FILE,
        'db.execute("UPDATE spool SET damaged = 1 WHERE number = ?", [number])',
        "return None",
    ),
    Bug(
        "what the disk has changed is sent as it is",
        _FILE,
        "if is_sound(content, checksum):",
        "if content is not None:",
    ),
    Bug(
        "after a restart the spool counts as empty, and may grow to twice its size",
        _FILE,
        "return {stream: found.get(stream, Share()) for stream in Stream}",
        "return {stream: Share() for stream in Stream if found is not None}",
    ),
    Bug(
        "a damaged file is thrown away with all that could be read of it",
        _FILE,
        "db.executemany(_SAVED, sound_rows(path)).rowcount",
        "db.executemany(_SAVED, ()).rowcount",
    ),
    Bug(
        "a damaged file is not seen before its rows are needed",
        _FILE,
        'if verdict != "ok":',
        "if not verdict:",
    ),
    Bug(
        "a full disk looks like a broken one to the operator",
        _FILE,
        "Cause.SPOOL_FULL if full else Cause.SPOOL_BROKEN",
        "Cause.SPOOL_BROKEN",
    ),
    Bug(
        "lines of a large put are one row, and the replay is not paced",
        _ROWS,
        "if chunk and size + len(line) > MOST_BYTES:",
        "if chunk and size + len(line) > 1000 * MOST_BYTES:",
        _SPOOLS,
    ),
    Bug(
        "the file keeps its size after an outage",
        _FILE,
        '            self._db.execute("VACUUM")\n',
        "            pass\n",
    ),
    Bug(
        "lines are gone from the spool before Firehose has them",
        _SPOOL,
        "        lines = rows.lines\n        await self._sink.put",
        "        lines = rows.lines\n        await self._forget(rows)\n        await self._sink.put",
    ),
    Bug(
        "lines are acknowledged before they are on the disk",
        _SPOOL,
        "            await self._run(lambda file: file.append(stream, left))\n",
        "            progress.complete()\n"
        "            await self._run(lambda file: file.append(stream, left))\n",
    ),
    Bug(
        "what Firehose took is spooled as well, and sent twice",
        _SPOOL,
        "[line for index, line in enumerate(lines) if not progress.has(index)]",
        "list(lines)",
    ),
    Bug(
        "spooled rejects are never sent",
        _SPOOL,
        "asyncio.create_task(self._replay(stream)) for stream in Stream]",
        "asyncio.create_task(self._replay(stream)) for stream in [Stream.EVENTS]]",
    ),
    Bug(
        "what was spooled before a restart waits for the next outage",
        _SPOOL,
        "        while True:\n            try:\n                await self._replay_next",
        "        await self._wakes[stream].wait()\n"
        "        while True:\n            try:\n                await self._replay_next",
    ),
    Bug(
        "the replay ends with the first failure, until a restart",
        _SPOOL,
        "            await asyncio.sleep(self._settings.breaker_seconds)\n",
        "            return\n",
    ),
    Bug(
        "the replay takes all of Firehose's quota from new events",
        _SPOOL,
        "        await self._pace.free()\n",
        "",
    ),
    Bug(
        "events wait for Firehose as long as without a spool",
        _SPOOL,
        "patience = min(deadline, monotonic() + self._settings.spool_after_seconds)",
        "patience = deadline",
    ),
    Bug(
        "a spool that failed once is never used again",
        _SPOOL,
        "        if self._file is None:\n            self._try_open()\n        if self._file is None:\n",
        "        if self._file is None:\n",
    ),
    Bug(
        "a full spool says that it is ready",
        _SPOOL,
        "            await self._run(lambda file: file.expect_room())\n",
        "",
    ),
    Bug(
        "a service without its spool says that all is well",
        _SPOOL,
        "return Health.OK if self._file else Health.WITHOUT_SPOOL",
        "return Health.OK",
    ),
    Bug(
        "the age of what waits is not told, so that no alert comes",
        _SPOOL,
        "time() - min(oldest) if oldest else 0",
        "0",
    ),
)
