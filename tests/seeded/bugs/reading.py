"""Bugs of what reads a request and makes lines of it: body, intake, batches, lines."""

from tests.seeded.bug import Bug

_BODY = "api/src/questlog_api/body.py"
_INTAKE = "api/src/questlog_api/intake.py"
_BATCH = "api/src/questlog_api/batch.py"
_LINES = "api/src/questlog_api/lines.py"
_PAYLOAD = "api/src/questlog_api/payload.py"
_TIMES = "api/src/questlog_api/times.py"
_BATCHES = ("tests/api/routes/test_events_batch.py",)
_SINGLE = ("tests/api/routes/test_events_single.py",)
_ROUTES = ("tests/api/routes/test_events.py",)

BUGS = (
    Bug(
        "a gzip bomb unfolds: the limit holds for what is received only",
        _BODY,
        "if max(received, len(body)) > limit:",
        "if received > limit:",
    ),
    Bug(
        "what follows a gzip member is thrown away without a word",
        _BODY,
        "if gzip.unused_data:",
        "if gzip.unused_data and not gzip.eof:",
    ),
    Bug(
        "a gzip body that breaks off is taken as far as it goes",
        _BODY,
        "if gzip is not None and not gzip.eof:",
        "if gzip is not None and not gzip.eof and gzip.unconsumed_tail:",
    ),
    Bug(
        "a slow client keeps its connection a thousand times as long",
        _BODY,
        "asyncio.timeout(seconds)",
        "asyncio.timeout(seconds * 1000)",
    ),
    Bug(
        "a form of any web page is taken for JSON: the content type is not looked at",
        _BODY,
        '    _check_media_type(headers.get(b"content-type", b""))\n',
        "",
    ),
    Bug(
        "an encoding that is not understood is read as if there were none",
        _BODY,
        'if encoding == b"identity":',
        'if encoding != b"gzip":',
    ),
    Bug(
        "a body of exactly the limit is refused",
        _BODY,
        "if max(received, len(body)) > limit:",
        "if max(received, len(body)) >= limit:",
    ),
    Bug(
        "a body that says it is too large is read all the same",
        _BODY,
        'if int(headers.get(b"content-length", 0)) > limit:',
        'if int(headers.get(b"content-length", 0)) > limit * 1024:',
    ),
    Bug(
        "bodies are not counted, so that slow clients fill the memory",
        _BODY,
        "        hold(len(body))\n",
        "",
    ),
    Bug(
        "an event that is nested too deep is acknowledged and is nowhere",
        _INTAKE,
        "            return TOO_DEEP\n",
        "            return None\n",
        _ROUTES,
    ),
    Bug(
        "a single event loses the time it was sent",
        _INTAKE,
        "lines = Lines(_arrival(game_id, sent_at))",
        "lines = Lines(_arrival(game_id, None))",
        _SINGLE,
    ),
    Bug(
        "a client chooses the game that its refused events belong to",
        _INTAKE,
        "lines = Lines(_arrival(game_id, sent_at))",
        'game_id = event.get("game_id", game_id) if isinstance(event, dict) else game_id\n'
        "        lines = Lines(_arrival(game_id, sent_at))",
        _SINGLE,
    ),
    Bug(
        "what is stored is what was sent, with a second `event_id` hidden in it",
        _INTAKE,
        "refusal = self._take(lines, event, name)\n",
        "refusal = self._take(lines, event, name)\n"
        '        text = to_json(event) or b""\n'
        "        lines.accepted = [line.replace(text, bytes(body)) for line in lines.accepted]\n",
        _SINGLE,
    ),
    Bug(
        "an event that is larger when it is written anew is over the limit of a line",
        _INTAKE,
        "if len(text) > self._max_event_bytes:",
        "if len(text) > 16 * self._max_event_bytes:",
        _SINGLE,
    ),
    Bug(
        "of a batch in the wrong form, the whole is one reject that nobody can replay",
        _INTAKE,
        "for piece in batch.pieces(body):",
        "for piece in [body]:",
        _BATCHES,
    ),
    Bug(
        "a batch is charged to the quota as one event",
        _INTAKE,
        "await charge(len(batch.pieces(content)))",
        "await charge(1)",
        ("tests/api/gate/test_quotas.py", *_BATCHES, *_ROUTES),
    ),
    Bug(
        "a batch may say anything about when it was sent",
        _BATCH,
        'return None if times.is_date_time(value) else _error("/sent_at", "format", "date-time")',
        "return None",
    ),
    Bug(
        "the answer to a batch blames the event after the bad one",
        _BATCH,
        'return {"index": index, "event_id": _event_id(event), "status": "rejected"',
        'return {"index": index + 1, "event_id": _event_id(event), "status": "rejected"',
        _BATCHES,
    ),
    Bug(
        "a batch with refused events is 202, and the SDK forgets them",
        _BATCH,
        "202 if accepted == len(results) else 207",
        "202",
    ),
    Bug(
        "a batch without an accepted event is no problem",
        _BATCH,
        "if accepted == 0:",
        "if accepted < 0:",
    ),
    Bug(
        "a batch may have one event more than allowed",
        _BATCH,
        "len(events) > most:",
        "len(events) > most + 1:",
    ),
    Bug(
        "the answer repeats whatever stands where an event id should",
        _BATCH,
        'return event_id if isinstance(event_id, str) and FORMATS["uuid"].fullmatch(event_id) else None',
        "return event_id if isinstance(event_id, str) else None",
    ),
    Bug(
        "a batch may have members that nobody reads",
        _BATCH,
        "unknown = [] if body.keys() <= _MEMBERS.keys() else",
        "unknown = [] if body else",
    ),
    Bug(
        "lines do not end, so that two events become one that is no JSON",
        _LINES,
        rb"""b'%b"event":%b}\n'""".decode(),
        """b'%b"event":%b}'""",
    ),
    Bug(
        "lines do not say when the event came in",
        _LINES,
        '            "received_at": self.received_at,\n',
        "",
    ),
    Bug(
        "members of an event stand beside those of the service, and may replace them",
        _LINES,
        rb"""return b'%b"event":%b}\n' % (start, event)""".decode(),
        r"""return b"%b%b\n" % (start, event[1:])""",
    ),
    Bug(
        "a reject keeps all of a huge payload, and fits no record",
        _PAYLOAD,
        'text[:MAX_PAYLOAD_BYTES].decode(errors="ignore")',
        'text.decode(errors="ignore")',
    ),
    Bug(
        "a reject that was cut says that it is whole",
        _PAYLOAD,
        "return cls(_cut(text), len(text))",
        "return cls(_cut(text), min(len(text), MAX_PAYLOAD_BYTES))",
    ),
    Bug(
        "the time of sending keeps the client's offset, and the warehouse takes it for UTC",
        _TIMES,
        "return _text(moment.astimezone(UTC))",
        "return _text(moment.replace(tzinfo=UTC))",
    ),
    Bug(
        "milliseconds of arrival are microseconds, so that a time is no time",
        _TIMES,
        "nanoseconds // 1_000_000:03d",
        "nanoseconds // 1_000:03d",
    ),
)
