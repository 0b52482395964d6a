"""The fixtures, in a run of pytest of their own, as a game's tests have them."""

import subprocess
import sys
from pathlib import Path

GAME = """
from questlog import Client, Money
from questlog.testing import CONTEXT, FakeServer, RecordingClient

BOUGHT = dict(
    product_id="gems_1200", product_type="consumable", quantity=1, price=Money.of("4.99", "EUR"),
    store="steam", store_transaction_id="1", sandbox=False,
)

def test_recorder(questlog_recorder: RecordingClient):
    questlog_recorder.purchase(**BOUGHT)
    assert questlog_recorder.of("purchase")[0]["price"]["amount_micros"] == 4_990_000

def test_each_test_has_its_own(questlog_recorder: RecordingClient):
    assert questlog_recorder.events == []

def test_server(questlog_server: FakeServer):
    with Client(questlog_server.url, questlog_server.write_key, context=CONTEXT, outbox=None) as client:
        client.purchase(**BOUGHT)
        assert client.flush()
    assert len(questlog_server.events) == 1
"""


def test_a_game_has_the_fixtures(tmp_path: Path) -> None:
    (tmp_path / "test_game.py").write_text(GAME)
    # By name, and not a second time by its entry point, if the package is installed with it.
    plugin = ["-p", "no:questlog", "-p", "questlog.testing.pytest_plugin", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-W", "error", *plugin, str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout
