"""What becomes of a game's events when things break: all of them are in the warehouse, and each once.

The rows are those that were measured of other SDKs, none of which has a zero in all of them.
"""

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import pytest

from tests.pipeline.between import (
    Between,
    Hang,
    Weather,
    between,
    cut,
    fair,
    first,
    login_page,
    lost_answer,
    poisoned,
    status,
)
from tests.pipeline.setup import Pipeline, running_pipeline

ROOT = Path(__file__).parents[2]
WINDOW_SECONDS = 1.0
"""What a killed process took so shortly before may be lost, unless durability is "sync"."""


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    with running_pipeline(reporting=()) as pipeline:
        yield pipeline


@pytest.fixture
def proxy(pipeline: Pipeline) -> Iterator[Between]:
    with between(pipeline.service.url) as proxy:
        yield proxy


@dataclass
class Played:
    """What a game said: its purchases with the moment of each, and the rest of its lines."""

    bought: dict[str, float] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def hear(self, line: str) -> None:
        kind, _, rest = line.strip().partition(" ")
        if not line.endswith("\n"):
            return  # it was killed while it said that
        if kind == "bought":
            name, moment = rest.split()
            self.bought[name] = float(moment)
        elif kind:
            self.said.append(line.strip())


@dataclass
class Studio:
    """Runs games with one outbox, and looks their purchases up in the warehouse."""

    pipeline: Pipeline
    outbox: Path
    name: str

    def start(self, url: str, *options: str, name: str = "") -> "subprocess.Popen[str]":
        key = self.pipeline.service.write_key
        command = [sys.executable, "-m", "tests.pipeline.game", url, key, str(self.outbox), name or self.name]
        return subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def play(self, url: str, *options: str, name: str = "") -> Played:
        """Run a game to its end."""
        played = Played()
        with self.start(url, *options, name=name) as game:
            for line in game.stdout or ():
                played.hear(line)
        assert game.returncode == 0
        return played

    def deliver(self, url: str) -> None:
        """Start the game once more: it delivers what is in the outbox."""
        assert "flushed True" in self.play(url, "--end", "flush").said

    def arrived(self) -> list[str]:
        """Transactions in the typed table, in order."""
        self.pipeline.load()
        query = (
            "SELECT STORE_TRANSACTION_ID AS ID FROM CORE.PURCHASE_1 "
            f"WHERE STARTSWITH(STORE_TRANSACTION_ID, '{self.name}') ORDER BY 1"
        )
        return [row["ID"] for row in self.pipeline.warehouse.query(query)]


@pytest.fixture
def studio(pipeline: Pipeline, tmp_path: Path, request: pytest.FixtureRequest) -> Studio:
    name = re.sub("[^a-z0-9]", "", request.node.name.lower())[-40:]
    return Studio(pipeline, tmp_path / "outbox", f"{name}-")


def kill(game: "subprocess.Popen[str]", played: Played) -> float:
    """Kill the game and hear what it said before; return the moment."""
    game.kill()
    moment = monotonic()
    for line in game.stdout or ():
        played.hear(line)
    game.wait()
    return moment


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_game_loses_nothing_that_is_on_the_disk(studio: Studio, proxy: Between, seed: int) -> None:
    """At most what it took in its last second."""
    played = Played()
    with studio.start(proxy.url, "--events", "100000") as game:
        assert game.stdout is not None
        for _ in range(random.Random(seed).randrange(100, 3000)):
            played.hear(game.stdout.readline())
        moment = kill(game, played)
    studio.deliver(proxy.url)
    safe = {name for name, at in played.bought.items() if at < moment - WINDOW_SECONDS}
    arrived = studio.arrived()
    assert len(arrived) == len(set(arrived))
    assert safe <= set(arrived)


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_game_loses_nothing_at_all_if_each_call_waits_for_the_disk(
    studio: Studio, proxy: Between, seed: int
) -> None:
    proxy.weather = status(503)
    played = Played()
    with studio.start(proxy.url, "--events", "100000", "--durability", "sync") as game:
        assert game.stdout is not None
        for _ in range(random.Random(seed).randrange(10, 200)):
            played.hear(game.stdout.readline())
        kill(game, played)
    proxy.weather = fair
    studio.deliver(proxy.url)
    arrived = studio.arrived()
    assert len(arrived) == len(set(arrived))
    assert set(played.bought) <= set(arrived)


