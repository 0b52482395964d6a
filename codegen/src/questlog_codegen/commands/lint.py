"""Tell everything that is wrong with `schemas/`; generate nothing."""

import argparse
import json
from datetime import UTC, datetime

from questlog_codegen.findings import as_data, render
from questlog_codegen.lint import lint, rules_data, rules_listing
from questlog_codegen.tree import read_tree


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("--rules", action="store_true", help="list the rules, each with examples")
    parser.add_argument("--json", action="store_true", help="for a script")


def run(options: argparse.Namespace) -> int:
    """Print the findings, or the rules; exit status 1 when there is an error among them."""
    if options.rules:
        print(json.dumps(rules_data(), indent=2, ensure_ascii=False) if options.json else rules_listing())
        return 0
    findings = lint(read_tree(options.root), datetime.now(UTC).date())
    if options.json:
        print(json.dumps(as_data(findings, options.root), indent=2, ensure_ascii=False))
    else:
        for line in render(findings, options.root):
            print(line)
        print(f"{len(findings)} finding(s).")
    return int(any(finding.severity == "error" for finding in findings))
