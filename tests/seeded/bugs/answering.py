"""Bugs of what answers: event routes, the layers around them, probes, counts, the log."""

from tests.seeded.bug import Bug

_EVENTS = "api/src/questlog_api/routes/events.py"
_MIDDLEWARE = "api/src/questlog_api/middleware.py"
_REQUEST_ID = "api/src/questlog_api/telemetry/request_id.py"
_PROBLEMS = "api/src/questlog_api/problems.py"
_RESPONSES = "api/src/questlog_api/responses.py"
_APP = "api/src/questlog_api/app.py"
_HEALTH = "api/src/questlog_api/routes/health.py"
_METRICS = "api/src/questlog_api/telemetry/metrics.py"
_SERIES = "api/src/questlog_api/telemetry/series.py"
_LINES = "api/src/questlog_api/lines.py"
_LOGS = "api/src/questlog_api/telemetry/logs.py"
_ROUTES = ("tests/api/routes/test_events.py",)
_SINGLE = ("tests/api/routes/test_events_single.py",)
_BATCHES = ("tests/api/routes/test_events_batch.py",)

BUGS = (
    Bug(
        "202 is told before the sink has the event",
        _EVENTS,
        "await self._deliveries[Stream.EVENTS].put(lines.accepted, deadline)\n",
        'self._later = __import__("asyncio").ensure_future(\n'
        "                    self._deliveries[Stream.EVENTS].put(lines.accepted, deadline)\n"
        "                )\n",
    ),
    Bug(
        "422 is told before the reject is kept",
        _EVENTS,
        "await self._deliveries[Stream.REJECTS].put(lines.rejected, deadline)\n",
        'self._later = __import__("asyncio").ensure_future(\n'
        "                self._deliveries[Stream.REJECTS].put(lines.rejected, deadline)\n            )\n",
    ),
    Bug(
        "an event that the sink did not take is acknowledged",
        _EVENTS,
        'return not_acknowledged("The events could not be stored in time.", retry_after).response()',
        "return taken.answer",
    ),
    Bug(
        "accepted events are in the rejects stream",
        _EVENTS,
        "self._deliveries[Stream.EVENTS].put(lines.accepted",
        "self._deliveries[Stream.REJECTS].put(lines.accepted",
        _SINGLE,
    ),
    Bug(
        "refused events are in the events stream",
        _EVENTS,
        "self._deliveries[Stream.REJECTS].put(lines.rejected",
        "self._deliveries[Stream.EVENTS].put(lines.rejected",
        _SINGLE,
    ),
    Bug(
        "a request may take twice its time: the rejects have a deadline of their own",
        _EVENTS,
        "await self._deliveries[Stream.REJECTS].put(lines.rejected, deadline)\n",
        "await self._deliveries[Stream.REJECTS].put(\n"
        "                lines.rejected, monotonic() + self._settings.delivery_seconds\n            )\n",
    ),
    Bug(
        "a delivery never gives up",
        _EVENTS,
        "put(lines.accepted, deadline)",
        'put(lines.accepted, float("inf"))',
    ),
    Bug(
        "rejects are kept first, and twice when the events have to be sent again",
        _EVENTS,
        """            if lines.accepted:
                await self._deliveries[Stream.EVENTS].put(lines.accepted, deadline)
                self._metrics.accepted(lines.contracts)
            if lines.rejected:
                await self._deliver_rejects(game, lines, deadline)
""",
        """            if lines.rejected:
                await self._deliver_rejects(game, lines, deadline)
            if lines.accepted:
                await self._deliveries[Stream.EVENTS].put(lines.accepted, deadline)
                self._metrics.accepted(lines.contracts)
""",
        (*_BATCHES, *_ROUTES),
    ),
    Bug(
        "a flood of rejects is refused after it was delivered, and fills the stream",
        _EVENTS,
        """                await self._gate.quotas.take_rejects(game.key_id, len(lines.rejected))
            # Events first: if the rejects fail, the client sends all again, and only events are deduplicated.
            if lines.accepted:
                await self._deliveries[Stream.EVENTS].put(lines.accepted, deadline)
                self._metrics.accepted(lines.contracts)
            if lines.rejected:
                await self._deliver_rejects(game, lines, deadline)
""",
        """                pass
            if lines.accepted:
                await self._deliveries[Stream.EVENTS].put(lines.accepted, deadline)
                self._metrics.accepted(lines.contracts)
            if lines.rejected:
                await self._deliver_rejects(game, lines, deadline)
                await self._gate.quotas.take_rejects(game.key_id, len(lines.rejected))
""",
        (*_ROUTES, *_BATCHES, "tests/api/gate/test_quotas.py"),
    ),
    Bug(
        "rejects have no quota",
        _EVENTS,
        "await self._gate.quotas.take_rejects(game.key_id, len(lines.rejected))",
        "pass",
        (*_ROUTES, *_BATCHES, "tests/api/gate/test_quotas.py"),
    ),
    Bug(
        "single events have no quota",
        _EVENTS,
        "        await self._gate.quotas.take_events(game.key_id, 1)\n",
        "",
        (*_ROUTES, *_SINGLE, "tests/api/gate/test_quotas.py"),
    ),
    Bug(
        "events are counted as accepted that the sink never took",
        _EVENTS,
        """                await self._deliveries[Stream.EVENTS].put(lines.accepted, deadline)
                self._metrics.accepted(lines.contracts)
""",
        """                self._metrics.accepted(lines.contracts)
                await self._deliveries[Stream.EVENTS].put(lines.accepted, deadline)
""",
        (*_ROUTES, "tests/api/routes/test_metrics.py"),
    ),
    Bug(
        "a single event may be as large as a batch",
        _EVENTS,
        "read_body(request, limits.max_event_bytes,",
        "read_body(request, limits.max_body_bytes,",
        _SINGLE,
    ),
    Bug(
        "a bad time of sending is stored as it is",
        _EVENTS,
        "if not times.is_date_time(text):",
        "if not text:",
        _SINGLE,
    ),
    Bug(
        "what a request makes is not counted, though its refusal may be larger than itself",
        _EVENTS,
        "        reservation.hold(taken.size)\n",
        "",
        _BATCHES,
    ),
    Bug(
        "a 503 does not say when to come again",
        _PROBLEMS,
        'headers={"Retry-After": str(retry_after)}',
        "headers=None",
        _ROUTES,
    ),
    Bug(
        "a bug of the service tells the client what it stumbled over, and so a value",
        _MIDDLEWARE,
        "    return a_bug()\n",
        "    from questlog_api.problems import without_type\n\n    return without_type(500, str(error))\n",
    ),
    Bug(
        "the log of a bug quotes what was submitted",
        _MIDDLEWARE,
        r'_log.error("%s\n%s", type(error).__name__,',
        r'_log.error("%s\n%s", repr(error),',
    ),
    Bug(
        "answers to events have no request id",
        _MIDDLEWARE,
        "[*response.raw_headers, _own_header()]",
        "[*response.raw_headers]",
    ),
    Bug(
        "a scanner of addresses fills the metrics with a series for each",
        _MIDDLEWARE,
        'self._paths.get(scope.get("endpoint"), "other")',
        'scope["path"]',
    ),
    Bug(
        "a client that leaves counts as a bug of the service",
        _MIDDLEWARE,
        "if isinstance(error, ClientDisconnect):",
        "if isinstance(error, ConnectionError):",
    ),
    Bug(
        "any method sends events",
        _MIDDLEWARE,
        'if answer is not None and scope["method"] == "POST":',
        "if answer is not None:",
    ),
    Bug(
        "a second answer is sent into the middle of the first",
        _MIDDLEWARE,
        "if response is not None and not way_out.status:",
        "if response is not None:",
    ),
    Bug(
        "all requests have the same id",
        _REQUEST_ID,
        "{next(_count):012x}",
        "{0:012x}",
        ("tests/api/telemetry/test_request_id.py", "tests/api/test_middleware.py"),
    ),
    Bug(
        "a contract that has changed is not sent to those who have the old one",
        _RESPONSES,
        'return not tags.isdisjoint({self._etag, "*"})',
        'return bool(tags - {""})',
        ("tests/api/test_responses.py",),
    ),
    Bug(
        "any web page may send events: browsers are told that every origin may",
        _APP,
        "    if not settings.cors_origins:\n        return []\n",
        "",
    ),
    Bug(
        "contracts that may still change are served as if they were released",
        _APP,
        "if not settings.allow_drafts:",
        "if settings.allow_drafts is None:",
        ("tests/api/test_app.py", "tests/api/commands/test_serve.py", "tests/api/test_versions.py"),
    ),
    Bug(
        "a stopping service leaves the sink open",
        _APP,
        "        closing.push_async_callback(sink.close)\n",
        "",
    ),
    Bug(
        "a balancer goes on sending to a service that is about to stop",
        _HEALTH,
        "if is_draining():",
        "if is_draining() is None:",
    ),
    Bug(
        "a service that cannot store events says that it is ready",
        _HEALTH,
        "raise _not_ready(error.cause, retry_after) from None",
        'return json_response({"status": "ok", "cause": error.cause})',
    ),
    Bug(
        "a full spool looks like a sink that is down",
        _HEALTH,
        "_not_ready(error.cause, retry_after)",
        '_not_ready("sink-down", retry_after)',
    ),
    Bug(
        "clients make up labels: the name of an unknown event is one",
        _METRICS,
        "UNKNOWN if versions is None else str(event)",
        "str(event)",
    ),
    Bug(
        "events of a batch that are alike are counted once",
        _METRICS,
        "for contract in contracts:\n            counts",
        "for contract in set(contracts):\n            counts",
    ),
    Bug(
        "a value at a bound is counted in the bucket above",
        _SERIES,
        "bisect_left(self._bounds, value)",
        "__import__('bisect').bisect_right(self._bounds, value)",
    ),
    Bug(
        "refused events are counted as accepted",
        _LINES,
        "        self.refusals.append(Counted(name, version, keyword, refusal.reason))\n",
        "        self.contracts.append((str(name), str(version)))\n",
    ),
    Bug(
        "an exception in the log quotes what was submitted",
        _LOGS,
        r'f"{type(error).__qualname__}\n',
        r'f"{error!r}\n',
    ),
)
