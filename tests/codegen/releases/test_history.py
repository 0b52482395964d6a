import subprocess
from pathlib import Path

import pytest

from questlog_codegen.__main__ import main
from tests.codegen.project import Project
from tests.codegen.releases.released import BOOLEAN, ledger, numbers, quest, run, version_file


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


def again(project: Project) -> None:
    git(project, "commit", "--allow-empty", "--message", "another commit")


@pytest.mark.parametrize("branch", ["main", "trunk"])
def test_file_and_hash_edited_long_ago_are_found_whatever_the_branch_is_called(
    repository: Project, branch: str, capsys: pytest.CaptureFixture[str]
) -> None:
    git(repository, "branch", "--move", branch)
    rewrite(repository)
    commit(repository)
    again(repository)
    again(repository)
    assert run(repository, "check") == 1
    assert "RELEASED_REWRITTEN" in capsys.readouterr().err


def test_a_branch_without_a_past_is_held_against_main(
    repository: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    git(repository, "switch", "--orphan", "new")
    git(repository, "checkout", "main", "--", ".")
    rewrite(repository)
    commit(repository)
    assert run(repository, "check") == 1
    assert "RELEASED_REWRITTEN" in capsys.readouterr().err


def test_a_merge_that_drops_a_release_is_found(
    repository: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    git(repository, "switch", "--create", "feature")
    again(repository)
    git(repository, "switch", "main")
    repository.write("quest/schema.json", repository.schema(won=BOOLEAN))
    run(repository, "release", "--yes")
    commit(repository)
    git(repository, "switch", "feature")
    git(repository, "merge", "--strategy", "ours", "main")
    git(repository, "branch", "--force", "main")
    assert run(repository, "check") == 1
    assert "RELEASED_REMOVED" in capsys.readouterr().err


def test_a_folder_that_became_a_link_keeps_its_past(
    repository: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schemas, elsewhere = repository.root / "schemas", tmp_path / "elsewhere"
    schemas.rename(elsewhere)
    schemas.symlink_to(elsewhere)
    rewrite(repository)
    commit(repository)
    assert run(repository, "check") == 1
    assert "RELEASED_REWRITTEN" in capsys.readouterr().err


@pytest.mark.parametrize("broken", [b"{", b"\xff"])
def test_a_broken_file_that_was_mended_is_forgiven(repository: Project, broken: bytes) -> None:
    path = repository.root / "schemas/released.json"
    good = path.read_bytes()
    path.write_bytes(broken)
    commit(repository)
    path.write_bytes(good)
    assert run(repository, "check") == 0
    commit(repository)
    assert run(repository, "check") == 0


def test_a_release_in_a_clone_without_the_past_is_refused(
    repository: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again(repository)
    shallow = tmp_path / "shallow"
    git(repository, "clone", "--depth", "1", repository.root.as_uri(), str(shallow))
    assert main(["release", "--yes", "--root", str(shallow)]) == 1
    assert "git fetch --unshallow" in capsys.readouterr().err


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
