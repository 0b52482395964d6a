from datetime import date
from typing import Any

import pytest

from questlog_codegen.lint import lint
from questlog_codegen.tree import read_tree
from tests.codegen.project import Project

NUMBER = {
    "type": "number",
    "minimum": 0,
    "maximum": 9,
    "description": "Share the store keeps.",
    "x-pii": "none",
}


def waiver(rule: str = "MONEY", until: str = "2027-06-30") -> dict[str, str]:
    return {"rule": rule, "reason": "Partners report a share.", "until": until}


def with_fee(project: Project, *waivers: dict[str, str], at_root: bool = False) -> None:
    fee: dict[str, Any] = dict(NUMBER)
    if waivers and not at_root:
        fee["x-waivers"] = list(waivers)
    schema = project.schema(fee=fee)
    if at_root:
        schema["x-waivers"] = list(waivers)
    project.write("quest/schema.json", schema)


@pytest.mark.parametrize("at_root", [False, True])
def test_a_waiver_silences_its_rule_at_its_place_and_below(project: Project, *, at_root: bool) -> None:
    with_fee(project)
    assert project.codes() == {"MONEY"}
    with_fee(project, waiver(), at_root=at_root)
    assert project.codes() == set()


def test_a_waiver_silences_nothing_beside_its_place(project: Project) -> None:
    project.write("quest/schema.json", project.schema(fee=NUMBER, share={**NUMBER, "x-waivers": [waiver()]}))
    assert project.codes() == {"MONEY", "WAIVER_UNUSED"}


def test_a_field_whose_name_begins_alike_is_not_covered(project: Project) -> None:
    fields = {"fee": {**NUMBER, "x-waivers": [waiver()]}, "fee_tax": NUMBER}
    project.write("quest/schema.json", project.schema(**fields))
    assert project.only_finding().pointer == "/properties/fee_tax"


def test_a_waiver_covers_a_warning_too(project: Project) -> None:
    fields = {"share": {**NUMBER, "x-waivers": [waiver("EXAMPLE_COVERAGE")]}}
    project.write("quest/schema.json", project.schema(**fields))
    assert project.codes() == set()
    assert "/properties/share" not in {finding.pointer for finding in project.lint()}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        *((rule, f"`{rule}` cannot be waived") for rule in ("BOUNDS", "DIALECT", "WAIVER_UNUSED")),
        *((rule, "did you mean MONEY? `lint --rules` lists") for rule in ("money", "MONNEY")),
        *((rule, f"there is no rule `{rule}`: `lint --rules` lists") for rule in ("", "NO_SUCH_THING_HERE")),
    ],
)
def test_a_rule_that_cannot_be_waived_is_told_with_the_ones_that_can(
    project: Project, rule: str, words: str
) -> None:
    with_fee(project, waiver(), waiver(rule))
    finding = project.only_finding()
    assert (finding.code, finding.pointer) == ("WAIVER_UNKNOWN", "/properties/fee/x-waivers/1/rule")
    assert words in finding.message
    assert "waivable are" in finding.message


def test_a_waiver_written_twice_is_used_once(project: Project) -> None:
    with_fee(project, waiver(), waiver())
    assert (project.only_finding().code, project.only_finding().pointer[-6:]) == ("WAIVER_UNUSED", "1/rule")


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2026-11-01", "ended on 2026-11-01"),
        ("2027-02-30", "is no day"),
        ("soon", "is no day"),
        ("20270630", "is no day"),
        ("2028-11-03", "write 2028-11-02 or an earlier day"),
    ],
)
def test_a_waiver_ends_within_two_years(project: Project, until: str, words: str) -> None:
    with_fee(project, waiver(until=until))
    (finding,) = [finding for finding in project.lint() if finding.severity == "error"]
    assert (finding.code, finding.pointer) == ("WAIVER_EXPIRED", "/properties/fee/x-waivers/0/until")
    assert words in finding.message


@pytest.mark.parametrize("until", ["2026-11-02", "2028-11-02"])
def test_a_waiver_holds_on_its_last_day_and_may_end_two_years_ahead(project: Project, until: str) -> None:
    with_fee(project, waiver(until=until))
    assert project.codes() == set()


def test_two_years_after_a_leap_day_there_is_none(project: Project) -> None:
    with_fee(project, waiver(until="2030-02-28"))
    found = lint(read_tree(project.root), date(2028, 2, 29))
    assert [finding for finding in found if finding.severity == "error"] == []


def test_whether_a_waiver_is_used_is_not_asked_while_the_file_is_broken(project: Project) -> None:
    fee = {**NUMBER, "x-waivers": [waiver()]}
    del fee["maximum"]
    project.write("quest/schema.json", project.schema(fee=fee))
    assert project.codes() == {"DIALECT"}
