import pytest

from questlog_codegen.tree import read_tree
from tests.codegen.project import Project


def test_a_file_that_is_not_json_is_named(project: Project) -> None:
    (project.root / "schemas/quest/schema.json").write_text("{,}", encoding="utf-8")
    finding = project.only_finding()
    assert (finding.file, finding.code) == ("schemas/quest/schema.json", "UNREADABLE")
    assert "line 1 column 2" in finding.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1,\n}', ": a comma stands before the }: remove it"),
        ('{"a": [1, ]}', "a comma stands before the ]"),
        ('{"a": 1 // one\n}', "JSON has no comments"),
        ('{"a": {"b": 1}\n', "the file ends too early"),
        ("", "the file ends too early"),
        ('\ufeff{"a": 1}', "save it without BOM"),
        ("{'a': 1}", "write double quotes"),
        ('{"a": 1\n"b": 2}', "a comma is missing"),
        ('{"a": "b}', "a quote is not closed"),
        ('{"a": 1}}', "something stands after the end"),
        ('{"a" 1}', "Expecting ':' delimiter"),
    ],
)
def test_a_slip_in_the_syntax_is_told_with_what_to_do(project: Project, text: str, words: str) -> None:
    (project.root / "schemas/quest/schema.json").write_text(text, encoding="utf-8")
    assert words in project.only_finding().message


def test_releases_that_are_no_object_are_none(project: Project) -> None:
    project.write("released.json", {"contracts": 7})
    assert read_tree(project.root).released == {}


def test_all_json_files_are_named(project: Project) -> None:
    assert "quest/examples/valid/won.json" in read_tree(project.root).files


def test_a_key_written_twice_is_refused(project: Project) -> None:
    (project.root / "schemas/quest/schema.json").write_text('{"type": 1, "type": 2}', encoding="utf-8")
    assert "same key twice" in project.only_finding().message


def test_a_file_that_is_no_object_is_refused(project: Project) -> None:
    project.write("quest/schema.json", [])
    assert "must be a JSON object" in project.only_finding().message


def test_a_deeply_nested_file_is_refused_and_does_not_crash(project: Project) -> None:
    (project.root / "schemas/quest/schema.json").write_text("[" * 100_000, encoding="utf-8")
    assert project.only_finding().code == "UNREADABLE"


def test_a_huge_file_is_refused_unread(project: Project) -> None:
    (project.root / "schemas/quest/schema.json").write_text(" " * 1_000_001, encoding="utf-8")
    assert "larger than" in project.only_finding().message


def test_every_unreadable_file_is_reported_at_once(project: Project) -> None:
    for name in ("quest/schema.json", "shared/app.json"):
        (project.root / "schemas" / name).write_text("?", encoding="utf-8")
    assert len(project.findings()) == 2


def test_a_missing_envelope_is_named(project: Project) -> None:
    (project.root / "schemas/shared/envelope.json").unlink()
    assert project.only_finding().file == "schemas/shared/envelope.json"


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "1" * 400, "-" + "9" * 9000])
def test_a_number_that_no_double_holds_is_refused(project: Project, number: str) -> None:
    path = project.root / "schemas/quest/schema.json"
    path.write_text(path.read_text().replace('"maximum": 99', f'"maximum": {number}'), encoding="utf-8")
    finding = project.only_finding()
    assert finding.code == "UNREADABLE"
    assert finding.message.endswith(("write a number", "write a smaller one"))


@pytest.mark.parametrize(("depth", "readable"), [(64, True), (65, False), (300, False)])
def test_a_file_is_nested_as_deep_as_every_parser_takes(
    project: Project, depth: int, *, readable: bool
) -> None:
    lists = "[" * (depth - 1) + "]" * (depth - 1)
    path = project.root / "schemas/quest/examples/valid/won.json"
    path.write_text(f'{{"a": {lists}}}', encoding="utf-8")
    assert ("UNREADABLE" not in project.codes()) == readable


def test_half_a_character_is_refused_and_a_whole_one_is_not(project: Project) -> None:
    path = project.root / "schemas/quest/schema.json"
    text = path.read_text(encoding="utf-8").replace("A quest", "A \\ud83d\\ude00 quest")
    path.write_text(text, encoding="utf-8")
    assert project.codes() == set()
    path.write_text(text.replace("\\ude00", ""), encoding="utf-8")
    assert "\\ud83d, half of a character" in project.only_finding().message


def test_a_file_that_is_not_utf_8_is_refused(project: Project) -> None:
    (project.root / "schemas/quest/schema.json").write_bytes(b'{"title": "\xe9"}')
    assert "save it as UTF-8" in project.only_finding().message


def test_what_is_readable_is_judged_beside_what_is_not(project: Project) -> None:
    (project.root / "schemas/shared/app.json").write_text("?", encoding="utf-8")
    project.field({"type": "string"})
    assert project.codes() == {"UNREADABLE", "DIALECT"}


def test_a_fragment_called_schema_is_no_event(project: Project) -> None:
    text = (project.root / "schemas/shared/store.json").read_text(encoding="utf-8")
    (project.root / "schemas/shared/schema.json").write_text(
        text.replace("Store", "Shop", 1), encoding="utf-8"
    )
    assert list(read_tree(project.root).events) == ["quest"]
