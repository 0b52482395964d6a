from pathlib import Path

from questlog_api.gate.keys import key_hash
from tests.chaos.overload import allow_files, flood, siege
from tests.chaos.probe import Probe
from tests.chaos.victim import KEY, Victim, settings
from tests.load.firehose import firehose
from tests.load.generator import generate

GOOD_KEY = "ql_key_of_a_good_game"


def test_ten_times_too_much_is_refused_within_bounds_and_leaves_nothing_behind(tmp_path: Path) -> None:
    assert flood(6, allow_files(1000), 1, tmp_path).faults == []


def test_connections_that_ask_for_nothing_keep_nobody_from_being_served(tmp_path: Path) -> None:
    allow_files(2000)
    besieged = siege(1000, 4, tmp_path)
    assert besieged.opened == 2000
    assert besieged.faults == []


def test_a_key_that_sends_too_much_is_told_so_and_others_are_served(tmp_path: Path) -> None:
    keys = {"greedy": KEY, "good": GOOD_KEY}
    hashes = ", ".join(f'"{game}": ["{key_hash(key.encode())}"]' for game, key in keys.items())
    with firehose() as stand_in:
        chosen = settings(stand_in.url, write_keys=f"{{{hashes}}}", max_events_per_minute=1000)
        with Victim(chosen, tmp_path / "service.log") as victim:
            victim.start()
            with Probe(victim, {"Authorization": f"Bearer {GOOD_KEY}"}) as probe:
                greedy = generate(victim.url, KEY, batch=100, connections=50, seconds=3)
    assert greedy.events < 2000
    assert set(greedy.statuses) == {"202", "429"}
    assert set(probe.seen.answers) == {202}
