"""Bugs of the server: connections, headers, start and stop."""

from tests.seeded.bug import Bug

_SERVER = "api/src/questlog_api/server/server.py"
_CONNECTIONS = "api/src/questlog_api/server/connections.py"
_WHOLE_ANSWER = "api/src/questlog_api/server/whole_answer.py"
_SERVED = "tests/api/server/test_server.py"
_CONNECTED = "tests/api/server/test_connections.py"

BUGS = (
    Bug(
        "a stop in good order looks like a kill to the operator",
        _SERVER,
        "        self._captured_signals.clear()\n",
        "",
        (f"{_SERVED}::test_the_service_ends_with_status_0_when_it_is_told_to_stop",),
    ),
    Bug(
        "probes are not told that the service is about to stop",
        _SERVER,
        "        self._drain()\n",
        "",
        (f"{_SERVED}::test_a_request_under_way_is_answered_after_the_service_was_told_to_drain",),
    ),
    Bug(
        "a stop that hangs hangs for ever",
        _SERVER,
        "if self.stop_seconds is not None:",
        "if self.stop_seconds is None:",
        (f"{_SERVED}::test_a_stop_that_hangs_ends_the_process_and_says_so",),
    ),
    Bug(
        "a service that could not start ends as if all were well",
        _SERVER,
        "        return 1\n    return 0 if",
        "        return 0\n    return 0 if",
        (
            f"{_SERVED}::test_a_port_in_use_is_told_without_a_traceback",
            f"{_SERVED}::test_a_service_that_cannot_start_ends_with_status_1",
        ),
    ),
    Bug(
        "the server says what it is",
        _SERVER,
        "server_header=False",
        "server_header=True",
        (f"{_SERVED}::test_the_server_does_not_say_what_it_is",),
    ),
    Bug(
        "headers may be ten times as large as allowed",
        _CONNECTIONS,
        "> self._most and self._head_bytes() > self._most:",
        "> self._most and self._head_bytes() > 10 * self._most:",
        (f"{_CONNECTED}::test_headers_over_the_limit_are_refused",),
    ),
    Bug(
        "headers that never end are read for ever",
        _CONNECTIONS,
        "if self._idle > self._most:",
        "if self._idle > 1000 * self._most:",
        (f"{_CONNECTED}::test_what_never_ends_is_cut_off_at_the_limit",),
    ),
    Bug(
        "slow-loris: a client takes hours for its headers",
        _CONNECTIONS,
        "now - self._waits_since > self._settings.header_seconds",
        "now - self._waits_since > 1000 * self._settings.header_seconds",
        (f"{_CONNECTED}::test_headers_that_do_not_arrive_in_time_are_refused",),
    ),
    Bug(
        "a trailer becomes a header, such as the key of somebody else",
        _CONNECTIONS,
        "        self.headers = _NO_TRAILERS\n",
        "",
        (f"{_CONNECTED}::test_trailers_are_refused_and_become_no_headers",),
    ),
    Bug(
        "requests that wait behind another one fill the memory",
        _CONNECTIONS,
        "if len(self.pipeline) >= PIPELINED:",
        "if len(self.pipeline) >= 1000 * PIPELINED:",
        (f"{_CONNECTED}::test_requests_without_end_are_not_kept",),
    ),
    Bug(
        "connections have no limit",
        _CONNECTIONS,
        "if len(self.connections) < self._settings.max_connections:",
        "if len(self.connections) < 1000 * self._settings.max_connections:",
        (f"{_CONNECTED}::test_a_connection_too_many_is_told_when_to_come_back",),
    ),
    Bug(
        "a body becomes the next request: what a proxy let through is another one here",
        _CONNECTIONS,
        "if self.parser.should_upgrade() and self._has_body():",
        "if self.parser.should_upgrade() and not self._has_body():",
        (f"{_CONNECTED}::test_an_offer_to_upgrade_does_not_turn_a_body_into_a_request",),
    ),
    Bug(
        "answers to events have no security headers",
        _WHOLE_ANSWER,
        "lines, SECURITY_LINES, body",
        r'lines, b"\r\n", body',
    ),
)
