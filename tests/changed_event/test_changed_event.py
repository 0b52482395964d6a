"""The promise to games that are never updated: every version ever released is taken, through every layer."""

import json
from pathlib import Path

import pytest

from tests.changed_event.edits import add_an_optional_field, edit, lower_a_limit
from tests.new_event.copies import copied, run


@pytest.fixture(scope="module")
def minor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository where `purchase` has an optional field more, as a draft."""
    copy = copied(tmp_path_factory.mktemp("minor"))
    edit(copy, add_an_optional_field)
    generated = run(copy, "-m", "questlog_codegen", "--json")
    assert generated.returncode == 0, generated.stderr
    [draft] = json.loads(generated.stdout)["drafts"]
    assert (draft["event"], draft["new"], draft["bump"]) == ("purchase", "1.1", "minor")
    return copy


@pytest.fixture(scope="module")
def major(minor: Path) -> Path:
    """The same copy after 1.1 was released and a limit was lowered."""
    released = run(minor, "-m", "questlog_codegen", "release", "--yes")
    assert released.returncode == 0, released.stderr
    edit(minor, lower_a_limit)
    generated = run(minor, "-m", "questlog_codegen", "--json")
    [draft] = json.loads(generated.stdout)["drafts"]
    assert (draft["event"], draft["new"], draft["bump"]) == ("purchase", "2.0", "major")
    assert draft["changes"][0]["witness"]["quantity"] > 100
    return minor


def play(copy: Path, *numbers: str) -> None:
    played = run(copy, "-m", "tests.changed_event.play", *numbers)
    assert played.returncode == 0, played.stderr


def test_games_of_the_old_and_the_new_minor_share_a_table(minor: Path) -> None:
    play(minor, "1.0", "1.1")


def test_games_of_both_majors_are_taken_and_seen_together(major: Path) -> None:
    play(major, "1.0", "1.1", "2.0")


def test_every_validator_and_document_agrees_on_the_changed_event(major: Path) -> None:
    # Each warehouse script is deployed by play; here are the validators, the examples and the fuzzed API.
    folders = ("tests/schemas", "tests/contract", "tests/api/test_contracts.py", "tests/sdk/test_model.py")
    result = run(major, "-m", "pytest", "-n0", *folders)
    assert result.returncode == 0, result.stdout[-5000:]
