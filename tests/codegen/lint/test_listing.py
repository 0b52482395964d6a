import json

from questlog_codegen.lint import RULES, rules_data, rules_listing
from questlog_codegen.lint.listing import _LONGEST_LINE


def test_the_listing_has_every_rule_with_its_sentence() -> None:
    text = rules_listing()
    for rule in RULES.values():
        assert f"\n{rule.code} ({rule.severity}" in text
        assert rule.why in text


def test_the_listing_has_lines_one_can_read() -> None:
    assert max(map(len, rules_listing().splitlines())) < _LONGEST_LINE + 60


def test_no_example_is_cut_before_what_it_is_about() -> None:
    assert [line for line in rules_listing().splitlines() if line.endswith(" ...")] == []


def test_the_listing_says_what_its_examples_change() -> None:
    assert "merge patch" in rules_listing().split("\n\n")[0]


def test_the_data_can_be_written_as_json() -> None:
    data = json.loads(json.dumps(rules_data()))
    assert [entry["code"] for entry in data] == list(RULES)
    assert {"group", "severity", "waivable", "why", "valid", "invalid"} <= set(data[0])
