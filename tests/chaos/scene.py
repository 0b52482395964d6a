"""A service with a spool, a Firehose that can be told to fail, and a client: where tests of disks begin."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.client import Client
from tests.chaos.victim import Victim, settings
from tests.load.firehose import Firehose, firehose


class Scene:
    """A service with its `spool`, the Firehose it delivers to, and a client."""

    def __init__(self, stand_in: Firehose, victim: Victim, streams: Path, spool: Path) -> None:
        self.firehose = stand_in
        self.spool = spool
        self.victim = victim
        self.client = Client(victim, streams)

    def heal(self) -> None:
        """Let Firehose take lines again; what is sent from then on reaches it directly."""
        self.firehose.fail()
        self.client.send_until(202)


@contextmanager
def scene(tmp_path: Path, spool: Path) -> Iterator[Scene]:
    """Set it up, with short times, and nothing started yet; in the end the same process must still run."""
    streams = tmp_path / "streams"
    tmp_path.mkdir(exist_ok=True)
    with firehose(keep=streams) as stand_in:
        chosen = settings(
            stand_in.url,
            spool_path=spool,
            firehose_call_seconds=0.5,
            delivery_seconds=2,
            shutdown_seconds=4,
            spool_after_seconds=0.3,
            breaker_failures=1,
            breaker_seconds=0.5,
            retry_after_seconds=1,
            spool_replay_bytes_per_second=64 * 1024 * 1024,
        )
        with Victim(chosen, tmp_path / "service.log") as victim:
            yield Scene(stand_in, victim, streams, spool)
            assert victim.is_up()
