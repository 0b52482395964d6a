import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import questlog
from tests.pipeline import demo
from tests.pipeline.books import Books, MoneyRow, Row
from tests.pipeline.setup import Pipeline
from tests.pipeline.studio import Studio


@pytest.fixture
def keep(tmp_path: Path) -> list[str]:
    """The option that keeps the warehouse out of the checkout."""
    return ["--keep", str(tmp_path / "warehouse")]


def test_the_demo_balances_its_books(keep: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.main(["--events", "200", "--json", *keep]) == 0
    outcome = json.loads(capsys.readouterr().out)
    rows = outcome["books"]["rows"]
    assert outcome["balanced"] is True
    assert sum(row["sent"] for row in rows) == 200
    assert all(sum(row[name] for row in rows) > 0 for name in ("typed", "rejected", "duplicates"))
    assert len({row["currency"] for row in rows if row["event"] == "purchase" and row["typed"]}) >= 10
    assert outcome["firehose"]["throttled"] > 0
    unconverted = {row["CURRENCY"] for row in outcome["revenue"] if row["USD_MICROS"] is None}
    assert unconverted <= {"KWD"}


def test_a_lost_event_makes_the_demo_fail(
    monkeypatch: pytest.MonkeyPatch, keep: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def losing(studio: Studio, pipeline: Pipeline, console: Console) -> questlog.Stats:
        stats = send(studio, pipeline, console)
        studio.ledger.sent["install", "-"] += 1
        return stats

    send = demo._send
    monkeypatch.setattr(demo, "_send", losing)
    assert demo.main(["--events", "50", *keep]) == 1
    printed = capsys.readouterr().out
    assert "The books do not balance" in printed
    assert "NO" in printed


def test_rows_that_vanish_from_a_table_are_no_duplicates(
    monkeypatch: pytest.MonkeyPatch, keep: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def losing(pipeline: Pipeline) -> None:
        load(pipeline)
        pipeline.warehouse.query("DELETE FROM CORE.INSTALL_1")

    load = Pipeline.load
    monkeypatch.setattr(Pipeline, "load", losing)
    assert demo.main(["--events", "50", "--json", *keep]) == 1
    books = json.loads(capsys.readouterr().out)["books"]
    assert [row["typed"] for row in books["rows"] if row["event"] == "install"] == [0]


COUNTS = st.integers(0, 9)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_a_row_balances_when_every_event_became_what_it_should(
    good: int, twice: int, broken: int, again: int
) -> None:
    sent = good + twice + broken
    assert Row("purchase", "EUR", sent, twice, broken, good, broken, twice + again).balanced
    assert not Row("purchase", "EUR", sent + 1, twice, broken, good, broken, twice + again).balanced
    assert not Row("purchase", "EUR", sent, twice, broken, good - 1, broken, twice + again + 1).balanced
    assert not Row("purchase", "EUR", sent, twice, broken, good, broken - 1, twice + again).balanced
    assert not Row("purchase", "EUR", sent, twice, broken, good, broken, twice - 1).balanced


def test_one_micro_too_little_is_found() -> None:
    assert not Books((), (MoneyRow("sold", "EUR", 4_990_000, 4_989_999),)).balanced


@pytest.mark.parametrize("wrong", ["0", "-1", "many"])
def test_a_wrong_number_of_events_is_refused(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        demo.main(["--events", wrong])
    assert caught.value.code == 2
    assert "--events" in capsys.readouterr().err
