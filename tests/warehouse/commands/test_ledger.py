import json

import pytest

from questlog_warehouse.__main__ import main


def test_it_tells_for_each_kind_of_statement_how_it_was_executed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["how"] for row in rows} == {"native", "rewritten", "body", "registered"}
