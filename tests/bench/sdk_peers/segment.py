"""Segment, with batches of 500, gzip and a queue that holds all events."""

import segment.analytics  # type: ignore[import-not-found]  # it is in the environment of the peers alone

from tests.bench.sdk_peers import driver
from tests.bench.sdk_peers.purchase import KEY, PLAYER, properties


class Sdk(driver.Driver):
    def __init__(self, run: driver.Run) -> None:
        self._client = segment.analytics.Client(
            KEY, host=run.url, upload_size=500, gzip=True, max_queue_size=run.events
        )

    def purchase(self, transaction: str) -> None:
        self._client.track(PLAYER, "purchase", properties(transaction))

    def flush(self) -> None:
        self._client.flush()

    def close(self) -> None:
        self._client.shutdown()
