"""Findings as people and scripts read them: with line and column, in the order of the files."""

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from questlog_codegen.errors import CodegenError, ContractError, Finding
from questlog_codegen.positions import Positions

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_Place = tuple[str, int, int]
"""File, line and column."""


def render(findings: Iterable[Finding], root: Path) -> Iterator[str]:
    """Yield `file:line:column CODE pointer: message` for each finding; a warning says that it is one."""
    for (file, line, column), finding in _placed(findings, root):
        warning = "warning: " if finding.severity == "warning" else ""
        pointer = f"{finding.pointer}: " if finding.pointer else ""
        yield _one_line(f"{file}:{line}:{column} {finding.code} {warning}{pointer}{finding.message}")


def as_data(findings: Iterable[Finding], root: Path) -> list[dict[str, Any]]:
    """Return the findings as JSON data, in the same order."""
    return [
        {
            "file": file,
            "line": line,
            "column": column,
            "pointer": finding.pointer,
            "code": finding.code,
            "severity": finding.severity,
            "message": finding.message,
        }
        for (file, line, column), finding in _placed(findings, root)
    ]


def report(error: CodegenError, root: Path) -> None:
    """Write to stderr why nothing was written: every finding on a line, or the message."""
    if not isinstance(error, ContractError):
        sys.stderr.write(f"{error}\n")
        return
    sys.stderr.writelines(f"{line}\n" for line in render(error.findings, root))
    sys.stderr.write(f"{len(error.findings)} finding(s); nothing was written.\n")
    if error.note:
        sys.stderr.write(f"{error.note}\n")


def _placed(findings: Iterable[Finding], root: Path) -> list[tuple[_Place, Finding]]:
    files = cache(lambda file: Positions(_text(root / file)))
    return sorted(((each.file, *files(each.file).locate(each.pointer)), each) for each in findings)


def _text(path: Path) -> str:
    """Return the text of a file; nothing for a folder, or for what cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text)