@pytest.mark.parametrize("end", ["exit", "close", "flush"])
def test_a_game_that_ends_loses_nothing(studio: Studio, proxy: Between, end: str) -> None:
    played = studio.play(proxy.url, "--events", "600", "--end", end)
    studio.deliver(proxy.url)
    assert studio.arrived() == sorted(played.bought)


@pytest.mark.parametrize("end", ["exit", "close"])
def test_a_game_that_ends_while_the_server_is_down_delivers_when_it_is_back(
    studio: Studio, pipeline: Pipeline, end: str
) -> None:
    with between(pipeline.service.url) as gone:
        url, port = gone.url, gone.server_address[1]
    begun = monotonic()
    played = studio.play(url, "--events", "1000", "--end", end)
    assert monotonic() - begun < 15
    with between(pipeline.service.url, port) as back:
        studio.deliver(back.url)
    assert len(played.bought) == 1000
    assert studio.arrived() == sorted(played.bought)


@pytest.mark.parametrize(
    "weather",
    [
        first(3, status(500)),
        first(2, status(429, Retry_After="1")),
        first(1, status(503, Retry_After="1")),
        first(3, login_page),
        first(3, cut),
        first(2, lost_answer),
    ],
    ids=["500", "429", "503", "hotel wifi", "cut connections", "lost answers"],
)
def test_bad_weather_loses_nothing_and_doubles_nothing(
    studio: Studio, proxy: Between, weather: Weather
) -> None:
    proxy.weather = weather
    played = studio.play(proxy.url, "--events", "300", "--end", "flush")
    assert "flushed True" in played.said
    assert studio.arrived() == sorted(played.bought)


def test_a_server_that_hangs_holds_the_end_of_a_game_up_for_two_seconds_and_nothing_is_lost(
    studio: Studio, proxy: Between
) -> None:
    hang = Hang()
    proxy.weather = hang
    with studio.start(proxy.url, "--events", "100", "--end", "wait") as game:
        played = Played()
        assert game.stdout is not None
        while len(played.bought) < 100:
            played.hear(game.stdout.readline())
        assert hang.reached.wait(30)
        begun = monotonic()
        game.send_signal(2)  # Ctrl-C: the interpreter ends, and with it the client
        game.wait()
        assert monotonic() - begun < 2 + 3
    proxy.weather = fair
    hang.over.set()
    studio.deliver(proxy.url)
    assert studio.arrived() == sorted(played.bought)


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="there is no fork here")
def test_a_forked_child_sends_its_own_events_and_its_parent_its_own(studio: Studio, proxy: Between) -> None:
    played = studio.play(proxy.url, "--events", "100", "--fork")
    studio.deliver(proxy.url)
    assert len(played.bought) == 200
    assert studio.arrived() == sorted(played.bought)


def test_a_full_outbox_keeps_what_it_took_and_counts_what_it_did_not(
    studio: Studio, pipeline: Pipeline
) -> None:
    with between(pipeline.service.url) as gone:
        url, port = gone.url, gone.server_address[1]
    played = studio.play(url, "--events", "1000", "--outbox-bytes", "200000")
    dropped = sum(int(said.split()[1]) for said in played.said if said.startswith("dropped"))
    [left] = [int(said.split()[1]) for said in played.said if said.startswith("left")]
    assert dropped > 0
    assert left + dropped == 1000
    with between(pipeline.service.url, port) as back:
        studio.deliver(back.url)
    arrived = studio.arrived()
    assert len(set(arrived)) == len(arrived) == left


def test_a_poisoned_event_is_set_aside_and_the_rest_goes_on(studio: Studio, proxy: Between) -> None:
    proxy.weather = poisoned(f'{studio.name}42"'.encode())
    played = studio.play(proxy.url, "--events", "100", "--end", "flush")
    assert [said for said in played.said if said.startswith("rejected")]
    assert studio.arrived() == sorted(set(played.bought) - {f"{studio.name}42"})
    [aside] = studio.outbox.glob("*.refused.jsonl")
    assert f'{studio.name}42"'.encode() in aside.read_bytes()


def test_two_games_at_once_share_an_outbox(studio: Studio, proxy: Between) -> None:
    with ExitStack() as stack:
        names = [f"{studio.name}{letter}-" for letter in "ab"]
        games = [stack.enter_context(studio.start(proxy.url, "--events", "500", name=name)) for name in names]
        played = Played()
        for game in games:
            for line in game.stdout or ():
                played.hear(line)
    studio.deliver(proxy.url)
    assert len(played.bought) == 1000
    assert studio.arrived() == sorted(played.bought)
