"""Snowplow, with batches of 500; its emitter sends on the caller's thread and cannot compress."""

import snowplow_tracker as snowplow  # type: ignore[import-not-found]  # in the environment of the peers alone

from tests.bench.sdk_peers import driver
from tests.bench.sdk_peers.purchase import PLAYER, properties

_SCHEMA = "iglu:com.example/purchase/jsonschema/1-0-0"


class Sdk(driver.Driver):
    def __init__(self, run: driver.Run) -> None:
        self._tracker = snowplow.Snowplow.create_tracker(
            namespace="bench",
            endpoint=run.url,
            subject=snowplow.Subject().set_user_id(PLAYER),
            emitter_config=snowplow.EmitterConfiguration(batch_size=500),
        )

    def purchase(self, transaction: str) -> None:
        event = snowplow.SelfDescribingJson(_SCHEMA, properties(transaction))
        self._tracker.track(snowplow.SelfDescribing(event))

    def flush(self) -> None:
        self._tracker.flush()

    def close(self) -> None:
        self._tracker.flush()
