"""Waivers, in which an author says why a rule does not hold for a field and until when; and rules on them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from questlog_codegen.bundle import WAIVERS
from questlog_codegen.errors import Finding
from questlog_codegen.lint.nodes import Told
from questlog_codegen.lint.rule import Rule, fields
from questlog_codegen.lint.subject import Subject
from questlog_codegen.names import closest

_LONGEST_YEARS = 2
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver and the place it stands in; it covers the object at `scope` and all below."""

    file: str
    scope: str
    index: int
    rule: str
    until: str

    def covers(self, finding: Finding) -> bool:
        """Tell whether it speaks of what was found."""
        within = finding.pointer == self.scope or finding.pointer.startswith(f"{self.scope}/")
        return finding.code == self.rule and finding.file == self.file and within

    def says(self, message: str, keyword: str = "rule") -> Told:
        """Return `message` as told of one of its members."""
        return self.file, f"{self.scope}/{WAIVERS}/{self.index}/{keyword}", message


def covering(subject: Subject, findings: Iterable[Finding]) -> dict[Finding, Waiver]:
    """Return the findings that a waiver silences, each with the nearest one."""
    written = [waiver for waiver in waivers(subject) if waiver.rule in subject.waivable]
    covered = {}
    for finding in findings:
        speaking = [waiver for waiver in written if waiver.covers(finding)]
        if speaking:
            covered[finding] = max(speaking, key=lambda waiver: len(waiver.scope))
    return covered


def waivers(subject: Subject) -> Iterator[Waiver]:
    """Yield every waiver that is written as the dialect wants it."""
    for node in subject.visited:
        written = node.schema.get(WAIVERS)
        for index, entry in enumerate(written if isinstance(written, list) else ()):
            if isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in ("rule", "until")):
                yield Waiver(node.file, node.pointer, index, entry["rule"], entry["until"])


def unknown(subject: Subject) -> Iterator[Told]:
    """A waiver names a rule that can be waived; the others hold for everybody."""
    for waiver in waivers(subject):
        if waiver.rule not in subject.waivable:
            yield waiver.says(_not_waivable(waiver.rule[:64], subject))


def _not_waivable(rule: str, subject: Subject) -> str:
    known = ", ".join(sorted(subject.waivable))
    if rule in subject.codes:
        return f"`{rule}` cannot be waived: do what it says; waivable are {known}"
    close = closest(rule, subject.codes)
    meant = f"did you mean {close}? " if close else ""
    return f"there is no rule `{rule}`: {meant}`lint --rules` lists them; waivable are {known}"


def unused(subject: Subject) -> Iterator[Told]:
    """A waiver silences something; what no longer has a reason is taken away."""
    unclear = {file for file, _, _ in subject.misfits}
    for waiver in waivers(subject):
        known = waiver.rule in subject.waivable and waiver.file not in unclear
        if known and waiver not in subject.used:
            yield waiver.says(f"{waiver.rule} finds nothing here any more: remove the waiver")


def expired(subject: Subject) -> Iterator[Told]:
    """A waiver ends on a day at most two years ahead, when its reason is looked at again."""
    today = subject.today
    for waiver in waivers(subject):
        until = _day(waiver.until)
        if until is None:
            yield waiver.says("is no day: write one, e.g. 2027-06-30", "until")
        elif until < today:
            yield waiver.says(
                f"ended on {until}: do what {waiver.rule} says, or give a new reason and day", "until"
            )
        elif until > _later(today):
            yield waiver.says(f"is too far ahead: write {_later(today)} or an earlier day", "until")


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if _DAY.fullmatch(written) else None
    except ValueError:
        return None


def _later(today: date) -> date:
    # The day before keeps a 29th of February from falling into a year that has none.
    year = today.year + _LONGEST_YEARS
    return today.replace(year=year) if (today.month, today.day) != (2, 29) else date(year, 2, 28)


def _number(code: str, *, until: str = "2027-06-30") -> dict[str, Any]:
    """Return a number with a waiver; it breaks MONEY when it is called `fee`."""
    waiver = {"rule": code, "reason": "Partners report it as a share.", "until": until}
    return {"type": "number", "minimum": 0, "maximum": 1, "x_waivers": [waiver]}


RULES = (
    Rule(
        "WAIVER_UNKNOWN",
        unknown,
        valid=fields(fee=_number("MONEY")),
        invalid=fields(share=_number("DIALECT")),
    ),
    Rule(
        "WAIVER_UNUSED",
        unused,
        valid=fields(fee=_number("MONEY")),
        invalid=fields(share=_number("MONEY")),
    ),
    Rule(
        "WAIVER_EXPIRED",
        expired,
        valid=fields(fee=_number("MONEY")),
        invalid=fields(fee=_number("MONEY", until="2026-06-30")),
    ),
)
