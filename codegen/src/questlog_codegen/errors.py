"""Errors of code generation.

CodegenError
└── ContractError       a schema, example or released version is wrong; carries all findings
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]
"""An error stops everything; a warning is told and stops nothing."""


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """One thing that is wrong: `file` relative to the repository, `pointer` a JSON Pointer into it."""

    file: str
    pointer: str
    code: str
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.file}#{self.pointer} {self.code} {self.message}"


class CodegenError(Exception):
    """Raised when generation cannot go on; the message says what to do."""


class ContractError(CodegenError):
    """Raised when contracts do not hold; `findings` has every reason, sorted by place.

    `note` says what else an author wants to know, empty for nothing.
    """

    def __init__(self, findings: Sequence[Finding], note: str = "") -> None:
        self.findings = tuple(sorted(findings))
        self.note = note
        super().__init__("\n".join(map(str, self.findings)))
