"""Test a game's events without a network, or against a server of this machine that can fail on request.

    recorder = RecordingClient()
    recorder.purchase(product_id="gems_1200", price=Money.of("4.99", "EUR"), ...)
    assert recorder.of("purchase")[0]["price"]["amount_micros"] == 4_990_000

`RecordingClient` and `AsyncRecordingClient` stand in for `Client` and `AsyncClient`; `FakeServer` is what a
real client can be pointed at. pytest has them as the fixtures `questlog_recorder` and `questlog_server`.
"""

from questlog.testing._recording import AsyncRecordingClient, RecordingClient
from questlog.testing._sample import CONTEXT
from questlog.testing._server import FakeServer

__all__ = ["CONTEXT", "AsyncRecordingClient", "FakeServer", "RecordingClient"]
