import json
from typing import Any

import pytest

from tests.codegen.project import ENVELOPE, Project
from tests.codegen.releases.released import BOOLEAN, numbers, quest, run, version_file


def test_an_event_that_was_never_released_has_one_draft(project: Project) -> None:
    assert numbers(project) == [("1.0", "draft")]


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


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("properties", 5),
        ("required", 5),
        ("required", [1, "a"]),
        ("items", 3),
        ("type", "\ud800"),
    ],
)
def test_a_version_file_that_is_no_schema_any_more_is_found(
    released: Project, member: str, value: Any
) -> None:
    path = version_file(released)
    damaged = {**json.loads(path.read_text(encoding="utf-8")), member: value}
    path.write_text(json.dumps(damaged), encoding="utf-8")
    assert released.only_finding().code == "RELEASED_CHANGED"
