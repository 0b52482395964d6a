import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from questlog_codegen.__main__ import main
from questlog_codegen.contracts import Contract
from questlog_codegen.emitters.snowflake import FOLDER
from tests.codegen.project import ENVELOPE, Project

BOOLEAN = {"description": "Whether it was won.", "type": "boolean", "x-pii": "none"}


def run(project: Project, *arguments: str) -> int:
    return main([*arguments, "--root", str(project.root)])


@pytest.fixture
def released(project: Project) -> Project:
    """The project with `quest` 1.0 released."""
    assert run(project, "release", "--yes") == 0
    return project


def ledger(project: Project) -> dict[str, Any]:
    text = (project.root / "schemas/released.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def quest(project: Project) -> Contract:
    return project.load().contracts[0]


def numbers(project: Project) -> list[tuple[str, str]]:
    return [(version.number, version.status) for version in quest(project).versions]


def version_file(project: Project, number: str = "1.0") -> Path:
    return project.root / f"schemas/quest/versions/{number}.json"


def test_an_event_that_was_never_released_has_one_draft(project: Project) -> None:
    assert numbers(project) == [("1.0", "draft")]


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


def test_the_text_of_a_released_version_may_change(released: Project) -> None:
    released.write("quest/schema.json", {**released.schema(), "description": "A quest, told better."})
    assert numbers(released) == [("1.0", "released")]
    assert quest(released).newest.schema["description"] == "A quest, told better."


def test_the_order_of_what_has_no_order_may_change(released: Project) -> None:
    schema = released.schema(won=BOOLEAN)
    released.write("quest/schema.json", {**schema, "required": ["points", "won"]})
    released.write("quest/examples/valid/won.json", {**ENVELOPE, "points": 3, "won": True})
    negative = {"pointer": "/points", "keyword": "minimum", "event": {**ENVELOPE, "points": -1, "won": True}}
    released.write("quest/examples/invalid/negative.json", negative)
    run(released, "release", "--yes")
    released.write("quest/schema.json", {**schema, "required": ["won", "points"]})
    assert numbers(released)[-1] == ("2.0", "released")


def test_an_event_edited_five_times_has_one_new_version(released: Project) -> None:
    for count in range(1, 6):
        extra = {f"won_{number}": BOOLEAN for number in range(count)}
        released.write("quest/schema.json", released.schema(**extra))
        assert run(released) == 0
    assert numbers(released) == [("1.0", "released"), ("1.1", "draft")]
    assert sorted(path.name for path in version_file(released).parent.iterdir()) == ["1.0.json", "1.1.json"]


def test_an_edit_that_is_taken_back_leaves_no_draft(released: Project) -> None:
    released.write("quest/schema.json", released.schema(won=BOOLEAN))
    run(released)
    released.write("quest/schema.json", released.schema())
    run(released)
    assert numbers(released) == [("1.0", "released")]
    assert not version_file(released, "1.1").exists()


def test_a_minor_is_compared_with_every_version_of_its_major(released: Project) -> None:
    released.write("quest/schema.json", released.schema(won=BOOLEAN))
    run(released, "release", "--yes")
    released.write("quest/schema.json", released.schema())
    assert numbers(released)[-1] == ("2.0", "draft")


def test_a_migration_keeps_its_number_when_an_earlier_event_is_added(released: Project) -> None:
    for path in (released.root / "schemas/quest").rglob("*.json"):
        name = path.relative_to(released.root / "schemas/quest").as_posix()
        if not name.startswith("versions"):
            value = json.loads(path.read_text(encoding="utf-8"))
            title = {"title": "Battle"} if name == "schema.json" else {}
            released.write(f"battle/{name}", {**value, **title})
    run(released)
    names = {path.name for path in (released.root / FOLDER).glob("V*.sql")}
    assert names == {"V0011__quest_1_0.sql", "V0012__battle_1_0.sql"}


def test_an_edited_version_file_is_found_by_its_hash(released: Project) -> None:
    path = version_file(released)
    path.write_text(path.read_text(encoding="utf-8").replace('"maximum": 99', '"maximum": 100'))
    finding = released.only_finding()
    assert (finding.code, finding.file) == ("RELEASED_CHANGED", "schemas/quest/versions/1.0.json")
    assert "git checkout -- schemas/quest/versions/1.0.json" in finding.message


def test_a_removed_version_file_is_missed(released: Project) -> None:
    version_file(released).unlink()
    assert released.only_finding().code == "RELEASED_MISSING"


def test_a_removed_event_is_missed(released: Project) -> None:
    (released.root / "schemas/quest").rename(released.root / "schemas/mission")
    findings = released.findings()
    assert ("schemas/quest/schema.json", "RELEASED_MISSING") in [(f.file, f.code) for f in findings]
    assert any('"deprecated": true' in finding.message for finding in findings)


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_text("-- other\n")])
def test_a_released_migration_stays_as_it_is(released: Project, change: Any) -> None:
    change(released.root / FOLDER / "V0011__quest_1_0.sql")
    assert released.only_finding().code in {"RELEASED_MISSING", "RELEASED_CHANGED"}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"contracts": {}}', '{"contracts": {"quest": "1"}, "migrations": {}}']
)
def test_a_ledger_that_is_none_is_refused(project: Project, text: str) -> None:
    (project.root / "schemas/released.json").write_text(text, encoding="utf-8")
    assert {finding.code for finding in project.findings()} <= {"RELEASED_UNREADABLE", "UNREADABLE"}


