import threading

import pytest

from questlog._background import Background
from tests.sdk.workers import LONG


class Work:
    """What a thread does until it is `done`."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.done = threading.Event()
        self.background = Background(self, "work", "work")

    def __call__(self) -> None:
        self.begun.release()
        assert self.done.wait(LONG)
        self.background.has_ended()


@pytest.fixture
def work() -> Work:
    return Work()


def test_it_is_a_daemon_that_is_started_once(work: Work) -> None:
    for _ in range(3):
        work.background.start()
    assert work.begun.acquire(timeout=LONG)
    assert [thread.name for thread in threading.enumerate()].count("work") == 1
    thread = work.background.thread
    assert thread is not None
    assert (thread.name, thread.daemon) == ("work", True)
    work.done.set()
    thread.join(LONG)


def test_one_that_has_ended_is_started_again(work: Work) -> None:
    work.done.set()
    for _ in range(2):
        work.background.start()
        assert work.begun.acquire(timeout=LONG)
        work.background.join(LONG)
    assert not work.background.is_there


def test_that_none_can_be_started_is_logged_and_tried_again(
    work: Work, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", fail)
        work.background.start()
    assert not work.background.is_there
    assert "no thread can be started to work: can't start new thread" in caplog.text
    work.done.set()
    work.background.start()
    assert work.begun.acquire(timeout=LONG)


def test_a_signal_handler_may_ask_for_it_and_wait_for_it_while_it_is_started(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        work.background.start()
        work.background.join(LONG)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    work.done.set()
    work.background.start()
    assert work.begun.acquire(timeout=LONG)
    assert not work.begun.acquire(timeout=0)


def test_it_knows_whether_it_is_asked_by_its_own_thread_and_does_not_wait_for_itself() -> None:
    said: list[bool] = []

    def ask() -> None:
        said.append(background.is_caller)
        background.join(LONG)

    background = Background(ask, "work", "work")
    background.start()
    thread = background.thread
    assert thread is not None
    thread.join(LONG)
    assert not thread.is_alive()
    assert said == [True]
    assert not background.is_caller


def test_the_caller_may_stand_in_for_one_that_is_not_there(work: Work) -> None:
    assert work.background.stand_in()
    assert work.background.is_caller
    assert not work.background.stand_in()
