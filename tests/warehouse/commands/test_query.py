import json
from pathlib import Path

import pytest

from questlog_warehouse.__main__ import main
from tests.warehouse.commands.conftest import Ask


def test_rows_are_printed_as_a_table_with_numbers_to_the_right(command: Ask) -> None:
    status, out, _ = command(
        "query", "SELECT 'EUR' AS CURRENCY, 4990000 AS MICROS UNION ALL SELECT 'JPY', 5 ORDER BY 1"
    )
    assert status == 0
    assert out.splitlines() == [
        "CURRENCY   MICROS",
        "--------  -------",
        "EUR       4990000",
        "JPY             5",
        "(2 rows)",
    ]


def test_json_keeps_what_a_double_cannot(command: Ask) -> None:
    _, out, _ = command("query", "--json", "SELECT CAST('0.1000000000000001' AS NUMBER(23,16)) AS RATE")
    assert json.loads(out) == [{"RATE": "0.1000000000000001"}]


def test_csv_begins_with_the_names(command: Ask) -> None:
    _, out, _ = command("query", "--csv", "SELECT 1 AS N, 'a,b' AS TEXT")
    assert out == 'N,TEXT\n1,"a,b"\n'


def test_a_line_break_in_a_value_does_not_tear_the_table(command: Ask) -> None:
    _, out, _ = command("query", "SELECT 'a' || CHR(10) || 'b' AS TEXT")
    assert "a b" in out.splitlines()


def test_a_query_that_is_wrong_fails_with_what_the_warehouse_says(command: Ask) -> None:
    status, out, err = command("query", "SELECT NOTHING FROM MART.SALE")
    assert (status, out) == (1, "")
    assert "NOTHING" in err.upper()


def test_without_a_demo_it_says_what_makes_a_warehouse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["query", "SELECT 1", "--warehouse", str(tmp_path / "none")]) == 1
    assert "nox -s demo" in capsys.readouterr().err
