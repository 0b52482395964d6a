import threading
from typing import Any

import pytest

from questlog import Drop
from questlog._drops import Drops


def test_drops_are_counted_and_told_with_their_reason() -> None:
    told: list[Drop] = []
    drops = Drops(told.append)
    drops.add("too old", 3)
    drops.add("the outbox is full")
    assert drops.total == 4
    assert told == [Drop("too old", 3), Drop("the outbox is full", 1)]


def test_they_are_logged_at_the_first_and_then_at_every_thousandth(caplog: pytest.LogCaptureFixture) -> None:
    drops = Drops()
    for count in (1, 998, 1, 2500, 1):
        drops.add("too old", count)
    assert [record.message for record in caplog.records] == [
        f"too old: {count} event(s) dropped so far" for count in (1, 1000, 3500)
    ]


@pytest.mark.parametrize("error", [ZeroDivisionError, SystemExit])
def test_a_hook_that_raises_is_logged_and_reaches_nobody(
    error: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Drop) -> None:
        raise error

    Drops(fail).add("too old")
    assert "on_dropped raised" in caplog.text


def test_ctrl_c_in_the_games_own_thread_is_the_games() -> None:
    def interrupted(_: Drop) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Drops(interrupted).add("too old")


def test_a_hook_may_drop_events_itself() -> None:
    told: list[Any] = []

    def again(drop: Drop) -> None:
        told.append(drop)
        drops.add("too old")

    drops = Drops(again)
    drops.add("too old", 2)
    assert drops.total == 3
    assert told == [Drop("too old", 2)]


def test_many_threads_count_right() -> None:
    drops = Drops()

    def add() -> None:
        for _ in range(500):
            drops.add("too old")

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drops.total == 2000
