"""Files of rates as banks and spreadsheets write them, and what is said of those that are wrong."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest

from questlog_warehouse import fx

BANK = "Date,USD,JPY,KWD,\n2026-10-30,1.1172,175.68,N/A,\n2026-10-29,1.1,170,,\n"
PLAIN = "date,from,to,rate\n2026-10-30,KWD,USD,3.25\n2026-10-30,USD,SAR,3.75\n2026-10-31,KWD,USD,3.26\n"


def written(folder: Path, text: str, name: str = "rates.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def loaded(folder: Path, text: str, source: str | None = "CBK") -> dict[date, dict[tuple[str, str], Decimal]]:
    """Day -> pair -> rate, into dollars and dinars."""
    found = {}
    for day in fx.rate_file(written(folder, text), source).days():
        rates = fx.rates(day, ["USD", "KWD"])
        found[day.day] = {(rate.from_currency, rate.to_currency): rate.rate for rate in rates}
    return found


def refusal(folder: Path, text: str, source: str | None = "CBK") -> str:
    with pytest.raises(fx.RateFileError) as caught:
        loaded(folder, text, source)
    return str(caught.value).removeprefix(f"{folder / 'rates.csv'}")


def test_the_layout_of_the_bank_is_known_by_its_first_line(tmp_path: Path) -> None:
    file = fx.rate_file(written(tmp_path, BANK))
    assert file.source == "ECB"
    assert [(day.day, day.base, sorted(day.quotes)) for day in file.days()] == [
        (date(2026, 10, 30), "EUR", ["JPY", "USD"]),
        (date(2026, 10, 29), "EUR", ["JPY", "USD"]),
    ]


def test_a_zip_of_one_file_is_read_as_the_file(tmp_path: Path) -> None:
    path = tmp_path / "rates.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("eurofxref-hist.csv", BANK)
    assert len(list(fx.rate_file(path).days())) == 2


def test_only_days_from_the_first_one_asked_for_are_taken(tmp_path: Path) -> None:
    file = fx.rate_file(written(tmp_path, BANK), since=date(2026, 10, 30))
    assert [day.day for day in file.days()] == [date(2026, 10, 30)]


def test_a_plain_file_gives_its_rates_their_inverses_and_crosses(tmp_path: Path) -> None:
    assert loaded(tmp_path, PLAIN) == {
        date(2026, 10, 30): {
            ("KWD", "USD"): Decimal("3.25"),
            ("SAR", "USD"): Decimal("0.266666666666667"),
            ("USD", "KWD"): Decimal("0.307692307692308"),
            ("SAR", "KWD"): Decimal("0.082051282051282"),
        },
        date(2026, 10, 31): {("KWD", "USD"): Decimal("3.26"), ("USD", "KWD"): Decimal("0.306748466257669")},
    }


def test_a_plain_file_of_one_pair_is_against_the_currency_it_is_converted_to(tmp_path: Path) -> None:
    file = fx.rate_file(written(tmp_path, "date,from,to,rate\n2026-10-30,KWD,USD,3.25\n"), "CBK")
    assert [day.base for day in file.days()] == ["USD"]


def test_rates_of_a_plain_file_say_how_they_were_derived(tmp_path: Path) -> None:
    day = next(fx.rate_file(written(tmp_path, PLAIN), "CBK").days())
    derived = {
        (rate.from_currency, rate.to_currency): rate.derivation for rate in fx.rates(day, ["USD", "KWD"])
    }
    assert derived == {
        ("KWD", "USD"): "published",
        ("SAR", "USD"): "inverse",
        ("USD", "KWD"): "inverse",
        ("SAR", "KWD"): "cross",
    }


@pytest.mark.parametrize("text", ["\ufeff" + PLAIN, PLAIN.replace("\n", "\r\n"), PLAIN + "\n\n"])
def test_marks_line_ends_and_empty_lines_of_spreadsheets_do_not_matter(tmp_path: Path, text: str) -> None:
    assert loaded(tmp_path, text) == loaded(tmp_path, PLAIN)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ", line 1: the first line must be `date,from,to,rate`"),
        ("date;from;to;rate\n", ", line 1: the first line must be `date,from,to,rate`"),
        (PLAIN + "2026-11-01,KWD,USD\n", ", line 5: 3 values, where the first line has 4"),
        (PLAIN + "01.11.2026,KWD,USD,3\n", ", line 5, column `date`: is no day: write it as in 2026-10-30"),
        (PLAIN + "2026-02-30,KWD,USD,3\n", ", line 5, column `date`: is no day"),
        (
            PLAIN + "2026-11-01,dinar,USD,3\n",
            ", line 5, column `from`: is no currency: write its ISO 4217 code",
        ),
        (PLAIN + "2026-11-01,KWD,usd,3\n", ", line 5, column `to`: is no currency"),
        (PLAIN + "2026-11-01,USD,USD,1\n", ", line 5, column `to`: is the currency in `from`"),
        (
            PLAIN + '2026-11-01,KWD,USD,"3,25"\n',
            ", line 5, column `rate`: is no number above 0: write it with a",
        ),
        (PLAIN + "2026-11-01,KWD,USD,0.00\n", ", line 5, column `rate`: is no number above 0"),
        (PLAIN + "2026-11-01,KWD,USD,-3\n", ", line 5, column `rate`: is no number above 0"),
        (PLAIN + "2026-11-01,KWD,USD,NaN\n", ", line 5, column `rate`: is no number above 0"),
        (
            PLAIN + "2026-11-01,KWD,EUR,3\n",
            ", line 5, column `to`: is not against USD, as the rows before are",
        ),
        (PLAIN + "2026-10-31,KWD,USD,3\n", ", line 5, column `from`: has a rate on this day already"),
        (PLAIN + "2026-10-31,USD,KWD,3\n", ", line 5, column `from`: has a rate on this day already"),
        (PLAIN + "2026-10-30,AED,USD,3\n", ", line 5, column `date`: came before: sort the file by date"),
    ],
)
def test_a_plain_file_that_is_wrong_is_told_where_and_what_to_write(
    tmp_path: Path, text: str, message: str
) -> None:
    assert refusal(tmp_path, text).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BANK + "2026-10-30,1,2,3,\n", ", line 4, column `Date`: is there already: keep one line a day"),
        (BANK + "28 October 2026,1,2,3,\n", ", line 4, column `Date`: is no day"),
        (BANK + "2026-10-28,1,x,3,\n", ", line 4, column `JPY`: is no number above 0"),
        (BANK + "2026-10-28,1,2\n", ", line 4: 3 values, where the first line has 5"),
    ],
)
def test_a_file_of_the_bank_that_is_wrong_is_told_where_and_what_to_write(
    tmp_path: Path, text: str, message: str
) -> None:
    assert refusal(tmp_path, text, None).startswith(message)


def test_a_message_holds_nothing_of_the_cell(tmp_path: Path) -> None:
    assert "secret" not in refusal(tmp_path, PLAIN + "2026-11-01,KWD,USD,secret\n")


@pytest.mark.parametrize("source", [None, "ECB", "", "a source", "x" * 33])
def test_a_plain_file_needs_a_source_that_is_not_the_bank(tmp_path: Path, source: str | None) -> None:
    assert " needs a source: say whose rates these are" in refusal(tmp_path, PLAIN, source)


def test_the_layout_of_the_bank_cannot_be_of_another_source(tmp_path: Path) -> None:
    assert " has the layout of the ECB: leave out the source" in refusal(tmp_path, BANK, "CBK")


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert " cannot be read: " in refusal(tmp_path, '"date')
    with pytest.raises(fx.RateFileError, match="cannot be read"):
        fx.rate_file(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes("date,from,to,rät".encode("latin-1"))
    with pytest.raises(fx.RateFileError, match="It has to be CSV in UTF-8"):
        fx.rate_file(tmp_path / "latin.csv")
    with ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", BANK)
        archive.writestr("b.csv", BANK)
    with pytest.raises(fx.RateFileError, match="it holds 2 files"):
        fx.rate_file(tmp_path / "two.zip")


@pytest.mark.parametrize("rate", ["100000000", "0.0000000000000001"])
def test_a_rate_the_column_cannot_hold_is_an_error(tmp_path: Path, rate: str) -> None:
    (day,) = fx.rate_file(written(tmp_path, f"date,from,to,rate\n2026-10-30,KWD,USD,{rate}\n"), "CBK").days()
    with pytest.raises(OverflowError, match=r"KWD to USD on 2026-10-30 is not between 10\^-15 and 10\^8"):
        list(fx.rates(day, ["USD"]))
