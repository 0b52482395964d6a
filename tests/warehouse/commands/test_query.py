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


@pytest.mark.parametrize(("text", "count"), [("SELECT 1; SELECT 2", 2), ("", 0), ("-- nothing", 0)])
def test_one_statement_is_run_and_no_other_number(command: Ask, text: str, count: int) -> None:
    status, out, told = command("query", text)
    assert (status, out) == (1, "")
    assert f"error: give one statement, these are {count}: run the command for each" in told


def test_comments_and_a_semicolon_in_a_text_are_no_statements(command: Ask) -> None:
    _, out, _ = command("query", "--json", "-- one; two\nSELECT ';' AS IT; -- three")
    assert json.loads(out) == [{"IT": ";"}]


@pytest.mark.parametrize(
    "words", [("query", "SELECT 1"), ("fx",), ("erase", "--game", "g", "--player", "p", "--yes")]
)
def test_a_connection_that_is_not_there_is_told(
    words: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SNOWFLAKE_HOME", str(tmp_path))
    assert main([*words, "--connection", "nowhere"]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"python -m questlog_warehouse {words[0]}: error: ")
    assert "nowhere" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_a_warehouse_is_told_and_stays_as_it_is(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["query", "SELECT 1", "--warehouse", str(tmp_path / name)]) == 1
    assert "`nox -s demo` makes one" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [tmp_path / "empty"]
    assert not any((tmp_path / "empty").iterdir())
