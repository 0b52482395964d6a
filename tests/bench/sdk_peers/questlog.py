"""Questlog, with batches of 500."""

from uuid import UUID

import questlog
from tests.bench.sdk_peers import driver
from tests.bench.sdk_peers.purchase import (
    APP,
    DEVICE,
    INSTALL,
    KEY,
    PLAYER,
    PRICE,
    PRODUCT,
    SESSION,
)

CONTEXT = questlog.Context(
    install_id=UUID(INSTALL),
    session_id=UUID(SESSION),
    app=questlog.App(**APP),
    device=questlog.Device(**DEVICE),  # type: ignore[arg-type]  # `platform` is one of those there are
    player_id=PLAYER,
)
_PRICE = questlog.Money.of(PRICE, "EUR")
_FLUSH_SECONDS = 60


class Sdk(driver.Driver):
    def __init__(self, run: driver.Run) -> None:
        self._client = questlog.Client(run.url, KEY, context=CONTEXT, batch_size=500, outbox=run.folder)

    def purchase(self, transaction: str) -> None:
        self._emitter().purchase(
            product_id=PRODUCT,
            product_type="consumable",
            quantity=1,
            price=_PRICE,
            store="app_store",
            store_transaction_id=transaction,
            sandbox=False,
        )

    def _emitter(self) -> questlog.Emitter:
        return self._client

    def flush(self) -> None:
        self._client.flush(_FLUSH_SECONDS)

    def close(self) -> None:
        self._client.close()