def git(project: Project, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]
    command = ["git", *identity, *arguments]
    subprocess.run(command, cwd=project.root, check=True, capture_output=True)


def commit(project: Project) -> None:
    git(project, "add", "--all")
    git(project, "commit", "--message", "a commit")


@pytest.fixture
def repository(released: Project) -> Project:
    """The released project, committed on main."""
    git(released, "init")
    commit(released)
    return released


def rewrite(project: Project) -> None:
    """Edit the frozen version and its hash, so that they agree with each other."""
    path = version_file(project)
    path.write_text(path.read_text(encoding="utf-8").replace('"maximum": 99', '"maximum": 100'))
    schema = project.schema()
    schema["properties"]["points"]["maximum"] = 100
    project.write("quest/schema.json", schema)
    project.write("released.json", {"contracts": {}, "migrations": ledger(project)["migrations"]})
    digest = quest(project).newest.digest
    project.write(
        "released.json", {"contracts": {"quest/1.0": digest}, "migrations": ledger(project)["migrations"]}
    )
    assert numbers(project) == [("1.0", "released")]


def test_a_release_that_is_only_in_the_past_is_missed(
    repository: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("released.json", {"contracts": {}, "migrations": {}})
    assert run(repository, "check") == 1
    assert "RELEASED_REMOVED" in capsys.readouterr().err


def test_file_and_hash_edited_together_are_found(
    repository: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(repository)
    assert run(repository) == 1
    error = capsys.readouterr().err
    assert "RELEASED_REWRITTEN" in error
    assert "-- schemas/released.json" in error


def test_file_and_hash_edited_in_one_commit_are_found_by_its_first_parent(
    repository: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(repository)
    commit(repository)
    assert run(repository, "check") == 1
    assert "RELEASED_REWRITTEN" in capsys.readouterr().err


def test_file_and_hash_edited_two_commits_ago_are_found_by_the_merge_base(
    repository: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    git(repository, "switch", "--create", "feature")
    rewrite(repository)
    commit(repository)
    git(repository, "commit", "--allow-empty", "--message", "another commit")
    assert run(repository, "check") == 1
    assert "RELEASED_REWRITTEN" in capsys.readouterr().err


def test_the_base_can_be_another_branch(repository: Project) -> None:
    git(repository, "branch", "stable")
    git(repository, "switch", "--create", "feature")
    git(repository, "branch", "--delete", "--force", "main")
    rewrite(repository)
    commit(repository)
    git(repository, "commit", "--allow-empty", "--message", "another commit")
    assert run(repository, "check", "--base", "stable") == 1
    assert run(repository, "check", "--base", "nowhere") == 1


def test_an_honest_release_passes_the_check_at_every_commit(repository: Project) -> None:
    repository.write("quest/schema.json", repository.schema(won=BOOLEAN))
    run(repository, "release", "--yes")
    assert run(repository, "check") == 0
    commit(repository)
    assert run(repository, "check") == 0


def test_a_repository_that_git_cannot_read_is_not_believed(
    repository: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository.root / ".git/HEAD").write_text("nonsense")
    assert run(repository, "check") == 1
    assert "HISTORY_UNKNOWN" in capsys.readouterr().err


def test_a_clone_without_the_past_is_not_believed(
    repository: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shallow = tmp_path / "shallow"
    commit_again = ["commit", "--allow-empty", "--message", "another commit"]
    git(repository, *commit_again)
    git(repository, "clone", "--depth", "1", repository.root.as_uri(), str(shallow))
    assert main(["check", "--root", str(shallow)]) == 1
    assert "git fetch --unshallow" in capsys.readouterr().err
    assert main(["--root", str(shallow)]) == 0
