"""What an examination finds, for people and for scripts."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum


class State(StrEnum):
    """How something was found."""

    OK = "ok"
    WRONG = "wrong"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found.

    Attributes:
        check: What was looked at.
        state: How it is.
        detail: In words; what is wrong comes with what to do. Never a key.
    """

    check: str
    state: State
    detail: str

    def __str__(self) -> str:
        return f"{self.state:<11}  {self.check}: {self.detail}"


def ok(check: str, detail: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(check, State.OK, detail)


def wrong(check: str, detail: str) -> Finding:
    """Return that something is wrong; `detail` says also what to do."""
    return Finding(check, State.WRONG, detail)


def not_checked(check: str, reason: str) -> Finding:
    """Return that something could not be looked at, which is nothing wrong by itself."""
    return Finding(check, State.NOT_CHECKED, reason)


def all_well(findings: Sequence[Finding]) -> bool:
    """Tell whether nothing is wrong."""
    return all(finding.state != State.WRONG for finding in findings)


def as_json(findings: Sequence[Finding]) -> str:
    """Return findings for scripts: `{"ok", "checks": [{"check", "state", "detail"}]}`."""
    return json.dumps({"ok": all_well(findings), "checks": [asdict(each) for each in findings]}, indent=2)
