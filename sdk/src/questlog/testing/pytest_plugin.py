"""Fixtures for pytest, which has them wherever questlog is installed.

    def test_a_sale_is_reported(questlog_recorder):
        Shop(questlog_recorder).buy("gems_1200")
        [sale] = questlog_recorder.of("purchase")
        assert sale["product_id"] == "gems_1200"

`-p no:questlog` leaves them out.
"""

from collections.abc import Iterator

import pytest

from questlog.testing import FakeServer, RecordingClient


@pytest.fixture
def questlog_recorder() -> Iterator[RecordingClient]:
    """A client that keeps the events it is given, with `questlog.testing.CONTEXT`."""
    with RecordingClient() as recorder:
        yield recorder


@pytest.fixture
def questlog_server() -> Iterator[FakeServer]:
    """A local server to point a real client at, which can be made to fail."""
    with FakeServer() as server:
        yield server
