"""Amplitude, with batches of 500; it cannot compress."""

import amplitude  # type: ignore[import-not-found]  # it is in the environment of the peers alone

from tests.bench.sdk_peers import driver
from tests.bench.sdk_peers.purchase import KEY, PLAYER, properties


class Sdk(driver.Driver):
    def __init__(self, run: driver.Run) -> None:
        config = amplitude.Config(flush_queue_size=500, server_url=f"{run.url}/2/httpapi")
        self._client = amplitude.Amplitude(KEY, config)

    def purchase(self, transaction: str) -> None:
        self._client.track(
            amplitude.BaseEvent("purchase", user_id=PLAYER, event_properties=properties(transaction))
        )

    def flush(self) -> None:
        for sending in self._client.flush():
            if sending is not None:
                sending.result()

    def close(self) -> None:
        self._client.shutdown()
