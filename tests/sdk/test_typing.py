"""A type checker protects the callers of the SDK: mypy runs over a game's source."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GAME = """
from questlog import App, Client, Context, Device, Money, uuid7

def play(client: Client) -> str:
    return client.purchase(
        product_id="gems_1200",
        product_type="consumable",
        quantity=1,
        price=Money.of("4.99", "EUR"),
        store="app_store",
        store_transaction_id="2000000512345678",
        sandbox=False,
    )

context = Context(
    install_id=uuid7(),
    session_id=uuid7(),
    app=App(version="2.14.0", build="21400417"),
    device=Device(platform="ios", os_version="26.1", model="iPhone17,2", locale="de-DE"),
)
with Client("https://events.example.com", "key", context=context) as client:
    play(client)
"""


def _mypy(folder: Path, source: str) -> str:
    path = folder / "game.py"
    path.write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "pyproject.toml", str(path)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def test_a_correct_game_passes(tmp_path: Path) -> None:
    assert _mypy(tmp_path, GAME).startswith("Success")


EMITTERS = """
import questlog
from questlog.testing import CONTEXT, AsyncRecordingClient, RecordingClient

def play(client: questlog.Emitter) -> None:
    client.context = client.context

def all_of_them(client: questlog.Client, other: questlog.AsyncClient) -> None:
    play(client)
    play(other)
    play(client.for_player(CONTEXT))
    play(RecordingClient())
    play(AsyncRecordingClient())
"""


def test_every_client_is_an_emitter(tmp_path: Path) -> None:
    assert _mypy(tmp_path, EMITTERS).startswith("Success")


@pytest.mark.parametrize(
    ("right", "wrong", "error"),
    [
        ('Money.of("4.99", "EUR")', 'Money.of("4.99", "EURO")', 'Argument 2 to "of" of "ExactMoney"'),
        ('Money.of("4.99", "EUR")', 'Money.of(4.99, "EUR")', 'Argument 1 to "of" of "ExactMoney"'),
        (
            'Money.of("4.99", "EUR")',
            'Money(amount_micros=1, currency="EURO")',
            'Argument "currency" to "Money"',
        ),
        ("        quantity=1,\n", "", 'Missing named argument "quantity"'),
        ('store="app_store"', 'store="corner_shop"', 'Argument "store" to "purchase"'),
        ("sandbox=False", 'sandbox=False, colour="red"', 'Unexpected keyword argument "colour"'),
        (
            "    play(client)\n",
            "    play(client)\n    context.player_id = None\n",
            'Property "player_id"',
        ),
        ("    play(client)\n", "    client.track(play(client))\n", 'Argument 1 to "track"'),
    ],
    ids=[
        "currency of Money.of",
        "float amount",
        "currency",
        "missing field",
        "enum",
        "unknown field",
        "change",
        "no event",
    ],
)
def test_a_mistake_is_found_before_the_game_runs(tmp_path: Path, right: str, wrong: str, error: str) -> None:
    assert right in GAME
    output = _mypy(tmp_path, GAME.replace(right, wrong))
    assert error in output
    assert "Found 1 error" in output
