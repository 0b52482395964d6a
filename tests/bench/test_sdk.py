"""The table of the SDKs: which peer is best, what the ratio is, and what counts as reached."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any

import pytest

from tests.bench import sdk, sdk_rows
from tests.bench.sdk_client import Burst, Import
from tests.bench.sdk_rows import ROWS, Measured, Round, Row

BURST = Burst(
    call_p50=10.0,
    call_p99=100.0,
    call_max=1000.0,
    per_second=10_000.0,
    cpu_micros=40.0,
    wire_bytes=80.0,
    memory_mib=10.0,
    missing=0,
)
MEASURED = Measured(BURST, Import(60.0, 100), 1.0)


def measured(exit_seconds: float = 1.0, **changes: Any) -> Measured:
    return replace(MEASURED, burst=replace(BURST, **changes), exit_seconds=exit_seconds)


def row(start: str) -> Row:
    [found] = [row for row in ROWS if row.name.startswith(start)]
    return found


def target(rounds: Sequence[Round], start: str) -> str:
    """Return the line that tells of a target, those being the last of the table."""
    return [line for line in sdk_rows.table(rounds) if line.startswith(start)][-1]


def test_the_best_peer_has_the_lowest_cost_and_the_highest_rate() -> None:
    rounds = [
        {
            "questlog": measured(),
            "quick": measured(per_second=20_000, cpu_micros=50),
            "frugal": measured(per_second=5_000, cpu_micros=20),
        }
    ]

    assert sdk_rows.best_peer(rounds, row("events/s")) == "quick"
    assert sdk_rows.best_peer(rounds, row("CPU")) == "frugal"


def test_the_ratio_is_the_median_of_the_rounds_ratios() -> None:
    pairs = [(10, 10), (30, 20), (50, 10)]
    rounds = [{"questlog": measured(cpu_micros=us), "peer": measured(cpu_micros=it)} for us, it in pairs]

    assert sdk_rows.ratio(rounds, row("CPU"), "peer") == 1.5


@pytest.mark.parametrize(("rate", "verdict"), [(12_100, "reached"), (11_900, "MISSED")])
def test_a_rate_must_be_so_many_times_the_best_peers(rate: float, verdict: str) -> None:
    rounds = [{"questlog": measured(per_second=rate), "peer": measured()}]

    assert target(rounds, "events/s").endswith(f"target at least 1.2: {verdict}")


@pytest.mark.parametrize(("micros", "verdict"), [(9.9, "reached"), (10.1, "MISSED")])
def test_a_cost_must_be_at_most_the_best_peers(micros: float, verdict: str) -> None:
    rounds = [{"questlog": measured(call_p50=micros), "peer": measured()}]

    assert target(rounds, "call, p50").endswith(f"target at most 1.0: {verdict}")


@pytest.mark.parametrize(("seconds", "verdict"), [(2.0, "reached"), (inf, "MISSED")])
def test_the_exit_is_bounded_whatever_the_peers_need(seconds: float, verdict: str) -> None:
    rounds = [{"questlog": measured(seconds), "peer": measured(inf)}]

    assert target(rounds, "exit").endswith(f"target at most 2: {verdict}")
    assert "> 15 peer" in target(rounds, "exit")


def test_an_event_that_does_not_arrive_is_told() -> None:
    assert target([{"questlog": measured(missing=1)}], "events that never").endswith("MISSED")


def test_without_peers_nothing_is_compared() -> None:
    assert target([{"questlog": measured()}], "CPU").endswith("no peer to compare with")


def test_a_peer_that_cannot_be_installed_is_named_and_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sdk, "install", lambda _: {"segment": "no network"})

    assert [peer.name for peer in sdk._installed(["segment", "amplitude"])] == ["amplitude"]

    assert capsys.readouterr().out == "segment is left out, it cannot be installed: no network\n"


def test_questlog_is_measured_where_no_peer_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sdk, "EXIT_CAP_SECONDS", 0.3)
    monkeypatch.setattr(sdk, "_IMPORTS", 1)

    sdk.run(["--only", "--events", "200", "--rounds", "1"])

    rows = capsys.readouterr().out
    assert "1 round of 200 events" in rows
    assert rows.strip().endswith("0 never arrived"), "a thousand players are measured too"
    assert rows.count("no peer to compare with") == sum(row.times is not None for row in ROWS)
