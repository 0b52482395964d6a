import json

import pytest

from questlog_codegen.__main__ import main
from tests.codegen.project import Project
from tests.codegen.releases.released import ledger, numbers, run


def test_a_release_freezes_the_contract_and_its_migration(released: Project) -> None:
    assert numbers(released) == [("1.0", "released")]
    frozen = ledger(released)
    assert list(frozen["contracts"]) == ["quest/1.0"]
    assert list(frozen["migrations"]) == ["V0011__quest_1_0.sql"]


def test_a_release_shows_what_it_will_freeze(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    run(project, "release", "--yes")
    shown = capsys.readouterr().out
    assert "quest 1.0 (a new event)" in shown
    assert f"freeze quest/1.0 {'':<30} {ledger(project)['contracts']['quest/1.0']}" in shown
    assert "freeze V0011__quest_1_0.sql" in shown


def test_a_release_that_nobody_agrees_to_freezes_nothing(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(project, "release") == 1
    assert ledger(project) == {"contracts": {}, "migrations": {}}
    assert "--yes" in capsys.readouterr().err


def test_a_release_for_a_script_is_json(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    run(project, "release", "--yes", "--json")
    assert json.loads(capsys.readouterr().out) == ledger(project)


def test_releasing_again_changes_nothing(released: Project, capsys: pytest.CaptureFixture[str]) -> None:
    before = ledger(released)
    assert run(released, "release", "--yes") == 0
    assert ledger(released) == before
    assert "Nothing to release" in capsys.readouterr().out


def test_everything_is_up_to_date_after_a_release(released: Project) -> None:
    assert run(released, "check") == 0


def test_one_draft_can_be_released_and_the_other_one_stays(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["new", "battle", "won:boolean", "--root", str(project.root)])
    assert run(project, "release", "quest", "--yes") == 0
    assert list(ledger(project)["contracts"]) == ["quest/1.0"]
    assert list(ledger(project)["migrations"]) == ["V0012__quest_1_0.sql"]
    assert run(project, "check") == 0
    assert run(project, "release", "--yes") == 0
    assert list(ledger(project)["migrations"]) == ["V0012__quest_1_0.sql", "V0013__battle_1_0.sql"]
    capsys.readouterr()
    assert run(project, "release", "quest", "--yes") == 1
    assert "no draft of quest; there are drafts of: nothing" in capsys.readouterr().err


def test_a_release_tells_of_what_nobody_has_looked_at_yet(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["new", "battle", "score:integer", "--root", str(project.root)])
    run(project, "release")
    assert "PLACEHOLDER warning: /properties/score/description" in capsys.readouterr().err
