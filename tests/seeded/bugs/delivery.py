"""Bugs of delivery: group commit, packing, Firehose, the breaker."""

from tests.seeded.bug import Bug

_DELIVERY = "api/src/questlog_api/delivery.py"
_PACKING = "api/src/questlog_api/sinks/packing.py"
_FIREHOSE = "api/src/questlog_api/sinks/firehose.py"
_CLIENT = "api/src/questlog_api/sinks/client.py"
_BREAKER = "api/src/questlog_api/sinks/breaker.py"
_READINESS = "api/src/questlog_api/sinks/readiness.py"
_MEMORY = "api/src/questlog_api/sinks/memory.py"
_PUTS = "tests/api/sinks/test_firehose.py"
_PUT = (_PUTS,)
_CALLED = ("tests/api/sinks/test_client.py", *_PUT)

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
        "            for parcel in group:\n                _fail(",
        "            for parcel in group[:1]:\n                _fail(",
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
        "a put that hangs holds up the few lines that come after it",
        _DELIVERY,
        "            self._look_again(asyncio.get_running_loop())\n",
        "            pass\n",
    ),
    Bug(
        "a put takes more than one call to Firehose, and all wait for the last",
        _DELIVERY,
        "(lines + parcel.left > GROUP_LINES or size + parcel.size > GROUP_BYTES)",
        "(lines > GROUP_LINES or size > GROUP_BYTES)",
    ),
    Bug(
        "a request loses its time to one that came before it",
        _DELIVERY,
        "deadline = max(parcel.deadline for parcel in group)",
        "deadline = min(parcel.deadline for parcel in group)",
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
        "records, reason = [record for record, _ in failed], failed[0][1]",
        "reason = failed[0][1]",
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
        "what fails twice is not tried again, although there is time",
        _FIREHOSE,
        "if monotonic() + seconds > deadline:",
        "if attempt > 0:",
        _PUT,
    ),
    Bug(
        "a delivery that waited its time for a connection makes its call all the same",
        _FIREHOSE,
        "        if monotonic() >= deadline:\n",
        "        if monotonic() >= deadline + 1000:\n",
        (f"{_PUTS}::test_a_delivery_that_waited_its_time_for_a_connection_makes_no_call",),
    ),
    Bug(
        "rejects go to the stream of events",
        _FIREHOSE,
        "Stream.REJECTS: settings.rejects_stream",
        "Stream.REJECTS: settings.events_stream",
        ("tests/api/sinks/test_sinks.py::test_each_stream_has_its_own_lines",),
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
        "return reasons if len(reasons) == len(records) else",
        "return [None] * len(records) if len(reasons) == len(records) else",
        _CALLED,
    ),
    Bug(
        "a record without an id and without an error counts as taken",
        _CLIENT,
        'if result.get("RecordId"):',
        'if "ErrorCode" not in result:',
        (f"{_PUTS}::test_an_answer_that_is_not_firehoses_is_no_acknowledgement",),
    ),
    Bug(
        "a stranger's answer is taken for Firehose's",
        _CLIENT,
        'answer["RequestResponses"]]',
        'answer.get("RequestResponses", [{"RecordId": "?"}] * len(records))]',
        (f"{_PUTS}::test_an_answer_that_is_not_firehoses_is_no_acknowledgement",),
    ),
    Bug(
        "boto3 retries as well, and retries multiply",
        _CLIENT,
        '"total_max_attempts": 1',
        '"total_max_attempts": 3',
        _CALLED,
    ),
    Bug(
        "a call that is refused for good is repeated until the deadline",
        _CLIENT,
        "    if not passes:\n",
        "    if passes is None:\n",
        (f"{_PUTS}::test_a_call_that_is_refused_is_not_repeated",),
    ),
    Bug(
        "a throttled call counts as refused for good",
        _CLIENT,
        '"Throttling", "ThrottlingException"',
        '"Throttling"',
        (f"{_PUTS}::test_a_call_that_failed_in_passing_is_repeated",),
    ),
    Bug(
        "an endpoint that does not answer holds requests for a minute and longer",
        _CLIENT,
        "read_timeout=settings.firehose_call_seconds",
        "read_timeout=100 * settings.firehose_call_seconds",
        (f"{_PUTS}::test_an_endpoint_that_never_answers_is_unavailable_in_bounded_time",),
    ),
    Bug(
        "the reason of a failure quotes a record",
        _CLIENT,
        'raise SinkUnavailable(f"Firehose refuses the call: {_code(error)}")',
        'raise SinkUnavailable(f"Firehose refuses the call: {error}")',
        (f"{_PUTS}::test_errors_never_quote_a_record",),
    ),
    Bug(
        "a stream that is being made counts as ready",
        _CLIENT,
        'if status != "ACTIVE":',
        "if not status:",
        (f"{_PUTS}::test_a_stream_that_is_not_active_yet_is_not_ready",),
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
        "a stream near its quota, which takes part of what it gets, is left alone",
        _BREAKER,
        "            self.stored_any = True\n",
        "",
    ),
    Bug(
        "a trial that stores a part does not close the breaker",
        _BREAKER,
        "if attempt.stored_any:",
        "if attempt.stored_any and not self.is_open():",
    ),
    Bug(
        "a put that was never tried counts as a failure of the stream",
        _BREAKER,
        "elif error.cause is Cause.SINK_DOWN:",
        "else:",
    ),
    Bug(
        "a breaker that has opened never closes",
        _BREAKER,
        'lines again", self._stream)\n        self._failures = 0\n',
        'lines again", self._stream)\n',
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
        "if self._trial is not None:",
        "if self._trial is not None and not self.is_open():",
    ),
    Bug(
        "a breaker waits no time, and hammers",
        _BREAKER,
        "if self.is_open() and monotonic() < self._retry_at:",
        "if self.is_open() and self._retry_at == 0:",
    ),
    Bug(
        "a trial that is cancelled leaves the breaker open for ever",
        _BREAKER,
        "            self._succeeded()\n        finally:\n",
        "            self._succeeded()\n        if True:\n",
    ),
)
