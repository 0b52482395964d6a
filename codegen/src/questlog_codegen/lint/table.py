"""The table of rules, and the run over all of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby

from questlog_codegen.errors import Finding
from questlog_codegen.lint import coverage, examples, layout, naming, shape, waivers, warehouse, wording
from questlog_codegen.lint.rule import Rule
from questlog_codegen.lint.subject import MAX_FINDINGS, examine
from questlog_codegen.tree import SchemaTree

GROUPS: Mapping[str, tuple[Rule, ...]] = {
    "Files": layout.RULES,
    "Shape": shape.RULES,
    "Names": naming.RULES,
    "Text and personal data": wording.RULES,
    "Warehouse": warehouse.RULES,
    "Examples": (*examples.RULES, *coverage.RULES),
    "Waivers": waivers.RULES,
}
RULES: Mapping[str, Rule] = {rule.code: rule for rules in GROUPS.values() for rule in rules}
"""Every rule by its code."""


def lint(tree: SchemaTree, today: date) -> list[Finding]:
    """Return everything wrong in `tree`, sorted by place: at most 101 findings a file, the last says so."""
    waivable = frozenset(code for code, rule in RULES.items() if rule.waivable)
    subject = replace(examine(tree, today), codes=frozenset(RULES), waivable=waivable)
    found = [finding for rule in _judging() for finding in rule.findings(subject)]
    covered = waivers.covering(subject, found)
    after = replace(subject, used=set(covered.values()))
    left = [finding for finding in found if finding not in covered]
    left += [finding for rule in waivers.RULES for finding in rule.findings(after)]
    return list(_capped(sorted(set(left))))


def _judging() -> Iterator[Rule]:
    """Yield the rules that waivers are about; those about waivers come after."""
    return (rule for rule in RULES.values() if rule not in waivers.RULES)


def _capped(findings: Iterable[Finding]) -> Iterator[Finding]:
    for file, group in groupby(findings, key=lambda finding: finding.file):
        found = list(group)
        yield from found[:MAX_FINDINGS]
        if rest := found[MAX_FINDINGS:]:
            severity = min(finding.severity for finding in rest)  # an error comes before a warning
            message = f"has more findings than the {MAX_FINDINGS} shown: put these right first"
            yield Finding(file, "", "MORE", message, severity)
