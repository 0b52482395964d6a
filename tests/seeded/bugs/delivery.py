"""Bugs of delivery: group commit, packing, Firehose, the breaker."""

from tests.seeded.bug import Bug

_DELIVERY = "api/src/questlog_api/delivery.py"
_PACKING = "api/src/questlog_api/sinks/packing.py"
_FIREHOSE = "api/src/questlog_api/sinks/firehose.py"
_CLIENT = "api/src/questlog_api/sinks/client.py"
_BREAKER = "api/src/questlog_api/sinks/breaker.py"
_READINESS = "api/src/questlog_api/sinks/readiness.py"
_MEMORY = "api/src/questlog_api/sinks/memory.py"
_PUT = ("tests/api/sinks/test_firehose.py",)

BUGS = (
    Bug(
        "a request is answered when some of its lines are durable",
        _DELIVERY,
        "parcel.left -= end - start",
        "parcel.left = 0",
    ),
    Bug(
        "a put that fails acknowledges all that shared it",
        _DELIVERY,
        "parcel.done.set_exception(error)",
        "parcel.done.set_result(None)",
    ),
    Bug(
        "only the first request of a failed put hears of it, the others wait for ever",
        _DELIVERY,
        "            for parcel in group:\n                _fail(parcel, error)\n",
        "            _fail(group[0], error)\n",
    ),
    Bug(
        "lines that are durable are taken for those of the request before",
        _DELIVERY,
        "bisect_right(self._starts, start) - 1",
        "max(0, bisect_right(self._starts, start) - 2)",
    ),
    Bug(
        "the lines of requests change places in a put, and the wrong one is acknowledged",
        _DELIVERY,
        "for parcel in group for line in parcel.lines",
        "for parcel in reversed(group) for line in parcel.lines",
    ),
    Bug(
        "a client that leaves breaks the put for all that share it",
        _DELIVERY,
        "if parcel.left == 0 and not parcel.done.done():",
        "if parcel.left == 0:",
    ),
    Bug(
        "a client that leaves stops the others from hearing of a failure",
        _DELIVERY,
        "    if not parcel.done.done():\n        parcel.done.set_exception(error)",
        "    if True:\n        parcel.done.set_exception(error)",
    ),
    Bug(
        "the bytes that wait only grow, in the metrics",
        _DELIVERY,
        "            self.waiting_bytes -= parcel.size\n",
        "",
    ),
    Bug(
        "puts are without limit, and each waits longer than its signature is valid",
        _DELIVERY,
        "if len(self._puts) == self._puts_at_once:",
        "if len(self._puts) == 1000 * self._puts_at_once:",
    ),
    Bug(
        "what waits while a put is under way is forgotten after it",
        _DELIVERY,
        "        self._start_soon(put.get_loop())\n",
        "",
    ),
    Bug(
        "a put takes more than one call to Firehose, and all wait for the last",
        _DELIVERY,
        "(lines + parcel.left > GROUP_LINES or size + parcel.size > GROUP_BYTES)",
        "(lines > GROUP_LINES or size > GROUP_BYTES)",
    ),
    Bug(
        "a put is tried as long as its youngest request may wait",
        _DELIVERY,
        "group[0].deadline",
        "group[-1].deadline",
    ),
    Bug(
        "a request that has waited too long is put all the same, after its client gave up",
        _DELIVERY,
        "if monotonic() >= parcel.deadline:",
        "if monotonic() >= parcel.deadline + 1000:",
    ),
    Bug(
        "each request has a put of its own, and Firehose throttles",
        _DELIVERY,
        "return self._waiting_lines >= _WORTH_LINES or",
        "return self._waiting_lines >= 1 or",
    ),
    Bug(
        "an error that nobody expected leaves the requests waiting for ever",
        _DELIVERY,
        "except Exception as error:",
        "except SinkUnavailable as error:",
    ),
    Bug(
        "a record is larger than Firehose takes",
        _PACKING,
        "RECORD_BYTES = 1000 * 1024",
        "RECORD_BYTES = 1024 * 1024",
    ),
    Bug(
        "a call has more records than Firehose takes",
        _PACKING,
        "CALL_RECORDS = 500",
        "CALL_RECORDS = 501",
    ),
    Bug(
        "a call is larger than Firehose takes, once it is in base64",
        _PACKING,
        "CALL_BYTES = 3 * 1024 * 1024",
        "CALL_BYTES = 4 * 1024 * 1024",
    ),
    Bug(
        "a record of many lines acknowledges only the first",
        _PACKING,
        'yield Record(b"".join(lines[start:stop]), start, stop)',
        'yield Record(b"".join(lines[start:stop]), start, start + 1)',
    ),
    Bug(
        "a gzip member is not closed, and nobody can read what follows it",
        _PACKING,
        "return igzip.compress(content, compresslevel=1)",
        "return igzip.compress(content, compresslevel=1)[:-8]",
    ),
    Bug(
        "records that failed are dropped",
        _FIREHOSE,
        "            if not failed:\n                return\n",
        "            if len(failed) < len(records):\n                return\n",
        _PUT,
    ),
    Bug(
        "records that failed are acknowledged",
        _FIREHOSE,
        "                if reason is None:\n                    stored(record.start, record.stop)\n",
        "                stored(record.start, record.stop)\n                if reason is None:\n"
        "                    pass\n",
        _PUT,
    ),
    Bug(
        "all records are sent again when one failed, and each throttling makes copies of everything",
        _FIREHOSE,
        "            records = [record for record, _ in failed]\n",
        "",
        _PUT,
    ),
    Bug(
        "the results are read in the wrong order, and the wrong records are sent again",
        _FIREHOSE,
        "zip(records, await self._call(stream, records, deadline), strict=True)",
        "zip(records, reversed(await self._call(stream, records, deadline)), strict=True)",
        _PUT,
    ),
    Bug(
        "retries have no end",
        _FIREHOSE,
        "if monotonic() + seconds > deadline:",
        "if monotonic() + seconds > deadline + 1000:",
        _PUT,
    ),
    Bug(
        "a delivery that waited its time for a connection makes its call all the same",
        _FIREHOSE,
        "        if monotonic() >= deadline:\n",
        "        if monotonic() >= deadline + 1000:\n",
        _PUT,
    ),
    Bug(
        "rejects go to the stream of events",
        _FIREHOSE,
        "Stream.REJECTS: settings.rejects_stream",
        "Stream.REJECTS: settings.events_stream",
        ("tests/api/sinks/test_sinks.py",),
    ),
    Bug(
        "what a put takes is not counted when it fails",
        _FIREHOSE,
        'outcome = "ok" if taken == len(reasons) else "partial" if taken else "failed"',
        'outcome = "ok"',
        _PUT,
    ),
    Bug(
        "a call without an exception is a success: FailedPutCount is not looked at",
        _CLIENT,
        'return [None if r.get("RecordId") else r.get("ErrorCode", _NOT_FIREHOSE) for r in results]',
        "return [None for r in results]",
        _PUT,
    ),
    Bug(
        "a record without an id and without an error counts as taken",
        _CLIENT,
        'None if r.get("RecordId") else r.get("ErrorCode", _NOT_FIREHOSE) for r',
        'r.get("ErrorCode") for r',
        _PUT,
    ),
    Bug(
        "a stranger's answer is taken for Firehose's",
        _CLIENT,
        "if len(results) != len(records):",
        "if not results:\n            return [None] * len(records)\n        if len(results) != len(records):",
        _PUT,
    ),
    Bug(
        "boto3 retries as well, and retries multiply",
        _CLIENT,
        '"total_max_attempts": 1',
        '"total_max_attempts": 3',
        _PUT,
    ),
    Bug(
        "a call that is refused for good is repeated until the deadline",
        _CLIENT,
        "    if not passes:\n",
        "    if passes is None:\n",
        _PUT,
    ),
    Bug(
        "a throttled call counts as refused for good",
        _CLIENT,
        '"Throttling", "ThrottlingException"',
        '"Throttling"',
        _PUT,
    ),
    Bug(
        "an endpoint that does not answer holds requests for a minute and longer",
        _CLIENT,
        "read_timeout=settings.firehose_call_seconds",
        "read_timeout=60",
        _PUT,
    ),
    Bug(
        "the reason of a failure quotes a record",
        _CLIENT,
        "return type(error).__name__ if isinstance(error, BotoCoreError) else _NOT_FIREHOSE",
        "return str(error)",
        _PUT,
    ),
    Bug(
        "a stream that is being made counts as ready",
        _CLIENT,
        'if status != "ACTIVE":',
        "if not status:",
        _PUT,
    ),
    Bug(
        "each probe asks Firehose, and its quota of five a second is used up",
        _READINESS,
        "if monotonic() >= self._believed_until:",
        "if True:",
    ),
    Bug(
        "a sink that has recovered is never ready again",
        _READINESS,
        "            self._failure = None\n        self._believed_until",
        "            pass\n        self._believed_until",
    ),
    Bug(
        "a full memory takes some of the lines and refuses them all",
        _MEMORY,
        "        self._expect_room_for(len(lines))\n        self.lines[stream].extend(lines)\n",
        "        self.lines[stream].extend(lines)\n        self._expect_room_for(0)\n",
    ),
    Bug(
        "a breaker that has opened never closes",
        _BREAKER,
        "        self.left()\n        self._failures = 0\n",
        "        self.left()\n",
    ),
    Bug(
        "one failure opens the breaker",
        _BREAKER,
        "return self._failures >= self._most",
        "return self._failures >= 1",
    ),
    Bug(
        "rejects that fail stop the events as well",
        _BREAKER,
        "{stream: _Circuit(stream, failures, seconds) for stream in Stream}",
        "dict.fromkeys(Stream, _Circuit(Stream.EVENTS, failures, seconds))",
    ),
    Bug(
        "when its time is over, a breaker lets everything through at once",
        _BREAKER,
        "if self._trial or monotonic() < self._retry_at:",
        "if monotonic() < self._retry_at:",
    ),
    Bug(
        "a breaker waits no time, and hammers",
        _BREAKER,
        "if self._trial or monotonic() < self._retry_at:",
        "if self._trial:",
    ),
    Bug(
        "a trial that is cancelled leaves the breaker open for ever",
        _BREAKER,
        "            circuit.left()\n            raise\n",
        "            raise\n",
    ),
)
