import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questlog_codegen.errors import Finding
from questlog_codegen.lint import RULES, lint
from questlog_codegen.lint.base import BASE, DAY
from questlog_codegen.lint.rule import Patch, Rule, apply
from questlog_codegen.lint.subject import MAX_FINDINGS
from questlog_codegen.tree import SchemaTree, read_tree
from tests.codegen.project import Project
from tests.repository import ROOT

DIALECT = json.loads((ROOT / "schemas/dialect.json").read_text(encoding="utf-8"))
each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def judged(root: Path, patch: Patch) -> list[Finding]:
    files = apply(BASE, patch) | {"dialect.json": DIALECT, "released.json": {}}
    for name, value in files.items():
        path = root / "schemas" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")
    return lint(read_tree(root), DAY)


def test_what_the_examples_change_is_clean(tmp_path: Path) -> None:
    assert judged(tmp_path, {}) == []


@each_rule
def test_a_rule_is_silent_on_its_valid_example(tmp_path: Path, rule: Rule) -> None:
    found = judged(tmp_path, rule.valid)
    assert [finding for finding in found if finding.code == rule.code or finding.severity == "error"] == []


@each_rule
def test_a_rule_speaks_of_its_invalid_example_and_no_other_rule_does(tmp_path: Path, rule: Rule) -> None:
    found = judged(tmp_path, rule.invalid)
    told = [finding for finding in found if finding.code == rule.code]
    assert told
    assert {finding.severity for finding in told} == {rule.severity}
    others = {finding.code for finding in found if finding.severity == "error"} - {rule.code}
    assert others == ({"DIALECT"} if rule.code == "CASE" else set())


@each_rule
def test_a_rule_says_why_in_one_sentence(rule: Rule) -> None:
    assert rule.why.endswith(".")


def test_the_shipped_contracts_are_clean() -> None:
    assert lint(read_tree(ROOT), date(2026, 11, 24)) == []


def test_everything_wrong_is_told_at_once_sorted_by_place(project: Project) -> None:
    (project.root / "schemas/shared/store.json").write_text("?", encoding="utf-8")
    schema = {**project.schema(), "required": ["points", "score"]}
    schema["properties"] |= {"extra": {"type": "string"}, "Extra": {}, "end": {"$ref": "none.json"}}
    schema["properties"]["points"]["minimum"] = 100
    project.write("quest/schema.json", schema)
    project.write("quest/examples/invalid/negative.json", {})
    found = project.findings()
    assert found == tuple(sorted(found))
    assert {finding.code for finding in found} == {
        *("BOUNDS", "CASE", "DIALECT", "EXAMPLE_INVALID", "EXAMPLE_SHAPE"),
        *("REFERENCE", "REQUIRED_UNKNOWN", "UNREADABLE"),
    }


def test_of_a_foreign_file_a_hundred_findings_are_told_and_that_there_are_more(project: Project) -> None:
    foreign = {f"field{n}Name": {"type": ["string", "null"], "format": "email"} for n in range(100)}
    project.write("quest/schema.json", {"type": "object", "properties": foreign})
    found = [finding for finding in project.lint() if finding.file == "schemas/quest/schema.json"]
    assert len(found) == MAX_FINDINGS + 1
    assert (found[-1].code, found[-1].severity) == ("MORE", "error")


KEYS = st.sampled_from(
    [
        *(
            "type",
            "properties",
            "required",
            "items",
            "$ref",
            "enum",
            "pattern",
            "format",
            "minimum",
            "maximum",
        ),
        *(
            "maxLength",
            "maxItems",
            "x-pii",
            "x-waivers",
            "x-cluster",
            "title",
            "description",
            "$schema",
            "a/~b",
            "",
        ),
        *(
            "additionalProperties",
            "x-owner",
            "points",
            "Points",
            "rule",
            "until",
            "reason",
            "pointer",
            "keyword",
            "event",
        ),
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | KEYS
LEAVES |= st.sampled_from(
    ["string", "array", "object", "money.json", "^(a+)+$", "^[", "^a$", "MONEY", "2027-06-30"]
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(place for key, child in parts for place in places(child, (*here, key)))]


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_no_json_makes_the_linter_fail(data: st.DataObject) -> None:
    files = json.loads(json.dumps(BASE))
    for _ in range(data.draw(st.integers(1, 4))):
        *way, last = data.draw(st.sampled_from([place for place in places(files) if len(place) > 1]))
        parent = files
        for step in way:
            parent = parent[step]
        parent[last] = data.draw(JSON)
    lint(as_tree(files), DAY)


def as_tree(files: dict[str, Any]) -> SchemaTree:
    """Return what reading the files would, without a disk."""
    names = {name: value if isinstance(value, dict) else {} for name, value in files.items()}
    return SchemaTree(
        root=Path(),
        dialect=DIALECT,
        fragments={name: names[f"shared/{name}.json"] for name in ("envelope", "money")},
        events={"quest": names["quest/schema.json"]},
        valid_examples={"quest": {"won": names["quest/examples/valid/won.json"]}},
        invalid_examples={"quest": {"no_points": names["quest/examples/invalid/no_points.json"]}},
        released={},
    )
