import logging
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic
from typing import Any

import fakeredis
import pytest

from questlog_api import Settings
from questlog_api.gate import quotas
from questlog_api.gate.quotas import Quotas
from questlog_api.problems import Kind, ProblemError
from tests.api.serving import HASH

pytestmark = pytest.mark.anyio


def made(**settings: Any) -> Quotas:
    return Quotas.from_settings(Settings(write_keys={"orion": (HASH,)}, **settings))


async def refusal(quota: Quotas, count: int, key: str = "k") -> ProblemError | None:
    try:
        await quota.take_events(key, count)
    except ProblemError as problem:
        return problem
    return None


async def test_what_is_over_the_limit_is_refused_with_the_time_to_wait() -> None:
    quota = made(max_events_per_minute=10)
    assert await refusal(quota, 10) is None
    problem = await refusal(quota, 1)
    assert problem is not None
    assert problem.kind is Kind.RATE_LIMITED
    assert problem.headers is not None
    assert 1 <= int(problem.headers["Retry-After"]) <= 60
    assert "10 events a minute" in problem.detail


async def test_a_new_minute_begins_when_the_old_one_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "WINDOW_SECONDS", 0.05)
    quota = made(max_events_per_minute=1)
    assert await refusal(quota, 1) is None
    refused = 0
    while await refusal(quota, 1) is not None:
        refused += 1
    assert refused


async def test_a_request_with_more_than_the_limit_passes_when_nothing_was_sent_before() -> None:
    quota = made(max_events_per_minute=10)
    assert await refusal(quota, 500) is None
    assert await refusal(quota, 1) is not None


async def test_keys_are_counted_apart() -> None:
    quota = made(max_events_per_minute=1)
    assert await refusal(quota, 1, "one") is None
    assert await refusal(quota, 1, "other") is None


async def test_without_a_limit_everything_passes() -> None:
    assert await refusal(made(max_events_per_minute=None), 1_000_000_000) is None


async def test_rejects_have_a_limit_of_their_own() -> None:
    over: list[str] = []
    settings = Settings(write_keys={"orion": (HASH,)}, max_events_per_minute=2, max_rejects_per_minute=2)
    quota = Quotas.from_settings(settings, over.append)
    await quota.take_rejects("k", 2)
    with pytest.raises(ProblemError) as caught:
        await quota.take_rejects("k", 1)
    assert caught.value.kind is Kind.REJECTS_LIMITED
    assert await refusal(quota, 1) is None
    assert over == ["rejects"]


# Redis


@contextmanager
def redis(port: int = 0) -> Iterator[str]:
    """A Redis on a real socket."""
    with fakeredis.TcpFakeServer(("127.0.0.1", port)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"redis://127.0.0.1:{server.server_address[1]}/0"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def silent_redis() -> Iterator[str]:
    """A socket that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@asynccontextmanager
async def limited(url: str) -> AsyncIterator[Quotas]:
    quota = made(max_events_per_minute=10, quota_redis_url=url)
    try:
        yield quota
    finally:
        await quota.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in answers within 10 ms a command; the first of a script takes a dozen."""
    monkeypatch.setattr(quotas, "REDIS_SECONDS", 10)


@pytest.mark.usefixtures("patient")
async def test_processes_count_together_in_redis() -> None:
    with redis() as url:
        async with limited(url) as one, limited(url) as other:
            assert await refusal(one, 6) is None
            assert await refusal(other, 6) is None
            for quota in (one, other):
                problem = await refusal(quota, 1)
                assert problem is not None
                assert problem.headers is not None
                assert 1 <= int(problem.headers["Retry-After"]) <= 60
                assert not quota.is_away


async def test_while_redis_is_away_each_process_counts_alone_and_says_so_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "_AWAY_SECONDS", 0)
    async with limited("redis://:secret@127.0.0.1:9/0") as quota:
        assert await refusal(quota, 10) is None
        assert await refusal(quota, 1) is not None
        assert quota.is_away
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.message.endswith("counts alone: ConnectionError")
    assert "secret" not in caplog.text


async def test_a_redis_that_does_not_answer_holds_nobody_up(caplog: pytest.LogCaptureFixture) -> None:
    with silent_redis() as url:
        async with limited(url) as quota:
            before = monotonic()
            assert await refusal(quota, 10) is None
            for _ in range(100):
                assert await refusal(quota, 1) is not None
            assert monotonic() - before < 1
    assert "counts alone: TimeoutError" in caplog.text


@pytest.mark.usefixtures("patient")
async def test_a_redis_that_is_back_counts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "_AWAY_SECONDS", 0)
    with redis() as url:
        port = int(url.split(":")[2].partition("/")[0])
    async with limited(url) as quota:
        assert await refusal(quota, 10) is None
        assert quota.is_away
        with redis(port):
            assert await refusal(quota, 1) is None
            assert not quota.is_away


@pytest.mark.parametrize("url", ["secret.example.test:6379", "http://secret", "redis://:secret@host:port/0"])
def test_an_address_that_is_none_is_told_without_it(url: str) -> None:
    with pytest.raises(ValueError, match="QUESTLOG_QUOTA_REDIS_URL") as caught:
        made(quota_redis_url=url)
    assert "secret" not in str(caught.value)


def test_a_redis_without_the_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    with pytest.raises(ValueError, match=r"pip install 'questlog-api\[redis\]'"):
        made(quota_redis_url="redis://127.0.0.1/0")
