"""How Firehose fares during the kills: faults that change at random, and one long outage."""

import random
import threading
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Self

from tests.load.faults import FAULTS
from tests.load.firehose import Firehose

_SPELL_SECONDS = (0.3, 2.5)
_GUST_SECONDS = (1, 5)
_BEFORE_OUTAGE = 5
"""Spells of weather before the long outage."""


def forecast(chance: random.Random, outage_seconds: float) -> Iterator[tuple[float, Mapping[str, float]]]:
    """Yield seconds and the faults meanwhile, without end."""
    for _ in range(_BEFORE_OUTAGE):
        yield _spell(chance)
    yield outage_seconds, {"outage": 1}
    while True:
        yield _spell(chance)


def _spell(chance: random.Random) -> tuple[float, Mapping[str, float]]:
    kind = chance.choices(("calm", "mixed", "one", "outage"), (2, 4, 3, 1))[0]
    seconds = chance.uniform(*_SPELL_SECONDS)
    if kind == "mixed":
        return seconds, {name: chance.uniform(0, 0.2) for name in FAULTS}
    if kind == "one":
        return seconds, {chance.choice(FAULTS): chance.uniform(0.2, 1)}
    if kind == "outage":
        return chance.uniform(*_GUST_SECONDS), {"outage": 1}
    return seconds, {}


class Weather:
    """Changes the faults of `firehose` while in the `with`, and clears them in the end."""

    def __init__(self, firehose: Firehose, chance: random.Random, outage_seconds: float) -> None:
        self._firehose = firehose
        self._forecast = forecast(chance, outage_seconds)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._change, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._firehose.fail()

    def _change(self) -> None:
        for seconds, faults in self._forecast:
            self._firehose.fail(**faults)
            if self._over.wait(seconds):
                return
