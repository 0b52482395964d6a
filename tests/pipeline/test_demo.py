import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

import questlog
from tests.pipeline import demo
from tests.pipeline.books import Books, MoneyRow, Row
from tests.pipeline.setup import Pipeline
from tests.pipeline.studio import Studio


def test_the_demo_balances_its_books(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.main(["--events", "200", "--json"]) == 0
    outcome = json.loads(capsys.readouterr().out)
    rows = outcome["books"]["rows"]
    assert outcome["balanced"] is True
    assert sum(row["sent"] for row in rows) == 200
    assert all(sum(row[name] for row in rows) > 0 for name in ("typed", "rejected", "duplicates"))
    assert len({row["currency"] for row in rows if row["event"] == "purchase" and row["typed"]}) >= 10
    assert outcome["firehose"]["throttled"] > 0
    unconverted = {row["CURRENCY"] for row in outcome["revenue"] if row["USD_NET_MICROS"] is None}
    assert unconverted <= {"KWD"}


def test_a_lost_event_makes_the_demo_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def losing(studio: Studio, pipeline: Pipeline, console: Console) -> questlog.Stats:
        stats = send(studio, pipeline, console)
        studio.ledger.sent["install", "-"] += 1
        return stats

    send = demo._send
    monkeypatch.setattr(demo, "_send", losing)
    assert demo.main(["--events", "50"]) == 1
    printed = capsys.readouterr().out
    assert "The books do not balance" in printed
    assert "NO" in printed


@settings(deadline=None)
@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 30))
def test_a_row_balances_when_every_event_is_accounted_for(
    typed: int, rejected: int, twice: int, sent: int
) -> None:
    row = Row("purchase", "EUR", sent, typed, rejected, twice)
    assert row.balanced == (sent == typed + rejected + twice)


def test_one_micro_too_little_is_found() -> None:
    assert not Books((), (MoneyRow("sold", "EUR", 4_990_000, 4_989_999),)).balanced


@pytest.mark.parametrize("wrong", ["0", "-1", "many"])
def test_a_wrong_number_of_events_is_refused(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        demo.main(["--events", wrong])
    assert caught.value.code == 2
    assert "--events" in capsys.readouterr().err
