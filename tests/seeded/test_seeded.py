import ast
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.repository import ROOT
from tests.seeded.__main__ import main
from tests.seeded.bug import Bug, StaleBugError
from tests.seeded.bugs import BUGS
from tests.seeded.hunt import NotRunError, Outcome, first_failure, hunt
from tests.seeded.report import as_data, as_text, survivors

FILE = "sum.py"
SOUND = '"""Adds."""\n\n\ndef added(a: int, b: int) -> int:\n    return a + b\n'
TESTS = """
import time
import pytest
from sum import added

def test_nothing_is_added():
    assert added(1, 0) == 1

@pytest.mark.parametrize("sum_", [3], ids=["a - b | c"])
def test_two_are_added(sum_):
    deadline = time.monotonic() + 60
    while added(1, 2) is None and time.monotonic() < deadline:
        pass
    assert added(1, 2) == sum_
"""
HARMLESS = Bug("the docstring is another", FILE, "Adds.", "Adds two.", ("test_sum.py",))
REAL = Bug("it subtracts", FILE, "a + b", "a - b", ("test_sum.py",))
HANGING = Bug("it waits", FILE, "return a + b", "return a + b if b == 0 else None", ("test_sum.py",))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A repository of one function."""
    (tmp_path / FILE).write_text(SOUND)
    (tmp_path / "test_sum.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\naddopts = -q\n")
    return tmp_path


def hunted(copy: Path, *bugs: Bug, seconds: float = 60) -> list[Outcome]:
    return hunt(bugs, [copy], lambda _: None, seconds)


# The table


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_fits_the_source_of_today(bug: Bug) -> None:
    # A bug that does not parse breaks every test, and would be caught by any.
    broken = ast.parse(bug.seeded_in((ROOT / bug.file).read_text(encoding="utf-8")))
    assert ast.dump(broken) != ast.dump(ast.parse((ROOT / bug.file).read_text(encoding="utf-8")))


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_tests_that_must_catch_a_bug_are_there(bug: Bug) -> None:
    for test in bug.hunters:
        file, _, name = test.partition("::")
        assert f"def {name}" in (ROOT / file).read_text(encoding="utf-8")


def test_there_are_more_bugs_than_were_asked_for_and_no_two_are_called_the_same() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= 40
    assert len({(bug.file, bug.source, bug.broken) for bug in BUGS}) == len(BUGS)


# The hunt


def test_a_bug_is_caught_by_the_first_test_that_fails(copy: Path) -> None:
    [outcome] = hunted(copy, REAL)
    assert outcome.caught_by == "test_sum.py::test_two_are_added[a - b | c]"


def test_a_harmless_change_survives_and_is_told_as_such(copy: Path) -> None:
    outcomes = hunted(copy, REAL, HARMLESS)
    assert [outcome.bug for outcome in survivors(outcomes)] == [HARMLESS]
    assert as_data(outcomes)["caught"] == 1
    assert "1 of 2 bugs caught" in list(as_text(outcomes))
    assert [line for line in as_text(outcomes) if "**nobody**" in line] != []


def test_tests_that_hang_catch_nothing_and_are_ended(copy: Path) -> None:
    assert survivors(hunted(copy, HANGING, seconds=5)) != []


def test_the_source_is_sound_again_after_a_bug(copy: Path) -> None:
    hunted(copy, REAL)
    assert (copy / FILE).read_text() == SOUND
    assert first_failure(copy, ["test_sum.py"]) is None


def test_bugs_are_told_in_their_order_however_many_copies_there_are(copy: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for name in (FILE, "test_sum.py", "pytest.ini"):
        (other / name).write_bytes((copy / name).read_bytes())
    told: list[Outcome] = []
    outcomes = hunt([REAL, HARMLESS, REAL], [copy, other], told.append)
    assert [outcome.caught_by is None for outcome in outcomes] == [False, True, False]
    assert len(told) == 3


@pytest.mark.parametrize("source", ["a * b", "a"], ids=["gone", "several times"])
def test_a_bug_whose_source_is_not_there_once_is_stale(copy: Path, source: str) -> None:
    with pytest.raises(StaleBugError, match="not once"):
        hunted(copy, Bug("it multiplies", FILE, source, "0", ("test_sum.py",)))


@pytest.mark.parametrize(
    ("bug", "tests"),
    [("raise OSError", "test_sum.py"), ("return a + b", "test_none.py")],
    ids=["import", "path"],
)
def test_tests_that_cannot_be_run_are_an_error_and_no_catch(copy: Path, bug: str, tests: str) -> None:
    with pytest.raises(NotRunError, match="pytest ended with"):
        hunted(copy, Bug("it breaks", FILE, SOUND, bug, (tests,)))


# The command


@pytest.mark.parametrize("arguments", [["--only", "no such bug"]])
def test_a_name_that_no_bug_has_is_wrong_usage(
    arguments: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "there is no bug" in capsys.readouterr().err


def test_the_command_lists_who_caught_what(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", BUGS[0].name, "--copies", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["bugs"], told["caught"]) == (1, 1)
    assert told["outcomes"][0]["caught_by"].startswith("tests/codegen/test_check_source.py::")
