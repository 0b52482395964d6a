"""Mixpanel, with its buffer at the most, 50 events; it sends on the caller's thread and cannot compress."""

import mixpanel  # type: ignore[import-not-found]  # it is in the environment of the peers alone

from tests.bench.sdk_peers import driver
from tests.bench.sdk_peers.purchase import KEY, PLAYER, properties


class Sdk(driver.Driver):
    def __init__(self, run: driver.Run) -> None:
        self._buffer = mixpanel.BufferedConsumer(max_size=500, events_url=f"{run.url}/track")
        self._client = mixpanel.Mixpanel(KEY, consumer=self._buffer)

    def purchase(self, transaction: str) -> None:
        self._client.track(PLAYER, "purchase", properties(transaction))

    def flush(self) -> None:
        self._buffer.flush()

    def close(self) -> None:
        self._buffer.flush()
