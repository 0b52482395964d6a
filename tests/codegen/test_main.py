import json
import subprocess
import sys
from pathlib import Path

import pytest

from questlog_codegen.__main__ import COMMANDS, main
from tests.codegen.project import Project

GENERATED = "api/src/questlog_api/_generated/validators/quest_1_0.py"


def run(project: Project, *arguments: str) -> int:
    return main([*arguments, "--root", str(project.root)])


def generated(project: Project) -> Path:
    assert run(project) == 0
    return project.root / GENERATED


def test_generating_writes_everything_and_names_it(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generated(project).is_file()
    assert GENERATED in capsys.readouterr().out


def test_generating_again_changes_nothing(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    generated(project)
    capsys.readouterr()
    assert run(project) == 0
    assert " 0 changed" in capsys.readouterr().out


def test_a_fresh_tree_passes_the_check(project: Project) -> None:
    generated(project)
    assert run(project, "--check") == 0


def test_an_edited_generated_file_fails_the_check_with_a_diff(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    path = generated(project)
    path.write_text(path.read_text().replace("must be at most 99", "must be at most 98"))
    assert run(project, "--check") == 1
    captured = capsys.readouterr()
    assert "must be at most 98" in captured.out
    assert "nox -s codegen" in captured.err
    assert "must be at most 98" in path.read_text()


def test_a_changed_schema_fails_the_check_until_it_is_generated(project: Project) -> None:
    generated(project)
    project.field({"type": "boolean"})
    assert run(project, "check") == 1
    assert run(project) == 0
    assert run(project, "check") == 0


def test_a_missing_generated_file_fails_the_check(project: Project) -> None:
    generated(project).unlink()
    assert run(project, "--check") == 1


def test_a_removed_event_takes_its_files_along(project: Project) -> None:
    path = generated(project)
    (project.root / "schemas/quest").rename(project.root / "schemas/task")
    assert run(project) == 0
    assert not path.exists()
    assert run(project, "--check") == 0


def test_broken_contracts_write_nothing_and_say_where(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.field({"type": "string"})
    assert run(project) == 1
    assert "DIALECT /properties/extra: " in capsys.readouterr().err
    assert not (project.root / "api").exists()


@pytest.mark.parametrize(
    "command",
    [
        *(["new", "level_complete"], ["generate", "--watch"], ["generate"], ["check"], ["lint"]),
        *(["sample", "quest"], ["release"]),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("root", ["", "nope", "file"])
def test_a_folder_without_schemas_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], root: str
) -> None:
    (tmp_path / "file").touch()
    assert main([*command, "--root", str(tmp_path / root)]) == 1
    place = f"there is no schemas/ in {tmp_path / root}"
    assert capsys.readouterr().err == f"{place}: run it in the repository, or say --root\n"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_help_lists_our_commands_and_nobody_elses() -> None:
    command = [sys.executable, "-m", "questlog_codegen", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert [name for name in COMMANDS if f"\n    {name}" not in shown] == []
    assert len(shown.splitlines()) < 40


def test_a_reader_that_has_seen_enough_is_no_error(project: Project) -> None:
    command = [sys.executable, "-m", "questlog_codegen", "sample", "quest", "--count", "20000"]
    generating = subprocess.Popen(
        [*command, "--root", str(project.root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with generating as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""


def test_an_event_no_longer_wanted_says_so_to_callers(project: Project) -> None:
    project.write("quest/schema.json", {**project.schema(), "deprecated": True})
    assert run(project) == 0
    document = (project.root / "api/src/questlog_api/_generated/openapi.json").read_text(encoding="utf-8")
    assert '"deprecated": true' in document
    client = (project.root / "sdk/src/questlog/_generated/client.py").read_text(encoding="utf-8")
    assert "Deprecated: still taken, no longer wanted." in client


def test_warnings_are_told_and_stop_nothing(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.field({"type": "boolean"})
    assert run(project) == 0
    assert "EXAMPLE_COVERAGE warning: /properties/extra" in capsys.readouterr().err


def test_a_command_there_is_none_of_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["lnt"])
    assert "'lnt' (choose from" in capsys.readouterr().err


def test_findings_for_a_script_are_json_on_stdout(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.field({"type": "string"})
    assert run(project, "--json") == 1
    [finding] = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["code"], finding["pointer"]) == ("DIALECT", "/properties/extra")
