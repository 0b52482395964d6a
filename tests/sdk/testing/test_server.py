"""The fake server, with a real client at it: over sockets of this machine."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from questlog import Client, Rejection, Stats, Violation
from questlog._clock import Clock
from questlog._commands.ask import ask
from questlog.testing import CONTEXT, FakeServer
from tests.sdk.samples import BOUGHT, purchase

MakeClient = Callable[..., Client]
LONG = 30.0


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as server:
        yield server


@pytest.fixture
def client_of() -> Iterator[MakeClient]:
    made: list[Client] = []

    def make(server: FakeServer, **options: Any) -> Client:
        options = {"write_key": server.write_key, "outbox": None, "flush_interval": 0.0, **options}
        made.append(Client(server.url, context=CONTEXT, **options))
        return made[-1]

    yield make
    for client in made:
        client.close(0)


def test_what_a_client_sends_is_there_in_order(server: FakeServer, client_of: MakeClient) -> None:
    client = client_of(server)
    ids = [client.purchase(**BOUGHT) for _ in range(3)]
    assert server.wait_for(3)
    assert [event["event_id"] for event in server.events] == ids
    assert client.flush()
    assert client.stats() == Stats(accepted=3, rejected=0, dropped=0, pending=0)


def test_a_status_is_answered_as_often_as_it_was_asked_for(server: FakeServer, client_of: MakeClient) -> None:
    server.fail_with(503, times=2)
    start = time.monotonic()
    server.fail_with(429, retry_after=1)
    client = client_of(server)
    client.purchase(**BOUGHT)
    assert server.wait_for(1)
    assert time.monotonic() - start >= 1.0  # it was asked not to come earlier
    assert (len(server.events), server.duplicates) == (1, 0)


def test_a_lost_answer_leads_to_a_duplicate_that_is_counted(
    server: FakeServer, client_of: MakeClient
) -> None:
    server.lose_answers(2)
    client = client_of(server)
    client.purchase(**BOUGHT)
    assert server.wait_for(1)
    assert client.flush(LONG)
    assert client.flush(LONG)
    assert (len(server.events), server.duplicates) == (1, 2)


def test_a_login_page_takes_nothing(server: FakeServer, client_of: MakeClient) -> None:
    server.login_page(2)
    client = client_of(server)
    client.purchase(**BOUGHT)
    assert client.flush(LONG)
    assert (len(server.events), server.duplicates) == (1, 0)


def test_a_test_can_reject_events_with_a_reason(server: FakeServer, client_of: MakeClient) -> None:
    told: list[Rejection] = []
    server.reject(lambda event: event["quantity"] == 2 and Violation("/quantity", "maximum", "must be 1"))
    client = client_of(server, on_rejected=told.append)
    client.purchase(**BOUGHT)
    bad = client.purchase(**{**BOUGHT, "quantity": 2})
    assert client.flush()
    assert [(each.event_id, each.errors) for each in told] == [
        (bad, (Violation("/quantity", "maximum", "must be 1"),))
    ]
    assert [event["event_id"] for event in server.rejected] == [bad]
    assert len(server.events) == 1


def test_rejecting_ends_when_it_is_told_to(server: FakeServer, client_of: MakeClient) -> None:
    server.reject(lambda _: True)
    client = client_of(server)
    client.purchase(**BOUGHT)
    assert client.flush()
    server.reject(None)
    client.purchase(**BOUGHT)
    assert client.flush()
    assert client.stats() == Stats(accepted=1, rejected=1, dropped=0, pending=0)


def test_a_request_that_hangs_is_cut_off_by_recovering(server: FakeServer, client_of: MakeClient) -> None:
    server.hang()
    client = client_of(server)
    client.purchase(**BOUGHT)
    assert not client.flush(0.2)
    assert server.events == []
    server.recover()
    assert client.flush(LONG)
    assert len(server.events) == 1


def test_faults_come_in_the_order_they_were_asked_for(server: FakeServer) -> None:
    server.login_page()
    server.fail_with(500)
    kinds = [ask(f"{server.url}/healthz", LONG, Clock()) for _ in range(3)]
    assert [(heard.status, heard.headers["content-type"].partition(";")[0]) for heard in kinds] == [
        (200, "text/html"),
        (500, "application/problem+json"),
        (200, "application/json"),
    ]


@pytest.mark.parametrize("status", [200, 399, 600])
def test_what_is_no_failure_is_refused(status: int, server: FakeServer) -> None:
    with pytest.raises(ValueError, match="400 to 599"):
        server.fail_with(status)


def test_no_times_is_refused(server: FakeServer) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        server.lose_answers(0)


def test_waiting_for_what_does_not_come_ends(server: FakeServer) -> None:
    assert not server.wait_for(1, timeout=0.01)


def test_another_key_gets_nothing_in(server: FakeServer, client_of: MakeClient) -> None:
    client = client_of(server, write_key="another")
    client.purchase(**BOUGHT)
    assert not client.flush(0.2)
    assert server.events == []


def test_stopping_takes_no_time_and_leaves_no_thread(client_of: MakeClient) -> None:
    before = set(threading.enumerate())
    with FakeServer() as server:
        started = set(threading.enumerate()) - before
        kept_alive, hanging = client_of(server), client_of(server)
        kept_alive.purchase(**BOUGHT)
        assert kept_alive.flush()
        server.hang()
        hanging.purchase(**BOUGHT)
        give_up = time.monotonic() + LONG
        while not hanging.flush(0.1) and len(requests := _request_threads()) < 2:
            assert time.monotonic() < give_up
        started |= requests
        start = time.monotonic()
    assert time.monotonic() - start < 2.0
    assert len(started) >= 3
    assert not any(each.is_alive() for each in started)
    server.close()
    assert len(server.events) == 1


def _request_threads() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if "process_request" in each.name}


def test_many_clients_at_once_lose_nothing(server: FakeServer, client_of: MakeClient) -> None:
    clients = [client_of(server) for _ in range(8)]
    ids = {client.purchase(**BOUGHT) for client in clients for _ in range(50)}
    assert server.wait_for(len(ids), LONG)
    assert {event["event_id"] for event in server.events} == ids


def test_a_batch_of_the_most_events_is_taken(server: FakeServer, client_of: MakeClient) -> None:
    client = client_of(server, flush_interval=LONG)
    for _ in range(500):
        client.track(purchase())
    assert client.flush(LONG)
    assert len(server.events) == 500


def test_it_lists_the_versions_that_the_sdk_sends(server: FakeServer) -> None:
    listed: Any = ask(f"{server.url}/v1/schemas", LONG, Clock()).json()
    purchases = {"event": "purchase", "version": purchase().schema_version, "status": "released"}
    assert purchases in listed["contracts"]


def test_what_the_function_of_a_test_raises_is_shown(
    server: FakeServer, client_of: MakeClient, capfd: pytest.CaptureFixture[str]
) -> None:
    def reject(event: dict[str, Any]) -> bool:
        return bool(event["no such member"])

    server.reject(reject)
    client = client_of(server)
    client.purchase(**BOUGHT)
    assert not client.flush(0.3)
    assert "KeyError: 'no such member'" in capfd.readouterr().err
