"""The servers that the service is compared with do what they are said to do."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import orjson
import pytest

from tests.bench import ingest_servers as servers
from tests.bench.ingest_servers import Load
from tests.bench.keys import KEY
from tests.load.firehose import Firehose, firehose
from tests.load.requests import purchase
from tests.load.service import Server

HEADERS = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firehose]:
    with firehose(keep=tmp_path_factory.mktemp("kept")) as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def by_hand(stand_in: Firehose) -> Iterator[Server]:
    with servers.handwritten(stand_in.url) as server:
        yield server


@pytest.mark.parametrize("start", [servers.bare, servers.raw])
def test_servers_that_only_read_take_what_they_are_sent(
    start: Callable[[], AbstractContextManager[Server]],
) -> None:
    with start() as server:
        cost = servers.cost(server, Load(batch=10), 0.2)

    assert cost.events == 10 * cost.outcome.requests > 0
    assert cost.micros == pytest.approx(1e6 / cost.per_cpu_second)


def test_the_service_takes_what_it_is_sent(stand_in: Firehose) -> None:
    with servers.questlog(stand_in.url) as server:
        assert servers.cost(server, Load(), 0.2).events > 0


def test_by_hand_an_event_is_in_firehose_when_it_is_acknowledged(by_hand: Server, stand_in: Firehose) -> None:
    answer = httpx.post(f"{by_hand.url}/v1/events/purchase", json=purchase(), headers=HEADERS)

    line = orjson.loads(stand_in.lines(servers.EVENTS_STREAM)[-1])
    assert answer.status_code == 202
    assert line["event"]["event_id"] == purchase()["event_id"]
    assert line["game_id"] == "orion"


def test_by_hand_each_event_of_a_batch_is_a_record(by_hand: Server, stand_in: Firehose) -> None:
    before = stand_in.counts()
    body = {"sent_at": "2026-11-02T18:04:06.000Z", "events": [purchase()] * 3}

    answer = httpx.post(f"{by_hand.url}/v1/events", json=body, headers=HEADERS)

    after = stand_in.counts()
    assert answer.status_code == 202
    assert (after["calls"] - before["calls"], after["records"] - before["records"]) == (1, 3)


@pytest.mark.parametrize(
    ("change", "headers", "status"),
    [
        ({"quantity": 0}, HEADERS, 422),
        ({"unknown": 1}, HEADERS, 422),
        ({}, {"Authorization": "Bearer no"}, 401),
    ],
)
def test_by_hand_what_breaks_the_contract_is_refused(
    by_hand: Server, change: dict[str, int], headers: dict[str, str], status: int
) -> None:
    answer = httpx.post(f"{by_hand.url}/v1/events/purchase", json={**purchase(), **change}, headers=headers)

    assert answer.status_code == status


def test_a_load_that_is_not_accepted_is_no_measurement(by_hand: Server, tmp_path: Path) -> None:
    (tmp_path / "event.json").write_bytes(orjson.dumps({**purchase(), "unknown": 1}))

    with pytest.raises(RuntimeError, match="only 202 counts"):
        Load(event=tmp_path / "event.json").send(by_hand, 0.2)
