from collections.abc import Callable

import pytest

from questlog._exit import Exit, Exits


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which passes only where a test says so."""
    time = [100.0]
    monkeypatch.setattr("questlog._exit.monotonic", lambda: time[0])
    return time


def test_all_begin_before_one_is_waited_for() -> None:
    said: list[str] = []
    exits = Exits()
    for name in ("first", "second"):
        exits.add(Exit(_saying(said, f"{name} begins"), _saying(said, f"{name} ends")))
    exits._leave()
    assert said == ["second begins", "first begins", "second ends", "first ends"]


def _saying(said: list[str], text: str) -> Callable[..., None]:
    return lambda *_: said.append(text)


def test_all_share_one_time(now: list[float]) -> None:
    given: list[float] = []

    def takes_one_second(seconds: float) -> None:
        given.append(seconds)
        now[0] += 1.0

    exits = Exits()
    for _ in range(3):
        exits.add(Exit(lambda: None, takes_one_second))
    exits._leave()
    assert given == [1.5, 0.5, 0.0]


def test_what_was_taken_back_is_not_ended() -> None:
    exits, said = Exits(), list[str]()
    one = Exit(_saying(said, "begins"), _saying(said, "ends"))
    exits.add(one)
    exits.remove(one)
    exits._leave()
    assert said == []
