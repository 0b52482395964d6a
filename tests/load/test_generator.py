import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import orjson
import pytest

from tests.load import loops
from tests.load.generator import generate
from tests.load.server import Answer, Reply, Request, listen, response

KEY = "ql_orion"
ACCEPTED = Reply(response(202, b"{}"))
RESET = Reply(None, reset=True)


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Run a server that answers so, in a thread of this process; give its address."""
    started: Queue[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Queue()

    async def serve() -> None:
        server, stop = await listen(answer, 0), asyncio.Event()
        started.put((server.sockets[0].getsockname()[1], asyncio.get_running_loop(), stop))
        await stop.wait()
        server.close()

    thread = threading.Thread(target=lambda: loops.run(serve()))
    thread.start()
    port, loop, stop = started.get()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def events(request: Request) -> list[dict[str, Any]]:
    body = orjson.loads(request.body)
    found: list[dict[str, Any]] = body.get("events", [body])
    return found


def ids(path: Path) -> list[str]:
    return path.read_text(encoding="ascii").splitlines() if path.exists() else []


def test_each_event_has_an_id_of_its_own_and_is_entered_when_acknowledged(tmp_path: Path) -> None:
    got: list[str] = []

    def answer(request: Request) -> Reply:
        got.extend(event["event_id"] for event in events(request))
        return ACCEPTED

    with answering(answer) as url:
        outcome = generate(url, KEY, count=30, batch=7, connections=4, acknowledged=tmp_path / "ids")

    assert outcome.statuses == {"202": 30}
    assert outcome.events == len(got) == len(set(got)) == 210
    assert sorted(ids(tmp_path / "ids")) == sorted(got)


def test_single_events_go_to_the_route_of_their_event_with_the_key() -> None:
    seen: list[tuple[bytes, bytes]] = []

    def answer(request: Request) -> Reply:
        seen.append((request.path, request.headers[b"authorization"]))
        return ACCEPTED

    with answering(answer) as url:
        generate(url, KEY, count=2)

    assert seen == [(b"/v1/events/purchase", b"Bearer ql_orion")] * 2


def test_an_event_without_an_answer_is_not_acknowledged_and_the_load_goes_on(tmp_path: Path) -> None:
    chance, accepted, lost = random.Random(1), list[str](), list[str]()

    def answer(request: Request) -> Reply:
        [event] = events(request)
        reset = chance.random() < 0.2
        (lost if reset else accepted).append(event["event_id"])
        return RESET if reset else ACCEPTED

    with answering(answer) as url:
        outcome = generate(url, KEY, count=300, connections=8, acknowledged=tmp_path / "ids")

    assert outcome.unanswered == len(lost) > 0
    assert sorted(ids(tmp_path / "ids")) == sorted(accepted)


def test_a_server_that_is_not_there_is_tried_until_the_end() -> None:
    with answering(lambda _: ACCEPTED) as url:
        pass

    outcome = generate(url, KEY, seconds=0.5, connections=1)

    assert outcome.requests == outcome.unanswered == 0
    assert outcome.refused_connections > 1


def test_of_a_mixed_batch_each_event_is_entered_as_it_was_answered(tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        statuses = ["accepted" if event["quantity"] else "rejected" for event in events(request)]
        results = [{"index": index, "status": status} for index, status in enumerate(statuses)]
        wanted.update(zip([event["event_id"] for event in events(request)], statuses, strict=True))
        return Reply(response(207, orjson.dumps({"events": results})))

    wanted: dict[str, str] = {}
    files = {"acknowledged": tmp_path / "accepted", "rejected": tmp_path / "rejected"}
    with answering(answer) as url:
        outcome = generate(url, KEY, count=20, batch=10, invalid_share=0.3, **files)

    counts = Counter(wanted.values())
    assert (outcome.events, outcome.rejected) == (counts["accepted"], counts["rejected"])
    assert 20 < counts["rejected"] < 100
    assert (
        dict.fromkeys(ids(tmp_path / "accepted"), "accepted")
        | dict.fromkeys(ids(tmp_path / "rejected"), "rejected")
        == wanted
    )


def test_zipped_bodies_are_marked_and_hold_the_same() -> None:
    encodings: list[bytes | None] = []

    def answer(request: Request) -> Reply:
        encodings.append(request.headers.get(b"content-encoding"))
        assert request.body.startswith(b"\x1f\x8b")
        return ACCEPTED

    with answering(answer) as url:
        outcome = generate(url, KEY, count=3, batch=10, gzip=True)

    assert outcome.events == 30
    assert encodings == [b"gzip"] * 3


def test_a_stall_is_charged_to_all_that_was_due_meanwhile() -> None:
    stall = iter([0.5])

    def answer(_: Request) -> Reply:
        time.sleep(next(stall, 0))  # the whole server stalls, once
        return ACCEPTED

    with answering(answer) as url:
        outcome = generate(url, KEY, seconds=1, rate=100, connections=1)

    assert outcome.requests == 100
    # A closed loop would have seen one slow request in a hundred; here, half of them were late.
    assert outcome.latency["p90"] > 250


def test_a_purchase_no_contract_allows_is_not_sent() -> None:
    with pytest.raises(RuntimeError, match="ended before it was ready"):
        generate("http://127.0.0.1:1", KEY, event_bytes=50_000)
