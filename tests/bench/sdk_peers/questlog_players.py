"""Questlog in a game server: one client, and with each purchase the next of a thousand players."""

from dataclasses import replace
from itertools import cycle

import questlog
from tests.bench.sdk_peers import driver
from tests.bench.sdk_peers.questlog import CONTEXT
from tests.bench.sdk_peers.questlog import Sdk as OnePlayer

_PLAYERS = 1000


class Sdk(OnePlayer):
    def __init__(self, run: driver.Run) -> None:
        super().__init__(run)
        self._contexts = cycle([replace(CONTEXT, player_id=f"player-{number}") for number in range(_PLAYERS)])

    def _emitter(self) -> questlog.Emitter:
        return self._client.for_player(next(self._contexts))
