"""What is measured of an SDK is what it does: seen in one whose every byte is known, and in Questlog."""

from collections.abc import Iterator
from dataclasses import replace
from math import inf

import pytest

from tests.bench.sdk_client import burst, exit_seconds, import_cost
from tests.bench.sdk_install import QUESTLOG, Sdk
from tests.bench.sdk_peers import by_hand
from tests.bench.sdk_peers.purchase import transaction
from tests.bench.sdk_server import Server, serving

BY_HAND = Sdk("by_hand", "http.client", "")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


def head(body: bytes, server: Server) -> str:
    """Return what `http.client` writes before a body."""
    lines = ["POST /by-hand HTTP/1.1", f"Host: {server.url.removeprefix('http://')}"]
    return "\r\n".join([*lines, "Accept-Encoding: identity", f"Content-Length: {len(body)}", "", ""])


def test_the_bytes_on_the_wire_are_those_that_were_sent(server: Server) -> None:
    bodies = [by_hand.body([transaction(50 * part + number) for number in range(50)]) for part in range(4)]

    measured = burst(BY_HAND, server, 200)

    assert measured.wire_bytes == sum(len(head(body, server)) + len(body) for body in bodies) / 200
    assert measured.missing == 0


def test_questlog_sends_every_event(server: Server) -> None:
    before = server.counts()

    measured = burst(QUESTLOG, server, 200)

    assert server.counts().since(before).events == 200
    assert measured.missing == 0


def test_a_call_takes_time_processor_and_memory(server: Server) -> None:
    measured = burst(BY_HAND, server, 200)

    assert 0 < measured.call_p50 <= measured.call_p99 <= measured.call_max
    assert measured.call_p50 < 1e6 / measured.per_second < measured.call_max
    assert measured.cpu_micros > 0
    assert 0 < measured.memory_mib < 50


def test_a_warm_up_is_sent_and_not_measured(server: Server) -> None:
    before = server.counts()

    measured = burst(BY_HAND, server, 100, warm_up=150)

    assert server.counts().since(before).events == 250
    assert measured.missing == 0


def test_an_sdk_that_fails_is_told_with_its_errors(server: Server) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)nobody said '' instead of 'flushed'.*No module named"):
        burst(Sdk("nobody", "nobody", ""), server, 1)


def test_a_program_that_waits_for_an_answer_does_not_end_while_the_server_hangs() -> None:
    with serving(hang=True) as hanging:
        assert exit_seconds(BY_HAND, hanging, 0.5) == inf


def test_a_program_that_was_answered_ends(server: Server) -> None:
    assert 0 < exit_seconds(BY_HAND, server, 30) < 30


def test_an_import_costs_time_and_modules_that_were_not_there() -> None:
    cost = import_cost(BY_HAND, 1)

    assert cost.modules > 20
    assert import_cost(replace(BY_HAND, module="sys"), 1).modules == 0
