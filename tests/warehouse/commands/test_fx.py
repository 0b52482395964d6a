import json
from pathlib import Path

import pytest

from tests.warehouse.commands.conftest import Ask

RATES = "date,from,to,rate\n2026-10-30,KWD,USD,3.2475\n"


def test_the_banks_rates_are_loaded_once(command: Ask) -> None:
    first = json.loads(command("fx", "--since", "2026-10-01", "--json")[1])
    second = json.loads(command("fx", "--since", "2026-10-01", "--json")[1])
    assert first["source"] == "ECB"
    assert (first["appended"], second["appended"]) == (first["compared"], 0)
    assert second["compared"] == first["compared"] > 0


def test_rates_of_a_file_are_usable_for_what_the_bank_does_not_quote(command: Ask, tmp_path: Path) -> None:
    file = tmp_path / "kwd.csv"
    file.write_text(RATES, encoding="utf-8")
    status, out, _ = command("fx", str(file), "--source", "CBK")
    assert status == 0
    assert out == "CBK: 1 rates compared, 1 were new, 0 corrected, the rest was known\n"
    _, out, _ = command("query", "--json", "SELECT FROM_CURRENCY, SOURCE FROM REF.FX_RATE")
    assert json.loads(out) == [{"FROM_CURRENCY": "KWD", "SOURCE": "CBK"}]


def test_a_file_with_a_wrong_line_loads_nothing_and_is_told_where(command: Ask, tmp_path: Path) -> None:
    file = tmp_path / "kwd.csv"
    file.write_text(f"{RATES}2026-10-31,KWD,USD,many\n", encoding="utf-8")
    status, _, err = command("fx", str(file), "--source", "CBK")
    assert status == 1
    assert "kwd.csv, line 3, column `rate`" in err
    assert "many" not in err
    assert json.loads(command("query", "--json", "SELECT COUNT(*) AS N FROM REF.FX_RATE")[1]) == [{"N": 0}]


@pytest.mark.parametrize(
    "words", [("--into", "usd"), ("--since", "yesterday"), ("--known-at", "noon")], ids=lambda words: words[0]
)
def test_an_option_that_is_wrong_is_a_usage_error_with_an_example(
    command: Ask, capsys: pytest.CaptureFixture[str], words: tuple[str, str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        command("fx", *words)
    assert "as in " in capsys.readouterr().err
