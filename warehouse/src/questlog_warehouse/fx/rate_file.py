"""Files of rates: which layout one has, and where in it something is wrong."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zipfile import BadZipFile, ZipFile, is_zipfile

from currency_converter import CURRENCY_FILE

from questlog_warehouse.fx.layouts import PLAIN, BadRowError, Row, bank_days, base_of, is_bank, plain_days
from questlog_warehouse.fx.quotes import Day

BANK = "ECB"
"""The source whose rates win over those of all others: the European Central Bank."""

_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_HEADERS = "the first line must be `date,from,to,rate`, or that of the bank's file: `Date,USD,JPY,...`"


class RateFileError(ValueError):
    """Raised for a file that cannot be loaded; the message names file, line and column, and what to write."""


@dataclass(frozen=True, slots=True)
class RateFile:
    """A file of rates, CSV or a zip of one, whose they are, and the first day that is taken of it."""

    path: Path
    source: str
    since: date = date.min

    def days(self) -> Iterator[Day]:
        """Yield what was published for each day from `since` on, in the order of the file.

        All of the file is read, a line at a time.

        Raises:
            RateFileError: at the first line that is wrong.
        """
        try:
            for day in self._days():
                if day.day >= self.since:
                    yield day
        except BadRowError as error:
            column = f", column `{error.column}`" if error.column else ""
            place = f"{self.path}, line {error.line}{column}"
            raise RateFileError(f"{place}: {error}") from None

    def _days(self) -> Iterator[Day]:
        header, rows = _read(self.path)
        if is_bank(header):
            yield from bank_days(header, rows)
        else:
            base = base_of(rows)
            yield from plain_days(base, _read(self.path)[1])


def rate_file(
    path: Path = Path(CURRENCY_FILE), source: str | None = None, *, since: date = date.min
) -> RateFile:
    """Return the file at `path`, by default the history of the bank that comes with the package.

    `source` names whose rates they are, up to 32 letters and digits; None in the bank's layout: the bank's.
    `since` is the first day that is taken.

    Raises:
        RateFileError: when the file cannot be read, has neither layout, or `source` does not fit its layout.
    """
    header, _ = _read(path)
    if is_bank(header):
        if source not in {None, BANK}:
            raise RateFileError(f"{path} has the layout of the {BANK}: leave out the source, or write {BANK}")
        return RateFile(path, BANK, since)
    if tuple(header) != PLAIN:
        raise RateFileError(f"{path}, line 1: {_HEADERS}")
    if source is None or source == BANK or not _SOURCE.fullmatch(source):
        message = f"say whose rates these are: up to 32 letters and digits, and not {BANK}"
        raise RateFileError(f"{path} needs a source: {message}")
    return RateFile(path, source, since)


def _read(path: Path) -> tuple[list[str], Iterator[Row]]:
    """Return the header and an iterator over the lines below; the file is closed at its end."""
    lines = _rows(path)
    header = next(lines, Row(1, []))
    return header.cells, _of_one_width(len(header.cells), lines)


def _of_one_width(width: int, rows: Iterator[Row]) -> Iterator[Row]:
    for row in rows:
        if len(row.cells) != width:
            message = f"{len(row.cells)} values, where the first line has {width}: mind the commas"
            raise BadRowError(row.line, "", message)
        yield row


def _rows(path: Path) -> Iterator[Row]:
    try:
        with _opened(path) as text:
            reader = csv.reader(text, strict=True)
            for cells in reader:
                if cells:
                    yield Row(reader.line_num, [cell.strip() for cell in cells])
    except (OSError, UnicodeDecodeError, BadZipFile, csv.Error) as error:
        message = f"{path} cannot be read: {error}. It has to be CSV in UTF-8, or a zip of one such file"
        raise RateFileError(message) from error


@contextmanager
def _opened(path: Path) -> Iterator[io.TextIOBase]:
    """Open the text; spreadsheets put a mark before it, which is not part of the first column."""
    if not is_zipfile(path):
        with path.open(encoding="utf-8-sig", newline="") as text:
            yield text
        return
    with ZipFile(path) as archive:
        names = archive.namelist()
        if len(names) != 1:
            raise BadZipFile(f"it holds {len(names)} files")
        with archive.open(names[0]) as content, io.TextIOWrapper(content, "utf-8-sig", newline="") as text:
            yield text
