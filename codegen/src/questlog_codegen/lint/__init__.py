"""The linter of contracts: `lint` judges a tree by `RULES`, all at once; each has examples of its own."""

from questlog_codegen.lint.listing import rules_data, rules_listing
from questlog_codegen.lint.rule import Rule
from questlog_codegen.lint.table import RULES, lint

__all__ = ["RULES", "Rule", "lint", "rules_data", "rules_listing"]
