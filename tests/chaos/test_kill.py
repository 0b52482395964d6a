"""The short version of `python -m tests.chaos`: nothing that was acknowledged is lost, whenever it ends."""

from dataclasses import replace
from pathlib import Path

from tests.chaos.kill import run
from tests.chaos.result import Plan, report

SHORT = Plan(
    kills=3,
    stops=1,
    acknowledged=5000,
    outage_seconds=3,
    warehouse=0,
    round_seconds=11,
    life_seconds=(0.3, 1.2),
)


def test_kills_lose_nothing_of_a_service_with_a_spool(tmp_path: Path) -> None:
    result = run(SHORT, tmp_path / "run")
    assert result.is_good, report(result)
    assert result.tally.most_spooled > 0


def test_kills_lose_nothing_of_a_service_without_spool(tmp_path: Path) -> None:
    result = run(replace(SHORT, spool=False), tmp_path / "run")
    assert result.is_good, report(result)
    assert result.tally.statuses["503"] > 0
