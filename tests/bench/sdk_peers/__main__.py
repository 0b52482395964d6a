"""Uses one SDK in a process of its own: `python -m tests.bench.sdk_peers burst segment URL FOLDER 20000 0`.

`tests.bench.sdk_process` talks with it, a line at a time. Little is imported: it counts as memory of the SDK.
"""

import sys
from array import array
from collections.abc import Callable
from importlib import import_module
from time import perf_counter, perf_counter_ns, process_time

from tests.bench.sdk_peers.driver import Driver, Run
from tests.bench.sdk_peers.purchase import transaction


def burst(driver: Driver, events: int, warm_up: int) -> None:
    """Track all events as fast as it goes; say so, and what it took when the bench has looked at the rest."""
    _warm_up(driver, warm_up)
    took = array("q", bytes(8 * events))
    cpu, started = process_time(), perf_counter()
    _track(driver.purchase, took, warm_up)
    driver.flush()
    print("flushed", flush=True)
    sys.stdin.readline()  # by now the server has all, and the bench knows how much memory that took
    cpu = process_time() - cpu
    calls = sorted(took)
    p50, p99 = (calls[events * percent // 100] for percent in (50, 99))
    print("took", started, cpu, *(call / 1e9 for call in (p50, p99, calls[-1])), flush=True)
    driver.close()


def leave(driver: Driver, events: int) -> None:
    """Track some events; say so, and close when the bench says that they are on their way."""
    for number in range(events):
        driver.purchase(transaction(number))
    print("tracked", flush=True)
    sys.stdin.readline()
    driver.close()


def _warm_up(driver: Driver, events: int) -> None:
    for number in range(events):
        driver.purchase(transaction(number))
    if events:
        driver.flush()


def _track(purchase: Callable[[str], None], took: "array[int]", first: int) -> None:
    """Track an event for each place of `took`, and leave there the nanoseconds of the call."""
    for place in range(len(took)):
        bought = transaction(first + place)
        started = perf_counter_ns()
        purchase(bought)
        took[place] = perf_counter_ns() - started


def main() -> None:
    """Do what was asked with the SDK that was named."""
    what, name, url, folder, events, *warm_up = sys.argv[1:]
    sdk: type[Driver] = import_module(f"tests.bench.sdk_peers.{name}").Sdk
    driver = sdk(Run(url, folder, int(events) + sum(map(int, warm_up))))
    if what == "burst":
        burst(driver, int(events), *map(int, warm_up))
    else:
        leave(driver, int(events))


if __name__ == "__main__":
    main()
