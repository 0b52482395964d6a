import threading
from datetime import UTC

from questlog._clock import Clock


def test_now_is_aware_and_in_utc() -> None:
    assert Clock().now().tzinfo is UTC


def test_monotonic_never_goes_back() -> None:
    clock = Clock()
    assert clock.monotonic() <= clock.monotonic()


def test_a_wait_ends_with_its_time() -> None:
    condition = threading.Condition()
    with condition:
        Clock().wait_for(condition, lambda: False, 0.001)


def test_a_wait_ends_with_what_it_waits_for() -> None:
    condition = threading.Condition()
    done: list[bool] = []

    def finish() -> None:
        with condition:
            done.append(True)
            condition.notify_all()

    with condition:
        threading.Thread(target=finish).start()
        Clock().wait_for(condition, lambda: bool(done), 30.0)
    assert done
